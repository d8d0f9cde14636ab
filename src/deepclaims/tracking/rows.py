"""A run as rows of MLflow's own tables, written in one transaction.

MLflow's client takes six transactions and 40 ms of a core for a run, most of it spent on reading
back what it has just written; and a process that is killed between two of them leaves half a run.
The rows are those the client would write (`tests/tracking/test_rows.py` compares them), by MLflow's
own definitions of its tables.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine

POINTS_PER_CURVE = 200
LONGEST_PARAM = 6000
LARGEST = 1.7976931348623157e308
"""What MLflow writes for infinity; and 0, marked, for NaN."""


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
        frames: name -> table, kept as Parquet artifacts; `replicas` is the one that is exported.
    """

    identity: str
    name: str
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    seeds: Sequence[int]
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def insert(
    engine: Engine, experiment: str, run_id: str, run: TrackedRun, artifacts: str, start: int
) -> None:
    """Write a finished run: all its rows, or none. A deleted run of the same id gives way.

    Args:
        engine: of the store's database.
        experiment: id of its experiment.
        run_id: 32 hex digits that no other run has but an earlier one of the same identity.
        run: what it holds; its tables are not written here.
        artifacts: URI of the folder that has them.
        start: when it began to be written, in milliseconds since the epoch.
    """
    from mlflow.entities import LifecycleStage, RunStatus, SourceType
    from mlflow.store.tracking.dbmodels import models
    from sqlalchemy import delete
    from sqlalchemy import insert as into

    history = _history(run, start)
    latest = {row["key"]: row for row in sorted(history, key=lambda row: row["step"])}
    about = {
        "run_uuid": run_id,
        "name": run.name,
        "experiment_id": int(experiment),
        "artifact_uri": artifacts,
        "status": RunStatus.to_string(RunStatus.FINISHED),
        "lifecycle_stage": LifecycleStage.ACTIVE,
        "start_time": start,
        "end_time": int(time.time() * 1000),
        "user_id": "unknown",
        "source_type": SourceType.to_string(SourceType.UNKNOWN),
        **dict.fromkeys(("source_name", "entry_point_name", "source_version"), ""),
    }
    tags = {**run.tags, "mlflow.runName": run.name}
    tables = (
        (models.SqlRun, [about]),
        (models.SqlTag, [{"key": key, "value": value} for key, value in tags.items()]),
        (models.SqlParam, [_param(key, value) for key, value in run.params.items()]),
        (models.SqlMetric, history),
        (models.SqlLatestMetric, list(latest.values())),
    )
    with engine.begin() as connection:
        for table, _ in reversed(tables):
            connection.execute(delete(table).where(table.run_uuid == run_id))
        for table, rows in tables:
            if rows:
                connection.execute(into(table), [{"run_uuid": run_id, **row} for row in rows])


def _history(run: TrackedRun, timestamp: int) -> list[dict[str, Any]]:
    points = [(name, 0, value) for name, value in run.metrics.items()]
    for name, (steps, values) in run.curves.items():
        points += [(name, step, value) for step, value in _thin(steps, values)]
    unique = {(_name(name), int(step)): float(value) for name, step, value in points}
    return [
        {"key": key, "step": step, "timestamp": timestamp, **_number(value)}
        for (key, step), value in unique.items()
    ]


def _number(value: float) -> dict[str, Any]:
    if value != value:
        return {"value": 0.0, "is_nan": True}
    return {"value": max(-LARGEST, min(value, LARGEST)), "is_nan": False}


def _param(key: str, value: Any) -> dict[str, str]:
    return {"key": key, "value": str(value)[:LONGEST_PARAM]}


def _name(name: str) -> str:
    """MLflow takes letters, digits, and `_-. :/` in a metric's name."""
    return "".join(each if each.isalnum() or each in "_-. :/" else "_" for each in name)


def _thin(steps: Sequence[int], values: Sequence[float]) -> list[tuple[int, float]]:
    stride = max(1, -(-len(steps) // POINTS_PER_CURVE))
    return list(zip(steps[::stride], values[::stride], strict=True))
