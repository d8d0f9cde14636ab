"""Slopes of log recovery on log time of the change, a line a seed; ratios at the first and last."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import power_law, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Slopes, and ratios of steps and of plateaus, paired over seeds."""
    steps = {
        name: curve(results, name, "recovery")[1] for name in results.axis("recovery", "method")
    }
    tuned = {name: tuned_steps(results, name)[1] for name in results.axis("tuned", "method")}
    edges = results.rows("recovery", "edge")["value"]
    return {
        "sum_stalls": _slope(results, "adagrad", "recovery"),
        "average_forgets": [
            _slope(results, name, "recovery") for name in ("rmsprop", "rmsprop_corrected")
        ],
        "gain_when_late": ratio_interval(steps["adagrad"][:, -1], steps["rmsprop"][:, -1]),
        "gain_when_tuned": ratio_interval(tuned["adagrad"][:, -1], tuned["rmsprop"][:, -1]),
        "sum_stalls_tuned": ratio_interval(tuned["adagrad"][:, -1], tuned["adagrad"][:, 0]),
        "rate_falls": _slope(results, "adagrad", "rate"),
        "sgd_does_not_stall": _slope(results, "sgd", "recovery"),
        "matched_when_early": [
            ratio_interval(taken[:, 0], steps["sgd"][:, 0])
            for name, taken in steps.items()
            if name != "sgd"
        ],
        "without_change_the_sum_wins": ratio_interval(
            _plateau(results, "rmsprop"), _plateau(results, "adagrad")
        ),
        "grid_is_wide_enough": exact(float(edges.max()), n=len(edges)),
    }


def curve(results: Results, method: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Times of the change, `(times,)`, and `recovery` or `rate` there, `(seeds, times)`."""
    return results.curve("recovery", name, where={"method": method})


def tuned_steps(results: Results, method: str) -> tuple[np.ndarray, np.ndarray]:
    """The same `recovery` where α was chosen over all changes."""
    return results.curve("tuned", "recovery", where={"method": method})


def _plateau(results: Results, method: str) -> np.ndarray:
    return results.values("recovery", "plateau", where={"method": method})


def _slope(results: Results, method: str, name: str) -> Estimate:
    """The exponent, from the second time on: at the first the rates were matched."""
    jumps, values = curve(results, method, name)
    return power_law(jumps[1:], values[:, 1:])
