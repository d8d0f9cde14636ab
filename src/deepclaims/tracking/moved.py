"""A project that was moved: its store's addresses of artifacts follow it."""

from __future__ import annotations

import sys
from pathlib import Path

from deepclaims.tracking.index import ARTIFACTS, connected, database, turn
from deepclaims.tracking.schema import is_known

ADDRESSES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
"""Tables and their columns with addresses of artifacts."""


def follow(folder: Path) -> None:
    """Let all addresses of artifacts below another place of the store be below where it is now.

    Raises:
        StorageError: when the store cannot be read or written.
    """
    here = (folder / ARTIFACTS).resolve().as_uri()
    if not is_known(folder) or not (olds := _elsewhere(folder, here)):
        return
    with turn(folder), connected(database(folder)) as connection, connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        for old in olds:
            for table, column in ADDRESSES:
                if table in tables:
                    connection.execute(
                        f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                        f"WHERE substr({column}, 1, ?) = ?",
                        (here + "/", len(old) + 2, len(old) + 1, old + "/"),
                    )
    print(f"MLflow's store was moved here: its artifacts are in {folder}", file=sys.stderr)


def _elsewhere(folder: Path, here: str) -> list[str]:
    """Other folders of artifacts that the store's own experiments are in."""
    with connected(database(folder)) as connection:
        rows = connection.execute("SELECT name, artifact_location FROM experiments").fetchall()
    found = dict.fromkeys(_root(name, str(address)) for name, address in rows)
    return [old for old in found if old and old != here]


def _root(name: str, address: str) -> str:
    """`…/.mlflow/artifacts` of `…/.mlflow/artifacts/NAME`; "" where it is another."""
    tail = Path("/", ARTIFACTS, name).as_uri().removeprefix("file://")
    return address.removesuffix(tail) + f"/{ARTIFACTS}" if address.endswith(tail) else ""
