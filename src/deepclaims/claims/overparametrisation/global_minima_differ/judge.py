"""By how much nets of one training loss differ in test error, by route and by seed of one route."""

from __future__ import annotations

import numpy as np
from scipy import stats

from deepclaims.claims.overparametrisation.global_minima_differ.measure import (
    FULL_BATCH,
    LARGE,
    PLAIN,
    POISONED,
    ROUTES,
    SMALL_BATCH,
    TWIN,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

PART = "routes"


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks, paired by seed: the same images for every route."""
    test = {name: of_route(results, name, "test") for name in ROUTES}
    losses, errors = (
        np.array([of_route(results, name, metric) for name in ROUTES])
        for metric in ("loss", "error")
    )
    return {
        "routes_differ": [paired_difference(test[name], test[PLAIN]) for name in (POISONED, LARGE)],
        "same_loss": exact(float(np.abs(losses - 1).max())),
        "all_right": exact(float(errors.max())),
        "seeds_agree": mean_interval(np.abs(test[PLAIN] - test[TWIN])),
        "batch_size": paired_difference(test[SMALL_BATCH], test[FULL_BATCH]),
        "sharper_is_worse": mean_interval(orders(results)),
    }


def of_route(results: Results, route: str, metric: str) -> np.ndarray:
    """A metric of each seed, (seeds,)."""
    return results.values(PART, f"{route}_{metric}")


def orders(results: Results) -> np.ndarray:
    """Rank correlation of sharpness with test error over the routes, of each seed."""
    sharp, test = (
        np.array([of_route(results, name, metric) for name in ROUTES]).T
        for metric in ("sharpness", "test")
    )
    return np.array([stats.spearmanr(*each).statistic for each in zip(sharp, test, strict=True)])
