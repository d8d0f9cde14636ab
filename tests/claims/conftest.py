"""Claims with their own tasks, measured in this process: no pool, no cache, no MLflow."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest


def _results(conf, name: str, profile: str, changes: Mapping[str, Any] | None):
    from deepclaims.claims.claim import load
    from deepclaims.claims.results import Results
    from deepclaims.sweep.cell import Cell
    from deepclaims.sweep.store import Replica
    from deepclaims.sweep.table import metric_rows, table_rows

    claim = load(conf, name, profile, changes)
    module = importlib.import_module(claim.module)
    rows, tables = [], {}
    for part in claim.parts:
        for number, (arm, axes) in enumerate(part.points()):
            config = {**part.params, **({"arm": arm} if arm else {}), **axes}
            cell = Cell(config, f"{claim.module}:{part.task}", {}, name, part.name, arm, axes)
            vars(cell)["key"] = f"{part.name}-{number}"  # the hash of the code is not asked here
            task = getattr(module, part.task)
            replicas = [Replica(seed, task(config, seed), {}) for seed in part.seeds]
            rows.append(metric_rows(cell, replicas))
            for kind, table in table_rows(cell, replicas).items():
                tables.setdefault(kind, []).append(table)
    together = {kind: pd.concat(each, ignore_index=True) for kind, each in tables.items()}
    return Results(claim, pd.concat(rows, ignore_index=True), together)


@pytest.fixture(scope="session")
def measured_here(checkout) -> Callable[..., Any]:
    """`measured_here(name, profile="smoke", changes=None)`: a claim's `Results`, run once."""
    cache: dict[str, Any] = {}

    def measure(name: str, profile: str = "smoke", changes: Mapping[str, Any] | None = None):
        key = f"{name} {profile} {changes}"
        if key not in cache:
            cache[key] = _results(checkout / "conf", name, profile, changes)
        return cache[key]

    return measure


@pytest.fixture(scope="session")
def made_world() -> Callable[..., Any]:
    """`made_world(results, part, {metric: function})`: the results with those values changed."""

    def change(results, part: str, changed: Mapping[str, Callable[[pd.Series], pd.Series]]):
        metrics = results.metrics.copy()
        for metric, function in changed.items():
            rows = (metrics["part"] == part) & (metrics["metric"] == metric)
            assert rows.any(), f"no {metric} in {part}"
            metrics.loc[rows, "value"] = function(metrics.loc[rows, "value"])
        return replace(results, metrics=metrics)

    return change


@pytest.fixture(scope="session")
def ruling() -> Callable[..., str]:
    """`ruling(results)`: what the claim's own judge and checks make of them."""
    from deepclaims.evidence.verdict import findings, verdict

    def rule(results) -> str:
        estimates = importlib.import_module(results.claim.module).judge(results)
        return str(verdict(findings(results.claim.checks, estimates)).ruling)

    return rule


@pytest.fixture(scope="session")
def imagined(checkout) -> Callable[..., Any]:
    """`imagined(name, outcome, profile="laptop")`: the `Results` of a world thought up.

    `outcome(part, arm, axes, seed)` gives the `Outcome` of a replica, whatever the part's task.
    """
    from deepclaims.claims.claim import load
    from deepclaims.claims.results import Results
    from deepclaims.sweep.cell import Cell
    from deepclaims.sweep.store import Replica
    from deepclaims.sweep.table import metric_rows, table_rows

    def imagine(name: str, outcome: Callable[..., Any], profile: str = "laptop"):
        claim = load(checkout / "conf", name, profile)
        rows, tables = [], {}
        for part in claim.parts:
            for number, (arm, axes) in enumerate(part.points()):
                cell = Cell({}, part.task, {}, name, part.name, arm, axes)
                vars(cell)["key"] = f"{part.name}-{number}"
                replicas = [
                    Replica(seed, outcome(part, arm, axes, seed), {}) for seed in part.seeds
                ]
                rows.append(metric_rows(cell, replicas))
                for kind, table in table_rows(cell, replicas).items():
                    tables.setdefault(kind, []).append(table)
        together = {kind: pd.concat(each, ignore_index=True) for kind, each in tables.items()}
        return Results(claim, pd.concat(rows, ignore_index=True), together)

    return imagine
