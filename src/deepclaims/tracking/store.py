"""The MLflow store: a sqlite file made once under a lock, written by one process, idempotent.

Experiments are chapters (and `train` for a user's own sweeps); a claim is a parent run, a cell a
child of it. A run is known by its identity, a tag; logging the same identity again changes
nothing. One that gets more seeds keeps its id, and so does one that was cut short.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from deepclaims import atomic
from deepclaims.errors import ConfigError, StorageError
from deepclaims.tracking.index import BUSY_SECONDS, HOLDS, IDENTITY, SEEDS, Index, artifacts, turn
from deepclaims.tracking.index import database as database
from deepclaims.tracking.moved import follow
from deepclaims.tracking.rows import PARENT, TrackedRun, insert
from deepclaims.tracking.schema import is_known

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from sqlalchemy import Engine

KIND = {"mlflow.experimentKind": "custom_model_development"}
"""Tag of an experiment: the UI shows it as one of trained models, not of prompts."""
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""A server that does not answer is given seconds, not MLflow's minutes: runs are kept."""


def uri(folder: Path) -> str:
    """The tracking URI of a store; absolute, so that it means the same from any folder.

    In a path with `%`, `?` or `#` these are quoted, and the driver is named: MLflow would make the
    folder above what it takes for the path of a plain `sqlite:///` address.
    """
    from sqlalchemy.engine import URL

    file = str(database(folder).resolve())
    quoted = URL.create("sqlite", database=file).render_as_string()
    plain = f"sqlite:///{file}"
    return plain if quoted == plain else quoted.replace("sqlite:", "sqlite+pysqlite:", 1)


def create(folder: Path) -> None:
    """Make the store if there is none; safe to call from several processes at once.

    The schema takes MLflow seconds and a dozen migrations to lay, and two processes that do so at
    once crash: so it is laid in a draft, under a lock, and moved into place. A store that was moved
    with its project is told where it is.

    Raises:
        StorageError: when the folder cannot be written.
    """
    if database(folder).is_file():
        follow(folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if database(folder).is_file():
                return
            _say_that_it_is_made_again(folder)
            for left in folder.glob(".draft-*"):  # of one that was interrupted
                shutil.rmtree(left, ignore_errors=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
            client(uri(draft)).search_experiments()
            database(draft).replace(database(folder))
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error


def _say_that_it_is_made_again(folder: Path) -> None:
    if _marker(folder).is_file():
        print(
            f"MLflow's store {folder} is not there: made again; the same `deepclaims train` or "
            "`measure` logs what .runs has of it",
            file=sys.stderr,
        )


def _marker(folder: Path) -> Path:
    """Stands among the runs once there was a store, so that it is known when it is gone."""
    return folder.parent / ".runs" / ".tracked"


class Tracker:
    """Writes to an experiment. Two processes that log the same run take turns, and log it once."""

    def __init__(self, folder: Path, experiment: str) -> None:
        create(folder)
        self.index = Index(folder, experiment)
        self._folder, self._client = folder, client(uri(folder))
        self._turn = turn(folder)
        with self._turn:
            self._experiment = found_experiment(
                self._client, experiment, (folder / "artifacts" / experiment).resolve().as_uri()
            )
        if _marker(folder).parent.is_dir():
            _marker(folder).touch()
        self._fast = is_known(folder)
        self._engine = _engine(folder)

    def parent(self, run: TrackedRun) -> str:
        """The run id of a claim's parent run, made if there is none."""
        with self._turn:
            known = self.index.find(run.identity)
            return known.run_id if known else self._write(identified(run), "")

    def log(self, run: TrackedRun, parent: str | None = None) -> str:
        """Log a cell once; returns its run id.

        A run of the same identity and outcomes is left as it is; one with others gets what is
        given. Its tables are written before its rows, so that a run that is there is whole.
        """
        with self._turn:
            known = self.index.find(run.identity)
            if known and known.finished and known.holds == run.holds:
                return known.run_id
            return self._write(identified(run, parent), known.run_id if known else "")

    def _write(self, run: TrackedRun, run_id: str) -> str:
        if not self._fast:
            from deepclaims.tracking.calls import log

            return log(self._client, self._experiment, run, self._frames, replaces=run_id)
        run_id = run_id or run_id_of(self.index.experiment, run)
        self._frames(run_id, run)
        place = artifacts(self._folder.resolve(), self.index.experiment, run_id).as_uri()
        insert(self._engine, self._experiment, run_id, run, place)
        return run_id

    def _frames(self, run_id: str, run: TrackedRun) -> None:
        if run.frames:
            _write_frames(artifacts(self._folder, self.index.experiment, run_id), run.frames)


def identified(run: TrackedRun, parent: str | None = None) -> TrackedRun:
    """A run with the tags that it is known by, below a parent's run if there is one."""
    tags = {**run.tags, IDENTITY: run.identity}
    if run.seeds:
        tags |= {SEEDS: ",".join(map(str, run.seeds)), HOLDS: run.holds}
    if parent:
        tags[PARENT] = parent
    return replace(run, tags=tags)


def found_experiment(client: MlflowClient, name: str, place: str | None = None) -> str:
    """The id of an experiment, made if there is none, and restored if it was deleted.

    Args:
        client: of its store.
        name: of the experiment.
        place: URI of the folder of its artifacts; where the store has them when None.
    """
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name, artifact_location=place, tags=KIND))
    if found.lifecycle_stage != "active":
        client.restore_experiment(found.experiment_id)
        print(
            f"MLflow's experiment {name} was deleted: restored, since it gets runs", file=sys.stderr
        )
    for key, value in KIND.items():
        if key not in found.tags:
            client.set_experiment_tag(found.experiment_id, key, value)
    return str(found.experiment_id)


def _engine(folder: Path) -> Engine:
    from sqlalchemy import create_engine

    return create_engine(uri(folder), connect_args={"timeout": BUSY_SECONDS})


def run_id_of(experiment: str, run: TrackedRun) -> str:
    """32 hex digits that follow from what a run is, so that another machine gives it the same."""
    return hashlib.sha256(f"{experiment}\n{run.identity}".encode()).hexdigest()[:32]


def _write_frames(place: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write tables where MLflow looks for a run's artifacts; its own way there takes 15 ms."""
    with atomic.folder(place / "tables") as draft:
        for name, frame in frames.items():
            frame.to_parquet(draft / f"{name}.parquet", index=False)


def client(tracking_uri: str) -> MlflowClient:
    """A client of a store, and MLflow without its chatter and its reports home."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
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
