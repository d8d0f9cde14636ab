"""Sizes of states and gradients; logarithms have base 10."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    proportion_difference,
    ratio_interval,
)


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """Estimate what the criterion registered.

    ReLU is asked at the gains of the grid next to √2, where its layer keeps its variance (He et
    al. 2015).
    """
    gains = results.axis("untrained", "gain")
    weak, strong = min(gains), max(gains)
    below = max(gain for gain in gains if gain < math.sqrt(2))
    above = min(gain for gain in gains if gain > math.sqrt(2))
    return {
        "tanh_state_bounded": extreme(results, "untrained", "largest_state", activation="tanh"),
        "relu_state_explodes": mean_interval(of(results, "log_state", "relu", above)),
        "both_signs": mean_interval(of(results, "negative", "tanh", above)),
        "training_calmer": ratio_interval(
            results.values("adding", "largest_gradient", where=_identity("relu")),
            results.values("adding", "largest_gradient", where=_identity("tanh")),
        ),
        "bounded_range_needed": mean_interval(of(results, "log_state", "relu", below)),
        "tanh_gradient_bounded": mean_interval(of(results, "log_gradient", "tanh", strong)),
        "relu_adds_more_often": proportion_difference(
            *counts(results, "learning", activation="relu"),
            *counts(results, "learning", activation="tanh"),
        ),
        "weak_weights_vanish": [
            mean_interval(of(results, "log_gradient", name, weak)) for name in ("tanh", "relu")
        ],
    }


def of(results: Results, metric: str, activation: str, gain: float) -> np.ndarray:
    """A metric of the untrained recurrence, (seeds,)."""
    where = {"activation": activation, "gain": float(gain)}
    return results.values("untrained", metric, where=where)


def _identity(activation: str) -> dict[str, Any]:
    return {"activation": activation, "matrix": "identity"}
