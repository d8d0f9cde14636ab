"""Claims with their own tasks, measured in this process: no pool, no cache, no MLflow."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest


def _results(conf, name: str, profile: str, changes: Mapping[str, Any] | None):
    from deepclaims.claims.claim import load

    claim = load(conf, name, profile, changes)
    from deepclaims.project import Project
    from deepclaims.sweep.stand_in import within_stand_in

    measure = importlib.import_module(f"{claim.package}.measure")

    def outcome(part, arm, axes, seed, variants=()):
        config = {**part.params, **({"arm": arm} if arm else {}), **axes}
        if part.data:
            config = within_stand_in(config, Project.here())
        if variants:
            config["variants"] = variants
        return getattr(measure, part.task)(config, seed)

    return _run(claim, outcome, sparing=True)


def _run(claim, outcome, sparing=False):
    """The results of a claim whose replicas `outcome(part, arm, axes, seed[, variants])` gives.

    Sparing, the reporting seeds of what is tuned are run where `measure` runs them: at what is
    chosen. A world that is only thought up has them everywhere, so that it may be changed.
    """
    from deepclaims.sweep.table import results_of

    cells = []
    for part in claim.parts:
        if part.tune and part.tune.stacked:
            variants = part.tune.combinations(part.grid)
            for arm, axes in part.untuned():
                cells.append(_cell(claim, part, arm, axes, part.tune.seeds, outcome, variants))
            # What is chosen is asked of the first go's results.
            first = results_of(claim, [each for each in cells if each[0].part == part.name])
            for arm, axes in part.untuned():
                chosen = [
                    first.tuned(part.name, arm or None, axes, by).value for by in part.tune.by
                ]
                for value in [*chosen, *part.tune.also]:
                    where = {**axes, **value}
                    cells.append(_cell(claim, part, arm, where, part.seeds, outcome, [value]))
            continue
        if part.tune and sparing:
            cells += _in_two_goes(claim, part, outcome)
            continue
        seeds = (*(part.tune.seeds if part.tune else ()), *part.seeds)
        for arm, axes in part.points():
            cells.append(_cell(claim, part, arm, axes, seeds, outcome))
    return results_of(claim, cells)


def _in_two_goes(claim, part, outcome):
    from deepclaims.sweep.table import results_of

    tune = part.tune
    cells = [_cell(claim, part, arm, axes, tune.seeds, outcome) for arm, axes in part.points()]
    first = results_of(claim, cells)
    for arm, axes in part.untuned():
        chosen = [first.tuned(part.name, arm or None, axes, by).value for by in tune.by]
        where = {repr(value): {**axes, **value} for value in (*chosen, *tune.also)}
        cells += [_cell(claim, part, arm, each, part.seeds, outcome) for each in where.values()]
    return cells


def _cell(claim, part, arm, axes, seeds, outcome, variants=()):
    from deepclaims.sweep.cell import Cell
    from deepclaims.sweep.store import Replica

    cell = Cell({}, part.task, {}, claim.name, part.name, arm, axes)
    vars(cell)["key"] = f"{part.name}-{arm}-{sorted(axes.items())}"  # no hash of the code here
    more = (variants,) if variants else ()
    return cell, [Replica(seed, outcome(part, arm, axes, seed, *more), {}) for seed in seeds]


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
    """`ruling(results)`: what the claim's own judge and checks make of them, its headline."""
    return lambda results: str(_verdict(results).ruling)


@pytest.fixture(scope="session")
def rulings() -> Callable[..., dict[str, str]]:
    """`rulings(results)`: the same sentence by sentence, by the sentence's id."""
    return lambda results: {
        name: str(each) for name, each in _verdict(results).rulings.items()
    }  # fmt: skip


def _verdict(results):
    from deepclaims.claims import pattern
    from deepclaims.evidence.check import findings
    from deepclaims.evidence.verdict import verdict

    found = findings(results.claim.checks, pattern.judge(results))
    return verdict(found, results.claim.text, results.void())


@pytest.fixture(scope="session")
def imagined(checkout) -> Callable[..., Any]:
    """`imagined(name, outcome, profile="laptop", changes=None)`: `Results` of a world thought up.

    `outcome(part, arm, axes, seed)` gives the `Outcome` of a replica, whatever the part's task;
    with `variants` as a fifth argument where the part tries all combinations at once.
    """
    from deepclaims.claims.claim import load

    def imagine(
        name: str,
        outcome: Callable[..., Any],
        profile: str = "laptop",
        changes: Mapping[str, Any] | None = None,
    ):
        return _run(load(checkout / "conf", name, profile, changes), outcome)

    return imagine


@pytest.fixture(scope="session")
def imagined_patients(imagined) -> Callable[..., Any]:
    """`imagined`, whose replicas on ECG tell their `test_error` patient by patient too."""

    def imagine(name: str, outcome: Callable[..., Any], profile: str = "laptop"):
        def with_patients(part, arm, axes, seed, *more):
            made = outcome(part, arm, axes, seed, *more)
            if not part.name.startswith("ecg"):
                return made
            rng = np.random.default_rng([seed, len(part.name), len(arm)])
            return replace(made, tables={"confusion": erring(made.metrics["test_error"], rng)})

        return imagined(name, with_patients, profile)

    return imagine


def erring(error: float, rng: np.random.Generator) -> pd.DataFrame:
    """The confusion table of a net on seven patients of 1000 samples each.

    Some patients are harder than others, whoever is asked; a net's luck differs a little in each.
    """
    own = error + np.linspace(-0.03, 0.03, 7) + 0.004 * rng.normal(size=7)
    wrong = np.clip(1000 * own, 0, 1000).round().astype(int)
    return pd.DataFrame(
        {
            "record": np.repeat([f"{100 + k}" for k in range(7)], 2),
            "true": 1,
            "predicted": np.tile([0, 1], 7),
            "count": np.stack([wrong, 1000 - wrong], axis=1).ravel(),
        }
    )
