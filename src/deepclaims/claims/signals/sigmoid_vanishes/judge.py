"""What a layer multiplies by, against 1 and against theory; what is left after a hundred."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, ratio_interval, share_interval
from deepclaims.nn.signal_passes import gradient_factor, settled_square

PARTS = ("usual", "wide")
"""Scales d v of the laws on the slides, and beyond; of sigmoid nets."""


def judge(results: Results) -> dict[str, Measured]:
    """Factors a layer, their ratio to theory, and orders of magnitude over all layers."""
    every, usual = cells(results), [("usual", scale) for scale in results.axis("usual", "scale")]
    return {
        "activations_bounded": [mean_interval(values(results, "forward", *each)) for each in every],
        "gradient_bounded": [mean_interval(values(results, "gradient", *each)) for each in every],
        "factor_law": [
            ratio_interval(values(results, "gradient", *each) / predicted(each[1]))
            for each in every
        ],
        "vanishes": [mean_interval(values(results, "gradient", *each)) for each in usual],
        "very_small": [mean_interval(values(results, "gradient_growth", *each)) for each in usual],
        "precision_lost": [
            share_interval(values(results, f"lost_{name}", *each))
            for each in usual
            for name in precisions(results)
        ],
        "relu_explodes_forward": mean_interval(results.values("relu_unit", "forward")),
        "relu_he_keeps": mean_interval(results.values("relu_he", "gradient")),
        "relu_he_not_lost": [
            share_interval(1 - results.values("relu_he", f"lost_{name}"))
            for name in precisions(results)
        ],
        "stays_under_sgd": trained(results, "sgd"),
        "goes_under_adam": trained(results, "adam"),
    }


def cells(results: Results) -> list[tuple[str, float]]:
    """(part, scale d v) of the sigmoid nets."""
    return [(part, scale) for part in PARTS for scale in results.axis(part, "scale")]


def values(results: Results, metric: str, part: str, scale: float) -> np.ndarray:
    """A metric of the sigmoid nets of a scale, `(seeds,)`."""
    return results.values(part, metric, where={"scale": scale})


def predicted(scale: float) -> float:
    """√(d v E[σ'(z)²]) where E[z²] has settled."""
    return gradient_factor("sigmoid", scale, settled_square("sigmoid", scale))


def precisions(results: Results) -> list[str]:
    """Of fewer digits than double."""
    return list(results.claim.part("usual").params["precisions"])


def trained(results: Results, arm: str) -> Estimate:
    """The factor at the end of training."""
    return mean_interval(results.values("training", "factor", arm))
