"""The MLflow store: a sqlite file made once under a lock, written by one process, idempotent.

Experiments are chapters (and `train` for a user's own sweeps); a claim is a parent run, a cell a
child of it. A run is known by its identity, a tag; logging the same identity again changes
nothing, and a run that was cut short is replaced.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse
from urllib.request import url2pathname

from filelock import FileLock

from deepclaims.errors import ConfigError, StorageError
from deepclaims.tracking.index import BUSY_SECONDS, IDENTITY, SEEDS, Index, database, turn
from deepclaims.tracking.rows import TrackedRun, insert

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from sqlalchemy import Engine

PARENT = "mlflow.parentRunId"


def uri(folder: Path) -> str:
    """The tracking URI of a store; absolute, so that it means the same from any folder."""
    return f"sqlite:///{database(folder).resolve()}"


def create(folder: Path) -> None:
    """Make the store if there is none; safe to call from several processes at once.

    The schema takes MLflow seconds and a dozen migrations to lay, and two processes that do so at
    once crash: so it is laid in a draft, under a lock, and moved into place.

    Raises:
        StorageError: when the folder cannot be written.
    """
    if database(folder).is_file():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if database(folder).is_file():
                return
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
            client(f"sqlite:///{draft / 'mlflow.db'}").search_experiments()
            (draft / "mlflow.db").replace(database(folder))
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error


class Tracker:
    """Writes to an experiment. Two processes that log the same run take turns, and log it once."""

    def __init__(self, folder: Path, experiment: str) -> None:
        create(folder)
        self.index = Index(folder, experiment)
        self._client = client(uri(folder))
        self._turn = turn(folder)
        with self._turn:
            self._experiment, self._artifacts = self._find(folder / "artifacts", experiment)
        self._engine = _engine(folder)

    def parent(self, identity: str, name: str, tags: Mapping[str, str]) -> str:
        """The run id of a claim's parent run, made if there is none."""
        with self._turn:
            if known := self.index.find(identity):
                return known.run_id
            about = {**tags, IDENTITY: identity}
            return self._insert(TrackedRun(identity, name, {}, {}, (), tags=about))

    def log(self, run: TrackedRun, parent: str | None = None) -> str:
        """Log a cell once; returns its run id.

        A run of the same identity and seeds is left as it is; one with other seeds is replaced. Its
        tables are written before its rows, so that a run that is there is whole.
        """
        seeds = seeds_tag(run.seeds)
        with self._turn:
            known = self.index.find(run.identity)
            if known and known.finished and known.seeds == seeds:
                return known.run_id
            if known:
                self._client.delete_run(known.run_id)
            tags = {**run.tags, IDENTITY: run.identity, SEEDS: seeds}
            if parent:
                tags[PARENT] = parent
            return self._insert(replace(run, tags=tags))

    def _insert(self, run: TrackedRun) -> str:
        run_id, start = run_id_of(self.index.experiment, run), int(time.time() * 1000)
        artifacts = f"{self._artifacts}/{run_id}/artifacts"
        if run.frames:
            _write_frames(artifacts, run.frames)
        insert(self._engine, self._experiment, run_id, run, artifacts, start)
        return run_id

    def _find(self, artifacts: Path, name: str) -> tuple[str, str]:
        """Id and artifact URI of the experiment, made if there is none."""
        found = self._client.get_experiment_by_name(name)
        if found is None:
            folder = (artifacts / name).resolve()
            made = self._client.create_experiment(name, artifact_location=folder.as_uri())
            found = self._client.get_experiment(made)
        return str(found.experiment_id), str(found.artifact_location)


def _engine(folder: Path) -> Engine:
    from sqlalchemy import create_engine

    return create_engine(uri(folder), connect_args={"timeout": BUSY_SECONDS})


def run_id_of(experiment: str, run: TrackedRun) -> str:
    """32 hex digits that follow from what a run is, so that another machine gives it the same."""
    word = "\n".join((experiment, run.identity, seeds_tag(run.seeds)))
    return hashlib.sha256(word.encode()).hexdigest()[:32]


def seeds_tag(seeds: Sequence[int]) -> str:
    """How a run's seeds stand in its tag."""
    return ",".join(map(str, seeds))


def _write_frames(artifacts: str, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write tables where MLflow looks for a run's artifacts; its own way there takes 15 ms."""
    folder = Path(url2pathname(urlparse(artifacts).path)) / "tables"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error


def client(tracking_uri: str) -> MlflowClient:
    """A client of a store, and MLflow without its chatter and its reports home."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    for noisy in ("alembic", "mlflow"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    from mlflow import MlflowClient

    for noisy in ("alembic", "mlflow"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    return MlflowClient(tracking_uri=tracking_uri)


def run_metrics(folder: Path, run_id: str) -> dict[str, float]:
    """The metrics of a run.

    Raises:
        ConfigError: when the store has no such run.
    """
    from mlflow.exceptions import MlflowException

    create(folder)
    try:
        return dict(client(uri(folder)).get_run(run_id).data.metrics)
    except MlflowException:
        raise ConfigError(f"MLflow has no run '{run_id}'; `deepclaims ui` shows the runs") from None
