"""How fast the variance falls with B."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval


def judge(results: Results) -> dict[str, Estimate]:
    """An estimate for each check of the claim's file, or a list of those that must all pass it."""
    return {
        "falls_as_one_over_b": slope(results, "independent"),
        "dependent_does_not_fall": slope(results, "equal"),
    }


def slope(results: Results, arm: str) -> Estimate:
    """Slope of log variance on log B: a line for each seed, and the mean of their slopes."""
    sizes = results.axis("means", "B")
    rows = np.array([variances(results, arm, B) for B in sizes])
    slopes, _ = np.polyfit(np.log(sizes), np.log(rows), 1)
    return mean_interval(slopes)


def variances(results: Results, arm: str, B: int) -> np.ndarray:
    """Measured variances, `(seeds,)`."""
    return results.values("means", "variance", arm, {"B": B})
