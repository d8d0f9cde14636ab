"""A run as rows of MLflow's own tables, written in one transaction.

MLflow's client takes six transactions for a run, most of whose time is spent on reading back what
it has just written (docs/tracking.md has how much); and a process that is killed between two of
them leaves half a run. The rows are those the client would write (`tests/tracking/test_rows.py`
compares them), by MLflow's own definitions of its tables, and only in a schema that is known to
have them: see `schema.py`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, Engine

POINTS_PER_CURVE = 200
LONGEST_PARAM = 6000
LARGEST = 1.7976931348623157e308
"""What MLflow writes for infinity; and 0, marked, for NaN."""
PARENT = "mlflow.parentRunId"
CONTEXT = "mlflow.data.context"


@dataclass(frozen=True)
class DataInput:
    """A data set that a run read: name, what tells its content from others, where it is from."""

    name: str
    digest: str
    source: str

    @property
    def about(self) -> dict[str, str]:
        """As MLflow's own description of a data set has it."""
        return {
            "name": self.name,
            "digest": self.digest[:36],
            "source_type": "deepclaims",
            "source": self.source,
        }


@dataclass(frozen=True)
class TrackedRun:
    """What MLflow is told of one cell.

    Args:
        identity: what makes it this run and no other.
        name: shown in the UI.
        params: flat config.
        metrics: name -> value (means over seeds, ends of intervals).
        curves: name -> (steps, values), means over seeds.
        tags: further tags.
        seeds: which replicas it holds.
        outcomes: a hash of what came out of them, where it is known.
        frames: name -> table, kept as Parquet artifacts; `replicas` is the one that is exported.
        inputs: the data sets it read.
        start: when it began, in milliseconds since the epoch; 0 for now.
        end: when it ended; 0 for now.
    """

    identity: str
    name: str
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    seeds: Sequence[int]
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    inputs: Sequence[DataInput] = ()
    start: int = 0
    end: int = 0
    outcomes: str = ""

    @property
    def holds(self) -> str:
        """What tells it from an earlier run of the same identity: its outcomes, or the seeds."""
        return self.outcomes or ",".join(map(str, self.seeds))

    def points(self) -> list[tuple[str, int, float]]:
        """All that is logged as a metric: (name, step, value), each name and step once."""
        points = [(name, 0, value) for name, value in self.metrics.items()]
        for name, (steps, values) in self.curves.items():
            points += [(name, step, value) for step, value in _thin(steps, values)]
        unique = {(_name(name), int(step)): float(value) for name, step, value in points}
        return [(name, step, value) for (name, step), value in unique.items()]

    def texts(self) -> dict[str, str]:
        """The params as MLflow takes them."""
        return {key: str(value)[:LONGEST_PARAM] for key, value in self.params.items()}


def insert(engine: Engine, experiment: str, run_id: str, run: TrackedRun, artifacts: str) -> None:
    """Write a finished run: all its rows, or none.

    What the run of that id had gives way, but for the tags, inputs and models that others gave it.

    Args:
        engine: of the store's database.
        experiment: id of its experiment.
        run_id: 32 hex digits that no other run has but an earlier one of the same identity.
        run: what it holds; its tables are not written here.
        artifacts: URI of the folder that has them.
    """
    from mlflow.entities import LifecycleStage, RunStatus, SourceType
    from mlflow.store.tracking.dbmodels import models
    from sqlalchemy import delete
    from sqlalchemy import insert as into

    end = run.end or int(time.time() * 1000)
    start = run.start or end
    history = _history(run, end)
    latest = {row["key"]: row for row in sorted(history, key=lambda row: row["step"])}
    about = {
        "run_uuid": run_id,
        "name": run.name,
        "experiment_id": int(experiment),
        "artifact_uri": artifacts,
        "status": RunStatus.to_string(RunStatus.FINISHED),
        "lifecycle_stage": LifecycleStage.ACTIVE,
        "start_time": start,
        "end_time": end,
        "user_id": "unknown",
        "source_type": SourceType.to_string(SourceType.UNKNOWN),
        **dict.fromkeys(("source_name", "entry_point_name", "source_version"), ""),
    }
    tags = {**run.tags, "mlflow.runName": run.name}
    tables = (
        (models.SqlTag, [{"key": key, "value": value} for key, value in tags.items()]),
        (models.SqlParam, [{"key": key, "value": text} for key, text in run.texts().items()]),
        (models.SqlMetric, history),
        (models.SqlLatestMetric, list(latest.values())),
    )
    with engine.begin() as connection:
        connection.execute(delete(models.SqlRun).where(models.SqlRun.run_uuid == run_id))
        connection.execute(into(models.SqlRun), [about])
        for table, rows in tables:
            mine = delete(table).where(table.run_uuid == run_id)
            if table is models.SqlTag:
                mine = mine.where(table.key.in_(list(tags)))
            connection.execute(mine)
            if rows:
                connection.execute(into(table), [{"run_uuid": run_id, **row} for row in rows])
        for each in run.inputs:
            _insert_input(connection, int(experiment), run_id, each)
        if parent := run.tags.get(PARENT):
            _span(connection, parent, start, end)


def _insert_input(connection: Connection, experiment: int, run_id: str, given: DataInput) -> None:
    """Write that a run read a data set, unless that is written."""
    from mlflow.store.tracking.dbmodels.models import SqlDataset, SqlInput, SqlInputTag
    from sqlalchemy import insert as into
    from sqlalchemy import select

    about = given.about
    same = (
        SqlDataset.experiment_id == experiment,
        SqlDataset.name == about["name"],
        SqlDataset.digest == about["digest"],
    )
    data = connection.execute(select(SqlDataset.dataset_uuid).where(*same)).scalar()
    if data is None:
        data = _id(str(experiment), about["name"], about["digest"])
        row = {key: about[key] for key in ("name", "digest")} | {
            "dataset_uuid": data,
            "experiment_id": experiment,
            "dataset_source_type": about["source_type"],
            "dataset_source": about["source"],
        }
        connection.execute(into(SqlDataset), [row])
    ends = {"source_type": "DATASET", "source_id": data}
    ends |= {"destination_type": "RUN", "destination_id": run_id}
    known = [getattr(SqlInput, key) == value for key, value in ends.items()]
    if connection.execute(select(SqlInput.input_uuid).where(*known)).scalar() is None:
        link = _id(data, run_id)
        connection.execute(into(SqlInput), [{"input_uuid": link, **ends}])
        tag = {"input_uuid": link, "name": CONTEXT, "value": "training"}
        connection.execute(into(SqlInputTag), [tag])


def _span(connection: Connection, parent: str, start: int, end: int) -> None:
    """A parent's run lasts from the beginning of its first child to the end of its last."""
    from mlflow.store.tracking.dbmodels.models import SqlRun
    from sqlalchemy import func, update

    mine = update(SqlRun).where(SqlRun.run_uuid == parent)
    span: dict[str, Any] = {
        "start_time": func.min(SqlRun.start_time, start),
        "end_time": func.max(SqlRun.end_time, end),
    }
    connection.execute(mine.values(**span))


def _history(run: TrackedRun, timestamp: int) -> list[dict[str, Any]]:
    return [
        {"key": name, "step": step, "timestamp": timestamp, **_number(value)}
        for name, step, value in run.points()
    ]


def _number(value: float) -> dict[str, Any]:
    if value != value:
        return {"value": 0.0, "is_nan": True}
    return {"value": max(-LARGEST, min(value, LARGEST)), "is_nan": False}


def _name(name: str) -> str:
    """MLflow takes letters, digits, and `_-. :/` in a metric's name."""
    return "".join(each if each.isalnum() or each in "_-. :/" else "_" for each in name)


def _thin(steps: Sequence[int], values: Sequence[float]) -> list[tuple[int, float]]:
    stride = max(1, -(-len(steps) // POINTS_PER_CURVE))
    return list(zip(steps[::stride], values[::stride], strict=True))


def _id(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
