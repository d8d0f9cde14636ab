"""Which schemas of MLflow's tables are known to be as `rows.py` and `moved.py` write them.

A release of MLflow may change its tables; then its own client writes, which takes longer. The
contract is tested (`tests/tracking/test_contract.py`): who adds a revision here has seen that test
pass with it.
"""

from __future__ import annotations

from pathlib import Path

from deepclaims.tracking.index import connected, database

KNOWN = {"dc11669786a5": "MLflow 3.17"}
"""Revision of the schema, as Alembic counts them, -> the release that was tested with it."""


def revision(folder: Path) -> str:
    """The revision of a store's schema.

    Raises:
        StorageError: when the store cannot be read.
    """
    with connected(database(folder)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def is_known(folder: Path) -> bool:
    """Whether rows may be written into a store's tables without MLflow's client."""
    return revision(folder) in KNOWN
