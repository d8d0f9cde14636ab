"""Identities by their largest gap; estimates over seeds for what the minimisers are."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.statistics import mean_interval, paired_difference, ratio_interval

MEAN, MEDIAN = 1.0, math.log(2)
"""Of the exponential law with rate 1: the skewed noise."""

IDENTITIES = ("categorical", "bernoulli", "two_classes", "gaussian", "laplace")


def judge(results: Results) -> dict[str, Measured]:
    """Identities by their largest gap; estimates over seeds for what the minimisers are."""
    gaps = np.concatenate([results.values("identities", name) for name in IDENTITIES])
    squared, absolute = (fits(results, "skewed", loss) for loss in ("squared", "absolute"))
    return {
        "identities": exact(gaps.max(), n=len(gaps)),
        "posterior": [mean_interval(_slopes(results, c, "likelihood")) for c in classes(results)],
        "squared_finds_mean": mean_interval(squared - MEAN),
        "absolute_finds_median": mean_interval(absolute - MEDIAN),
        "gaussian_prefers_squared": ratio_interval(ratios(results, "gaussian")),
        "laplace_prefers_absolute": ratio_interval(ratios(results, "laplace")),
        "skew_tells_them_apart": paired_difference(squared, absolute),
        "symmetry_does_not": paired_difference(
            fits(results, "symmetric", "squared"), fits(results, "symmetric", "absolute")
        ),
        "minimum_reached": extreme(results, "location", "optimum"),
        "wrong_law_is_seen": extreme(results, "identities", "wrong_law", "min"),
        "other_loss_misses_posterior": [
            mean_interval(_slopes(results, c, "absolute")) for c in classes(results)
        ],
    }


def classes(results: Results) -> list[int]:
    """The numbers of classes, in the order of the grid."""
    return results.axis("posterior", "classes")


def fits(results: Results, noise: str, loss: str) -> np.ndarray:
    """What a loss estimates under a law of noise, one value a seed."""
    return results.values("location", loss, where={"noise": noise})


def _slopes(results: Results, classes: int, loss: str) -> np.ndarray:
    return results.values("posterior", "slope", where={"classes": classes, "loss": loss})


def ratios(results: Results, law: str) -> np.ndarray:
    """Error of the loss that is no likelihood over that of the one that is, `(seeds,)`."""
    return results.values("efficiency", "error_ratio", where={"law": law})
