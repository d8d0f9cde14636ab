"""The replicas of a cell as tidy rows, and as what MLflow is told of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.claim import Claim
from deepclaims.claims.results import Results
from deepclaims.evidence.registration import UNREGISTERED
from deepclaims.sweep.cell import Cell, flat
from deepclaims.sweep.store import Replica
from deepclaims.tracking.rows import DataInput, TrackedRun

VOLATILE = "volatile_"
"""Prefix of columns that differ from run to run: times, commits, machines."""

TABLES = "tables"
"""Metric of a replica that left only tables: how many. Without a row it would be in no count."""


def metric_rows(cell: Cell, replicas: Sequence[Replica]) -> pd.DataFrame:
    """One row per replica, metric and step.

    Returns:
        Columns `part, arm, key, seed, <axes>, metric, step, value, registration` and the volatile
        ones; `step` is NA for scalars.
    """
    return _rows([(cell, replica) for replica in replicas])


def results_of(claim: Claim, cells: Sequence[tuple[Cell, Sequence[Replica]]]) -> Results:
    """The results of some cells of a claim, from their replicas."""
    tables: dict[str, list[pd.DataFrame]] = {}
    for cell, replicas in cells:
        for name, table in table_rows(cell, replicas).items():
            tables.setdefault(name, []).append(table)
    together = {name: pd.concat(each, ignore_index=True) for name, each in tables.items()}
    measured = [(cell, replica) for cell, replicas in cells for replica in replicas]
    return Results(claim, _rows(measured), together)


def table_rows(cell: Cell, replicas: Sequence[Replica]) -> dict[str, pd.DataFrame]:
    """The structured results of a cell's replicas by name, with the identifying columns."""
    names = sorted({name for replica in replicas for name in replica.outcome.tables})
    return {
        name: _identified(
            cell,
            pd.concat(
                [
                    replica.outcome.tables[name].assign(seed=replica.seed)
                    for replica in replicas
                    if name in replica.outcome.tables
                ],
                ignore_index=True,
            ),
        )
        for name in names
    }


def located(cell: Cell, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of another cell of the same config at the coordinates of this one."""
    front = _front([_identity(cell, seed) for seed in rows["seed"]]).set_index(rows.index)
    return rows.assign(**{str(axis): front[axis] for axis in cell.axes})


def tracked(cell: Cell, replicas: Sequence[Replica], identity: str) -> TrackedRun:
    """What MLflow is told of a cell: config, means with Student intervals, mean curves, tables."""
    about = dict(replicas[0].about)
    coordinates = {"part": cell.part, "arm": cell.arm, **cell.axes}
    end = max(replica.finished for replica in replicas)
    lasted = sum(float(replica.about.get("wall_seconds", 0.0)) for replica in replicas)
    return TrackedRun(
        identity=identity,
        name=name_of(cell),
        params={
            **{key: each for key, each in coordinates.items() if each != ""},
            **flat(cell.config),
        },
        start=int((end - lasted) * 1000),
        end=int(end * 1000),
        inputs=list(_inputs(cell, about.get("sources", {}))),
        metrics=_means(replicas),
        curves=_mean_curves(replicas),
        seeds=[replica.seed for replica in replicas],
        tags={
            "deepclaims.key": cell.key,
            "deepclaims.claim": cell.claim,
            "deepclaims.part": cell.part,
            "deepclaims.data": ", ".join(f"{k}: {v}" for k, v in about.get("sources", {}).items()),
            "deepclaims.device": str(about.get("device", "")),
            "deepclaims.environment": str(cell.key_parts["libraries"]),
            "mlflow.source.git.commit": str(about.get("commit", "")),
            "mlflow.source.name": cell.task,
        },
        frames={"replicas": metric_rows(cell, replicas), **table_rows(cell, replicas)},
    )


def name_of(cell: Cell) -> str:
    """What a cell's run is called: what tells it from the others, or else what is trained on what.

    That is its key where the config names neither.
    """
    names = [
        str(cell.config[group]["name"])
        for group in ("model", "data")
        if isinstance(cell.config.get(group), Mapping) and "name" in cell.config[group]
    ]
    return cell.label or " on ".join(names) or cell.key


def _inputs(cell: Cell, sources: Mapping[str, str]) -> Iterator[DataInput]:
    """The data sets of a cell: those prepared, else what is drawn as the config says."""
    for name, fingerprint in cell.data.items():
        yield DataInput(name, fingerprint[:36], str(sources.get(name, "")))
    drawn = cell.config.get("data")
    if not cell.data and isinstance(drawn, Mapping) and "name" in drawn:
        text = json.dumps(drawn, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        yield DataInput(str(drawn["name"]), digest, f"drawn by the seed: {text}")


def _rows(measured: Sequence[tuple[Cell, Replica]]) -> pd.DataFrame:
    """All replicas' rows at once: a frame for each would cost more than what is in it."""
    metrics: list[str] = []
    steps: list[int | None] = []
    values: list[float] = []
    lengths = []
    for _, replica in measured:
        before, outcome = len(values), replica.outcome
        metrics += outcome.metrics
        steps += [None] * len(outcome.metrics)
        values += map(float, outcome.metrics.values())
        for name, curve in outcome.curves.items():
            metrics += [name] * len(curve.steps)
            steps += map(int, curve.steps)
            values += map(float, curve.values)
        if len(values) == before:
            metrics.append(TABLES)
            steps.append(None)
            values.append(float(len(outcome.tables)))
        lengths.append(len(values) - before)
    found = {"metric": metrics, "step": pd.array(steps, dtype="Int64"), "value": values}
    front = _front([_identity(cell, replica.seed) for cell, replica in measured])
    about = pd.DataFrame([_about(replica, cell.claim) for cell, replica in measured])
    each = np.repeat(np.arange(len(measured)), lengths)
    parts = [part.take(each).reset_index(drop=True) for part in (front, about)]
    return pd.concat([parts[0], pd.DataFrame(found), parts[1]], axis=1)


def _front(identities: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The identifying columns. None is a value of an axis, and makes no number of another kind."""
    names = list(dict.fromkeys(name for each in identities for name in each))
    columns = {name: [each.get(name, np.nan) for each in identities] for name in names}
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=object if None in values else None)
            for name, values in columns.items()
        }
    )


def _identity(cell: Cell, seed: int) -> dict[str, Any]:
    axes = {axis: _cell_value(value) for axis, value in cell.axes.items()}
    return {"part": cell.part, "arm": cell.arm, "key": cell.key, "seed": seed, **axes}


def _about(replica: Replica, claim: str) -> dict[str, Any]:
    about = replica.about
    return {
        "registration": about.get("registration", {}).get(claim, str(UNREGISTERED)),
        f"{VOLATILE}seconds": float(about.get("seconds", "nan")),
        f"{VOLATILE}wall_seconds": float(about.get("wall_seconds", "nan")),
        f"{VOLATILE}device": str(about.get("device", "")),
        f"{VOLATILE}commit": str(about.get("commit", "")),
    }


def _identified(cell: Cell, rows: pd.DataFrame) -> pd.DataFrame:
    seeds = rows.pop("seed")
    front = pd.DataFrame({**_identity(cell, 0), "seed": seeds}, index=rows.index)
    return pd.concat([front, rows], axis=1)


def _cell_value(value: Any) -> Any:
    return str(value) if isinstance(value, list | dict) else value


def _means(replicas: Sequence[Replica]) -> dict[str, float]:
    from deepclaims.evidence.statistics import mean_interval

    found: dict[str, float] = {}
    for name in replicas[0].outcome.metrics:
        values = [replica.outcome.metrics.get(name, float("nan")) for replica in replicas]
        estimate = mean_interval(values)
        found[name] = estimate.value
        if len(values) > 1 and np.isfinite([estimate.low, estimate.high]).all():
            found |= {f"{name}.low": estimate.low, f"{name}.high": estimate.high}
    return found


def _mean_curves(replicas: Sequence[Replica]) -> dict[str, tuple[list[int], list[float]]]:
    found = {}
    for name, first in replicas[0].outcome.curves.items():
        rows = [replica.outcome.curves[name].values for replica in replicas
                if list(replica.outcome.curves[name].steps) == list(first.steps)]  # fmt: skip
        found[f"curve.{name}"] = (list(first.steps), np.mean(np.array(rows), axis=0).tolist())
    return found
