"""What the MLflow store holds, read from its sqlite file: MLflow itself takes seconds to import.

Read only, and only columns that MLflow has kept for years; what is written goes through MLflow or
its own definitions of its tables, but for the tags of a run (`tags.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from deepclaims.errors import StorageError

if TYPE_CHECKING:
    import pandas as pd

IDENTITY = "deepclaims.identity"
SEEDS = "deepclaims.seeds"
HOLDS = "deepclaims.holds"
ARTIFACTS = "artifacts"
BUSY_SECONDS = 60.0

QUERY = """
    SELECT identity.value, runs.run_uuid, runs.status, holds.value
    FROM runs
    JOIN experiments ON experiments.experiment_id = runs.experiment_id
    JOIN tags AS identity ON identity.run_uuid = runs.run_uuid AND identity.key = ?
    LEFT JOIN tags AS holds ON holds.run_uuid = runs.run_uuid AND holds.key = ?
    WHERE experiments.name = ? AND runs.lifecycle_stage = 'active'
"""


def database(folder: Path) -> Path:
    """The sqlite file of a store."""
    return folder / "mlflow.db"


def artifacts(folder: Path, experiment: str, run_id: str) -> Path:
    """Where a store keeps the artifacts of a run: below itself, wherever the project is now."""
    return folder / ARTIFACTS / experiment / run_id / ARTIFACTS


@dataclass(frozen=True)
class Logged:
    """A run as the store has it."""

    run_id: str
    finished: bool
    holds: str
    artifacts: Path

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables of the run, read back from its artifacts; none if it has none."""
        import pandas as pd

        files = sorted((self.artifacts / "tables").glob("*.parquet"))
        return {file.stem: pd.read_parquet(file) for file in files}


@dataclass(frozen=True)
class Index:
    """The runs of an experiment by identity."""

    folder: Path
    experiment: str

    def runs(self) -> dict[str, Logged]:
        """All runs that have an identity."""
        return dict(self._rows(QUERY, ()))

    def find(self, identity: str) -> Logged | None:
        """The run of an identity, or None."""
        return dict(self._rows(f"{QUERY} AND identity.value = ?", (identity,))).get(identity)

    def frames(self, identity: str) -> dict[str, pd.DataFrame]:
        """The tables of a logged run.

        Raises:
            StorageError: when the run or its tables are missing.
        """
        known = self.find(identity)
        frames = known.frames() if known else {}
        if not frames:
            raise StorageError(
                f"MLflow has no run '{identity}' with tables: delete .mlflow, and the same command "
                "makes it again from .runs"
            )
        return frames

    def _rows(self, query: str, more: tuple[str, ...]) -> Iterator[tuple[str, Logged]]:
        if not database(self.folder).is_file():
            return
        with connected(database(self.folder)) as connection:
            rows = connection.execute(query, (IDENTITY, HOLDS, self.experiment, *more)).fetchall()
        # The finished run of an identity counts, should there be a broken-off one beside it.
        for identity, run_id, status, holds in sorted(rows, key=lambda row: row[2] == "FINISHED"):
            folder = artifacts(self.folder, self.experiment, run_id)
            yield identity, Logged(run_id, status == "FINISHED", holds or "", folder)


def identity_of(folder: Path, run_id: str) -> str:
    """The identity of a run by its id, in whichever experiment; "" where there is no such run."""
    if not database(folder).is_file():
        return ""
    query = "SELECT value FROM tags WHERE key = ? AND run_uuid = ?"
    with connected(database(folder)) as connection:
        row = connection.execute(query, (IDENTITY, run_id)).fetchone()
    return str(row[0]) if row else ""


def experiments(folder: Path) -> list[tuple[str, str]]:
    """Name and id of the experiments of a store that have runs, by name."""
    query = (
        "SELECT DISTINCT experiments.name, experiments.experiment_id FROM experiments "
        "JOIN runs USING (experiment_id) WHERE experiments.lifecycle_stage = 'active'"
    )
    with connected(database(folder)) as connection:
        rows = connection.execute(query).fetchall()
    return sorted((str(name), str(number)) for name, number in rows)


def place_of(folder: Path, run_id: str) -> Path | None:
    """The folder of the artifacts of a run by its id; None where there is no such run."""
    if not database(folder).is_file():
        return None
    query = (
        "SELECT experiments.name FROM experiments JOIN runs USING (experiment_id) "
        "WHERE runs.run_uuid = ?"
    )
    with connected(database(folder)) as connection:
        row = connection.execute(query, (run_id,)).fetchone()
    return artifacts(folder, str(row[0]), run_id) if row else None


def turn(folder: Path) -> FileLock:
    """The lock that whoever writes to a store holds."""
    return FileLock(folder / ".writer.lock")


@contextmanager
def connected(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store's sqlite file.

    Raises:
        StorageError: when it cannot be read or written.
    """
    try:
        # Not `ro`: whoever reads after a writer was killed has to undo what it left half done.
        connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS
        )
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StorageError(
            f"{file} cannot be used ({error}): delete {file.parent}, and the same command makes it "
            "again from .runs"
        ) from error
