"""Noise balls as claims read them: estimates over all trajectories of all seeds, and their ratios.

Trajectories are independent and very many, so errors come from their pooled moments, and ratios
and slopes take the errors of the logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.law import Student
from deepclaims.evidence.statistics import pooled_mean, slope_through
from deepclaims.optim.population_problem import Constants


def param(results: Results, part: str, name: str) -> Any:
    """A constant of a part's config."""
    return results.claim.part(part).params[name]


def constants_of(results: Results, part: str, problem: str) -> Constants:
    """σ², μ², c of a problem as a part computed them, whose axis is `problem`."""
    found = {
        name: float(results.values(part, name, where={"problem": problem})[0])
        for name in Constants.__dataclass_fields__
    }
    return Constants(**found)


def ball_of(
    results: Results,
    part: str,
    where: Mapping[str, Any],
    scale: float = 1.0,
    metric: str = "ball",
) -> Estimate:
    """The mean of a metric over all trajectories of all seeds of a cell, in units of `scale`.

    Args:
        results: with `<metric>` and `<metric>_square`, each seed's mean over its trajectories.
        part: the part's name; its `replicas` are the trajectories of a seed.
        where: axis -> value.
        scale: what the mean is divided by.
        metric: the metric's name.
    """
    return pooled_mean(
        results.values(part, metric, where=where) / scale,
        results.values(part, f"{metric}_square", where=where) / scale**2,
        param(results, part, "replicas"),
    )


def ratio(a: Estimate, b: Estimate) -> Estimate:
    """Ratio of two independent pooled means."""
    n = min(a.n, b.n)
    se = float(np.hypot(a.se / a.value, b.se / b.value))
    return Estimate.of(a.value / b.value, Student(se, n - 1, log=True), n, "ratio of pooled means")


def log_slope(x: Sequence[float], balls: Sequence[Estimate]) -> Estimate:
    """D log ball / d log x through independent balls."""
    return slope_through(
        np.log(np.asarray(x, dtype=float)),
        np.log([each.value for each in balls]),
        [each.se / each.value for each in balls],
    )
