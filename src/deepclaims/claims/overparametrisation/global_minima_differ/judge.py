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
WORSE = (POISONED, LARGE)
"""Routes that are set against the common one."""
RESIDUAL = 1e-6
"""Largest ‖Hv − λv‖/λ of an eigenvalue that counts as converged."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks, paired by seed: the same images for every route."""
    test = {name: of_route(results, name, "test") for name in ROUTES}
    losses, errors, residuals, slopes = (
        of_all(results, metric) for metric in ("loss", "error", "residual", "gradient")
    )
    by_seed = np.abs(test[TWIN] - test[PLAIN])
    return {
        "routes_differ": [
            paired_difference(np.abs(test[name] - test[PLAIN]), by_seed) for name in WORSE
        ],
        "same_loss": exact(float(np.abs(losses - 1).max()), losses.size),
        "all_right": exact(float(errors.max()), errors.size),
        "seeds_agree": mean_interval(by_seed),
        "gap": [paired_difference(test[name], test[PLAIN]) for name in WORSE],
        "batch_size": paired_difference(test[SMALL_BATCH], test[FULL_BATCH]),
        "sharper_is_worse": mean_interval(orders(results)),
        "converged": exact(float((residuals <= RESIDUAL).mean()), residuals.size),
        "stationary": exact(float(slopes.max()), slopes.size),
    }


def of_all(results: Results, metric: str) -> np.ndarray:
    """A metric of every route and seed, (routes, seeds)."""
    return np.array([of_route(results, name, metric) for name in ROUTES])


def of_route(results: Results, route: str, metric: str) -> np.ndarray:
    """A metric of each seed, (seeds,)."""
    return results.values(PART, f"{route}_{metric}")


def orders(results: Results) -> np.ndarray:
    """Rank correlation of sharpness with test error over the routes, of each seed."""
    sharp, test = (of_all(results, metric).T for metric in ("sharpness", "test"))
    return np.array([stats.spearmanr(*each).statistic for each in zip(sharp, test, strict=True)])
