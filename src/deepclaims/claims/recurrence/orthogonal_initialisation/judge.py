"""The gradient's growth at the start against theory's, and both ends of training."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    paired_difference,
    proportion_difference,
)
from deepclaims.nn.mean_field import tanh_rate


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """Estimate what the criterion registered."""
    inputs = results.axis("tanh", "input")
    slope = {name: _slopes(results, name, max(inputs)) for name in ("orthogonal", "gaussian")}
    added = {law: counts(results, "learning", law=law) for law in results.axis("learning", "law")}
    gain = over_training(results, "orthogonal", "log_gain")
    departure = over_training(results, "orthogonal", "departure")
    shrunk, grown = (
        results.values("linear", "log_gain", where={"matrix": name}) for name in ("shrunk", "grown")
    )
    return {
        "linear_keeps_norm": extreme(results, "linear", "largest", matrix="orthogonal"),
        "isometry": extreme(results, "linear", "isometry", matrix="orthogonal"),
        "gaussian_is_none": mean_interval(
            results.values("linear", "isometry", where={"matrix": "gaussian"})
        ),
        "tanh_keeps_norm": [mean_interval(_slopes(results, "orthogonal", u)) for u in inputs],
        "only_first_step": mean_interval(departure[:, -1]),
        "stability_lost": paired_difference(_scatter(gain[:, -1]), _scatter(gain[:, 0])),
        "reaches_farther_trained": paired_difference(gain[:, -1], gain[:, 0]),
        "adds_more_than_gaussian": proportion_difference(*added["orthogonal"], *added["gaussian"]),
        "adds_more_than_identity": proportion_difference(*added["orthogonal"], *added["identity"]),
        "mean_field_rate": [
            mean_interval(_slopes(results, "orthogonal", u) - tanh_rate(1.0, u)) for u in inputs
        ],
        "no_better_than_gaussian": paired_difference(slope["orthogonal"], slope["gaussian"]),
        "shrunk_vanishes": mean_interval(shrunk),
        "grown_explodes": mean_interval(grown),
    }


def over_training(results: Results, matrix: str, quantity: str) -> np.ndarray:
    """A quantity of the nets at every look, (replicas, looks)."""
    table = results.tables["training"]
    own = table[table["matrix"] == matrix]
    wide = own.pivot_table(index=["seed", "replica"], columns="step", values=quantity)
    return wide.to_numpy(dtype=float)


def _scatter(x: np.ndarray) -> np.ndarray:
    """Distances from the median: what Brown and Forsythe's test of spread compares."""
    return np.abs(x - np.median(x))


def _slopes(results: Results, matrix: str, inputs: float) -> np.ndarray:
    """log₁₀ of the gradient's growth per step, (seeds,)."""
    return results.values("tanh", "slope", where={"matrix": matrix, "input": float(inputs)})
