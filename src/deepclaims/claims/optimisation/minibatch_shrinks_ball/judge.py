"""Estimates for the registered checks; balls as shares of what theory gives."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from deepclaims.claims.optimisation import measured_balls
from deepclaims.claims.optimisation.measured_balls import ball_of, log_slope, param, ratio
from deepclaims.claims.optimisation.minibatch_shrinks_ball.measure import PROBLEMS
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import slope_interval
from deepclaims.optim.population_problem import Constants

SIZES = {"tight": 16, "logistic": 24}
"""N of each."""
IID = {"tight": "iid", "logistic": "iid_logistic"}
SUBSETS = {"tight": "subsets", "logistic": "subsets_logistic"}
"""Parts by problem."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; balls as shares of what theory gives."""
    lrs, batches = results.axis("iid", "lr"), sorted(results.axis("iid", "batch"))
    tight, slowest, middle = bound_constants(results, "tight"), min(lrs), batches[len(batches) // 2]
    return {
        "variance_falls_as_one_over_b": variance_slope(results),
        "variance_within_bound": list(variance_shares(results).values()),
        "ball_within_bound": [
            ball_of(results, "iid", {"lr": lr, "batch": b}, tight.ball(lr, b))
            for lr in lrs
            for b in batches
        ],
        "ball_falls_as_one_over_b": [
            *(ball_slope(results, "iid", {"lr": lr}) for lr in lrs),
            ball_slope(results, "iid_logistic", {}),
        ],
        "faster_law_breaks": ball_of(
            results, "iid", {"lr": slowest, "batch": middle}, tight.ball(slowest, middle**2)
        ),
        "subsets_follow_fpc": [
            against_fpc(results, problem, b)
            for problem, part in SUBSETS.items()
            for b in results.axis(part, "batch")
            if b < SIZES[problem]
        ],
        "all_data_no_ball": [all_data(results, problem) for problem in PROBLEMS],
        "reshuffling_is_another_law": [
            reshuffled_share(results, b) for b in results.axis("reshuffled", "batch")
        ],
    }


def bound_constants(results: Results, problem: str) -> Constants:
    """What the `known` part computed for a problem."""
    return measured_balls.constants_of(results, "known", problem)


def variance_shares(results: Results) -> dict[tuple[str, float, int], Estimate]:
    """Measured variance as a share of σ²/B, by (problem, place, B)."""
    problems, places, batches = (
        results.axis("variance", name) for name in ("problem", "place", "batch")
    )
    sigma2 = {problem: bound_constants(results, problem).sigma2 for problem in problems}
    return {
        (problem, place, b): ball_of(
            results,
            "variance",
            {"problem": problem, "place": place, "batch": b},
            sigma2[problem] / b,
            "variance",
        )
        for problem, place, b in product(problems, places, batches)
    }


def variance_slope(results: Results) -> Estimate:
    """D log variance / d log B, one line for each seed, problem and place."""
    rows = results.rows("variance", "variance")
    lines = rows["problem"] + " " + rows["place"].astype(str) + " " + rows["seed"].astype(str)
    batches = rows["batch"].to_numpy(dtype=float)
    return slope_interval(np.log(batches), np.log(rows["value"].to_numpy()), lines.to_numpy())


def ball_slope(results: Results, part: str, fixed: dict[str, Any]) -> Estimate:
    """D log ball / d log B."""
    batches = results.axis(part, "batch")
    return log_slope(batches, [ball_of(results, part, {**fixed, "batch": b}) for b in batches])


def fpc(problem: str, batch: int) -> float:
    """(N − B)/(N − 1): variance of a subset's mean over that of B independent draws."""
    size = SIZES[problem]
    return (size - batch) / (size - 1)


def iid_ball(results: Results, problem: str, batch: int) -> Estimate:
    """The ball of i.i.d. draws at the rate at which subsets were drawn."""
    where = {"lr": param(results, SUBSETS["tight"], "lr")} if problem == "tight" else {}
    return ball_of(results, IID[problem], {**where, "batch": batch})


def against_fpc(results: Results, problem: str, batch: int) -> Estimate:
    """Ball of fresh subsets over that of i.i.d. draws, both measured, over (N − B)/(N − 1)."""
    mine = ball_of(results, SUBSETS[problem], {"batch": batch}, fpc(problem, batch))
    return ratio(mine, iid_ball(results, problem, batch))


def all_data(results: Results, problem: str) -> Estimate:
    """Ball of subsets that are all the data, over α tr(H⁻¹Σ*)/(2N), what i.i.d. draws leave."""
    size, part = SIZES[problem], SUBSETS[problem]
    sharp = bound_constants(results, problem).sharp * float(param(results, part, "lr")) / size
    return ball_of(results, part, {"batch": size}, sharp)


def reshuffled_share(results: Results, batch: int) -> Estimate:
    """Ball of shuffled passes over that of fresh subsets of the same size, both measured.

    A subset of one sample is an i.i.d. draw.
    """
    where = {"batch": batch}
    fresh = iid_ball(results, "tight", 1) if batch == 1 else ball_of(results, "subsets", where)
    return ratio(ball_of(results, "reshuffled", where), fresh)
