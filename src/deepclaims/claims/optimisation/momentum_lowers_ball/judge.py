"""Estimates for the registered checks; ratios are of momentum's ball over SGD's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation.measured_balls import ball_of, param, ratio
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, ratio_interval
from deepclaims.optim import momentum_law

SMALL, LARGE = 0.01, 1.0
"""αh up to which, and from which on, the registered checks compare balls."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; ratios are of momentum's ball over SGD's."""
    return {
        "lower_at_large_rate": [
            ball_ratio(results, "additive", lr)
            for lr in results.axis("additive", "lr")
            if lr >= LARGE
        ],
        "lower_when_ill_conditioned": [
            ball_ratio(results, "ill_conditioned", lr)
            for lr in results.axis("ill_conditioned", "lr")
        ],
        "learns_at_attenuated_rate": [
            steps_ratio(results, lr, small)
            for lr, small in attenuated(results, "speed")
            if lr <= SMALL
        ],
        "same_ball_at_small_rate": [
            ball_ratio(results, part, lr)
            for part in ("additive", "regression")
            for lr in results.axis(part, "lr")
            if lr <= SMALL
        ],
        "same_speed_at_small_rate": [
            steps_ratio(results, lr, lr) for lr in results.axis("speed", "lr") if lr <= SMALL
        ],
        "larger_at_equal_attenuated_rate": attenuated_ratios(results),
        "stationary_law": law_shares(results, heavy(results)),
        "stationary_law_of_sgd": law_shares(results, 0.0),
        "no_average_is_sgd": extreme(results, "additive", "beside_sgd"),
        "sgd_diverges_beyond": [
            ratio_interval(results.values("beyond", "last", where={"lr": lr, "beta": 0.0}))
            for lr in results.axis("beyond", "lr")
        ],
    }


def heavy(results: Results) -> float:
    """The β that is compared with 0."""
    return float(max(results.axis("additive", "beta")))


def ball_ratio(results: Results, part: str, lr: float) -> Estimate:
    """Ball of momentum over ball of SGD at the same α, paired over seeds (same noise)."""
    with_m, without = (
        results.values(part, "ball", where={"lr": lr, "beta": b}) for b in (heavy(results), 0.0)
    )
    return ratio_interval(with_m, without)


def attenuated(results: Results, part: str) -> list[tuple[float, float]]:
    """The pairs α, α(1 − β) of which both were run."""
    lrs = results.axis(part, "lr")
    share = 1 - heavy(results)
    return [(lr, small) for lr in lrs for small in lrs if math.isclose(small, lr * share)]


def attenuated_ratios(results: Results) -> list[Estimate]:
    """Ball of momentum at α over ball of SGD at α(1 − β)."""
    return [
        ratio(
            ball_of(results, "additive", {"lr": lr, "beta": heavy(results)}),
            ball_of(results, "additive", {"lr": small, "beta": 0.0}),
        )
        for lr, small in attenuated(results, "additive")
    ]


def law(results: Results, part: str, lr: float, beta: float) -> float:
    """The exact ball of a part."""
    if part == "regression":
        d, noise = (param(results, part, name) for name in ("dimension", "noise"))
        return momentum_law.ball(lr, beta, 1.0, d * noise**2, d - 1)
    curvatures: Sequence[float] = param(results, part, "curvatures")
    return sum(momentum_law.ball(lr, beta, h, 1.0) for h in curvatures)


def law_shares(results: Results, beta: float) -> list[Estimate]:
    """Measured over exact balls of every part and α where there is a stationary law."""
    return [
        ball_of(results, part, {"lr": lr, "beta": beta}, law(results, part, lr, beta))
        for part in ("additive", "regression", "ill_conditioned", "beyond")
        for lr in results.axis(part, "lr")
        if math.isfinite(law(results, part, lr, beta))
    ]


def steps(results: Results, lr: float, beta: float) -> float:
    """Steps that a noiseless run takes."""
    return float(results.values("speed", "steps", where={"lr": lr, "beta": beta})[0])


def steps_ratio(results: Results, lr: float, plain: float) -> Estimate:
    """Steps of momentum at one α over those of SGD at another."""
    return exact(steps(results, lr, heavy(results)) / steps(results, plain, 0.0))
