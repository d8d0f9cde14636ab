"""Tags of runs that are there already, set in MLflow's own table: its client takes five seconds.

The rows are those the client would write (`tests/tracking/test_tags.py` compares them).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deepclaims.tracking.index import connected, database, turn

SET = """
    INSERT INTO tags (key, value, run_uuid)
    SELECT ?, ?, run_uuid FROM runs WHERE run_uuid = ? AND lifecycle_stage = 'active'
    ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value
"""
"""Nothing where there is no such run."""


def set_tags(folder: Path, tags: Mapping[str, Mapping[str, str]]) -> None:
    """Set tags on the runs of a store that it has, all or none; no store is none to set.

    Args:
        folder: the store.
        tags: run id -> name -> value.

    Raises:
        StorageError: when the store cannot be written.
    """
    if not tags or not database(folder).is_file():
        return
    rows = [(name, value, run) for run, own in tags.items() for name, value in own.items()]
    with turn(folder), connected(database(folder)) as connection, connection:
        connection.executemany(SET, rows)
