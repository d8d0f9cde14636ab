"""Errors of linear solutions less those of nets, in pairs over seeds."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.data.plane_problems import REGRESSIONS
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, paired_difference

PROBLEM = "data.problem"
CLASSES, FUNCTIONS = ("moons", "ring"), ("wave",)
CURVED = (*CLASSES, *FUNCTIONS)
STRAIGHT = ("line", "slope")


def judge(results: Results) -> dict[str, Measured]:
    """Shares of errors, and of the variance."""

    def gap(worse: str, problem: str) -> Estimate:
        return paired_difference(error(results, worse, problem), error(results, "relu", problem))

    slopes = [results.values("linear", "slope", where={"problem": p}).max()
              for p in results.axis("linear", "problem")]  # fmt: skip
    return {
        "classification": [gap("hindsight", problem) for problem in CLASSES],
        "regression": [gap("hindsight", problem) for problem in FUNCTIONS],
        "same_net_without_g": [gap("identity", problem) for problem in CURVED],
        "gap_vanishes": [gap("fitted", problem) for problem in STRAIGHT],
        "without_g_is_linear": [
            paired_difference(error(results, "identity", p), error(results, "fitted", p))
            for p in CURVED
        ],
        "linear_is_at_its_minimum": exact(float(max(slopes)), len(slopes)),
    }  # fmt: skip


def net(results: Results, activation: str, problem: str) -> Tuned:
    """The net with that g, `relu` or `identity`, at the learning rate that it chose."""
    where = {PROBLEM: problem}
    if activation == "relu":
        return results.tuned("nets", where=where)
    return results.tuned("without_g", activation, where)


def error(results: Results, solution: str, problem: str) -> np.ndarray:
    """Share of errors, or of the variance that is left, on the test set, `(seeds,)`.

    Args:
        results: of the claim.
        solution: `fitted` or `hindsight`, linear; or the activation of a net.
        problem: of `data=plane`.
    """
    if solution in ("fitted", "hindsight"):
        found = results.values("linear", solution, where={"problem": problem})
    else:
        metric = "test_mse" if problem in REGRESSIONS else "test_error"
        found = net(results, solution, problem).reported(metric)
    scale: np.ndarray = results.values("linear", "scale", where={"problem": problem})
    return np.asarray(found / scale)
