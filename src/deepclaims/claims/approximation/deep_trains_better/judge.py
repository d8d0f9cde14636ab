"""How many times fewer steps, and less error, a deep net needs than a shallow one."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import median_interval, ratio_interval

DEPTH, RATE, STEPS = "model.depth", "optimizer.lr", "fit.steps"
MNIST, TREE, SHALLOW = "mnist", "tree", "net"
"""The problems: digits, a composed target, and a target that is a shallow net."""
METRIC = {MNIST: "error", TREE: "mse", SHALLOW: "mse"}
ERROR, SPEED = "error", "speed"
"""By what a side is chosen: its validation error, or its steps to the target loss."""


def judge(results: Results) -> dict[str, Measured]:
    """Ratios shallow over deep, paired over seeds: above one, the deep net is better."""
    return {
        "mnist_faster": fewer_steps(results, MNIST),
        "mnist_generalises": errs_less(results, MNIST),
        "tree_faster": fewer_steps(results, TREE),
        "tree_generalises": errs_less(results, TREE),
        "faster_than_bigger": fewer_steps(results, TREE, "bigger"),
        "generalises_better_than_bigger": errs_less(results, TREE, "bigger"),
        "shallow_target": errs_less(results, SHALLOW),
    }


def side(results: Results, problem: str, kind: str, by: str = ERROR) -> Tuned:
    """The `deep`, the `shallow` or the `bigger` shallow net of a problem, at what was chosen."""
    return results.tuned(f"{problem}_{kind}", by=by)


def errs_less(results: Results, problem: str, other: str = "shallow") -> Estimate:
    """Test error of the other net over the deep one's, each chosen by its validation error."""
    metric = f"test_{METRIC[problem]}"
    others, deep = (side(results, problem, kind).reported(metric) for kind in (other, "deep"))
    return ratio_interval(others, deep)


def fewer_steps(results: Results, problem: str, other: str = "shallow") -> Estimate:
    """Steps to the target loss of the other net over the deep one's, each at its fastest: a median.

    The other net counts as there on the last step if it never gets there, and the ratio is zero if
    the deep one never does: both favour the other.
    """
    late, deep = (steps(side(results, problem, kind, SPEED)) for kind in (other, "deep"))
    late = np.minimum(late, results.axis(f"{problem}_{other}", STEPS)[0])
    return median_interval(late / deep)


def steps(net: Tuned) -> np.ndarray:
    """Steps of the reporting seeds to the loss by which it was chosen, `(seeds,)`."""
    score = net.tune.by[SPEED]
    assert score.below is not None
    return net.steps_below(score.metric, score.below)
