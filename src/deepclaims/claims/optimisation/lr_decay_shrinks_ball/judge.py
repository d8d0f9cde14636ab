"""Estimates for the registered checks; ratios are over the constant rate α₀."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from deepclaims.claims.optimisation.lr_decay_shrinks_ball.measure import rates
from deepclaims.claims.optimisation.measured_balls import ball_of, param, ratio
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; ratios are over the constant rate α₀."""
    laws = decaying(results)
    return {
        "all_laws_shrink": [final_ratio(results, "regression", law) for law in laws],
        "learn_as_soon": [steps_ratio(results, "regression", law) for law in laws],
        "mnist_all_laws_shrink": [final_ratio(results, "mnist", law) for law in laws],
        "mnist_learn_as_soon": [steps_ratio(results, "mnist", law) for law in laws],
        "constant_stays": ratio(
            *(
                ball_of(results, "regression", {"law": "constant"}, metric=when)
                for when in ("final", "middle")
            )
        ),
        "small_constant_is_slow": [
            steps_ratio(results, part, "small") for part in ("regression", "mnist")
        ],
        "too_fast_stalls": final_ratio(results, "regression", "hasty"),
        "exact_recursion": [
            ball_of(results, "regression", {"law": law}, exact(results, law)[-1], "final")
            for law in results.axis("regression", "law")
        ],
    }


def decaying(results: Results) -> list[str]:
    """The slide's laws."""
    laws = ("hyperbolic", "exponential", "inverse_sqrt", "piecewise")
    return [law for law in laws if law in results.axis("regression", "law")]


def final_ratio(results: Results, part: str, law: str) -> Estimate:
    """What a law leaves at the end over what the constant rate α₀ leaves."""
    mine, other = (
        ball_of(results, part, {"law": each}, metric="final") for each in (law, "constant")
    )
    return ratio(mine, other)


def steps_ratio(results: Results, part: str, law: str) -> Estimate:
    """Steps to the target over those of the constant rate α₀, paired over seeds."""
    mine, other = (results.values(part, "steps", where={"law": each}) for each in (law, "constant"))
    return ratio_interval(mine, other)


def part_rates(results: Results, part: str, law: str) -> np.ndarray:
    """α of every step of a part."""
    return rates({**results.claim.part(part).params, "law": law})


def exact(results: Results, law: str) -> list[float]:
    """E‖W_t − w*‖² on the regression by its recursion, `(steps + 1,)`; exact for any schedule."""
    d, noise, radius = (
        param(results, "regression", name) for name in ("dimension", "noise", "radius")
    )
    return recursion(part_rates(results, "regression", law), d, noise, radius)


def recursion(alphas: Iterable[float], d: int, noise: float, radius: float) -> list[float]:
    """E‖W_t − w*‖² from D² where H = I and var = (d − 1)‖w − w*‖² + d s², B = 1."""
    values = [float(radius**2)]
    for alpha in alphas:
        kept = (1 - alpha) ** 2 + alpha**2 * (d - 1)
        values.append(float(kept * values[-1] + alpha**2 * d * noise**2))
    return values
