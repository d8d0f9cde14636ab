"""Momentum with averaged gradients: its noise ball and its speed against SGD's.

L1 "Momentum: Exponentially Weighted Averages": m is to replace g so that the ball falls at a large
α, and α(1 − β₁) is called the effective learning rate. The exact law is in `momentum_law`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation import momentum_law
from deepclaims.claims.optimisation.measured_balls import ball_of, param, ratio
from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, walk
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import exact, ratio_interval, worst
from deepclaims.optim import rules

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEMORY = 20
"""Burn-in allows this many times 1/(1 − β), the gradients that m remembers."""

SMALL, LARGE = 0.01, 1.0
"""αh up to which, and from which on, the registered checks compare balls."""

CLOSE = 1e-3
"""‖w − w*‖ over its start at which speed is read."""


def additive(config: dict[str, Any], seed: int) -> Outcome:
    """The ball on a quadratic with gradients h e + noise, the noise of variance 1 a direction.

    Args:
        config: `lr`, `beta`, `curvatures` (one a direction), `replicas`, and `steps`, or null for
            10/(α h_min) and 20/(1 − β) more.
        seed: of the noise, which is the same for every β.

    Returns:
        Metrics `ball` and `ball_square`, as in `walk`, from w*; `last`, the mean of ‖w − w*‖² at
        the end; `beside_sgd`, the largest distance from a run of plain SGD with the same noise
        (where β = 0; else NaN).
    """
    alpha, beta, replicas = float(config["lr"]), float(config["beta"]), config["replicas"]
    h = torch.tensor(config["curvatures"], dtype=torch.float64)
    steps = config["steps"] or _burn_in(alpha * float(h.min()), beta)
    generator = torch.Generator().manual_seed(seed)
    theta, plain = [torch.zeros(replicas, len(h), dtype=torch.float64) for _ in range(2)]
    state: rules.State = {}
    total, beside = torch.zeros(replicas, dtype=torch.float64), 0.0
    for t in range(1, steps + 1):
        noise = torch.randn(theta.shape, generator=generator, dtype=torch.float64)
        _momentum([theta], [theta * h + noise], t, alpha=alpha, beta=beta, state=state)
        if beta == 0:
            rules.sgd([plain], [plain * h + noise], {}, t, alpha=alpha)
            beside = max(beside, float((theta - plain).abs().max()))
        if t > steps // 2:
            total += (theta**2).sum(dim=1)
    ball = total / (steps - steps // 2)
    return Outcome(
        {
            "ball": float(ball.mean()),
            "ball_square": float((ball**2).mean()),
            "last": float((theta**2).sum(dim=1).mean()),
            "beside_sgd": beside if beta == 0 else math.nan,
        }
    )


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """The ball on a regression on sign vectors, where the noise grows with the error.

    Args:
        config: `lr`, `beta`, `dimension`, `noise` (|y|), `replicas`.
        seed: of the samples, which are the same for every β.

    Returns:
        Metrics `ball` and `ball_square`, as in `walk`, from w*, B = 1.
    """
    alpha, beta, replicas = float(config["lr"]), float(config["beta"]), config["replicas"]
    problem = sign_regression(config["dimension"], config["noise"], 1.0)
    rng = np.random.default_rng([seed, round(alpha * 1e9)])
    walked = walk(
        problem,
        SAMPLING["iid"](Draws(len(problem.y), 1, replicas), rng),
        partial(_momentum, alpha=alpha, beta=beta, state={}),
        error=np.zeros((replicas, config["dimension"])),
        steps=_burn_in(alpha, beta),
        look_at=(),
    )
    return Outcome(
        {"ball": float(walked.ball.mean()), "ball_square": float((walked.ball**2).mean())}
    )


def speed(config: dict[str, Any], seed: int) -> Outcome:
    """Steps without noise, h = 1, until ‖w − w*‖ stays below a thousandth of its start.

    Args:
        config: `lr`, `beta`.
        seed: not used: nothing is random.
    """
    alpha, beta = float(config["lr"]), float(config["beta"])
    theta, last = torch.ones(1, dtype=torch.float64), 0
    state: rules.State = {}
    for t in range(1, 2 * _burn_in(alpha, beta)):
        _momentum([theta], [theta.clone()], t, alpha=alpha, beta=beta, state=state)
        if abs(float(theta)) > CLOSE:
            last = t
    return Outcome({"steps": last + 1})


def _momentum(
    theta: list[Tensor], g: list[Tensor], t: int, *, alpha: float, beta: float, state: rules.State
) -> None:
    rules.momentum(theta, g, state, t, alpha=alpha, beta1=beta, form="average")


def _burn_in(alpha: float, beta: float) -> int:
    return math.ceil(10 / alpha + MEMORY / (1 - beta))


def judge(results: Results) -> dict[str, Estimate]:
    """Estimates for the registered checks; ratios are of momentum's ball over SGD's."""
    checks, beta = results.claim.checks, heavy(results)
    lrs = results.axis("additive", "lr")
    return {
        "lower_at_large_rate": worst(
            [ball_ratio(results, "additive", lr) for lr in lrs if lr >= LARGE],
            "below",
            checks["lower_at_large_rate"]["bound"],
        ),
        "lower_when_ill_conditioned": worst(
            [
                ball_ratio(results, "ill_conditioned", lr)
                for lr in results.axis("ill_conditioned", "lr")
            ],
            "below",
            checks["lower_when_ill_conditioned"]["bound"],
        ),
        "learns_at_attenuated_rate": worst(
            [
                exact(steps(results, lr, beta) / steps(results, small, 0.0))
                for lr, small in attenuated(results, "speed")
                if lr <= SMALL
            ],
            "within",
            checks["learns_at_attenuated_rate"]["bound"],
        ),
        "same_ball_at_small_rate": worst(
            [
                ball_ratio(results, part, lr)
                for part in ("additive", "regression")
                for lr in results.axis(part, "lr")
                if lr <= SMALL
            ],
            "within",
            checks["same_ball_at_small_rate"]["bound"],
        ),
        "same_speed_at_small_rate": worst(
            [
                exact(steps(results, lr, beta) / steps(results, lr, 0.0))
                for lr in results.axis("speed", "lr")
                if lr <= SMALL
            ],
            "within",
            checks["same_speed_at_small_rate"]["bound"],
        ),
        "larger_at_equal_attenuated_rate": worst(
            attenuated_ratios(results), "above", checks["larger_at_equal_attenuated_rate"]["bound"]
        ),
        "stationary_law": worst(
            law_shares(results, beta), "within", checks["stationary_law"]["bound"]
        ),
        "stationary_law_of_sgd": worst(
            law_shares(results, 0.0), "within", checks["stationary_law_of_sgd"]["bound"]
        ),
        "no_average_is_sgd": exact(
            float(results.rows("additive", "beside_sgd")["value"].max()),
            n=len(results.rows("additive", "beside_sgd")),
        ),
        "sgd_diverges_beyond": worst(
            [
                ratio_interval(results.values("beyond", "last", where={"lr": lr, "beta": 0.0}))
                for lr in results.axis("beyond", "lr")
            ],
            "above",
            checks["sgd_diverges_beyond"]["bound"],
        ),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The ball against α, and its ratio to SGD's; the ill-conditioned case by direction."""
    from deepclaims.claims.optimisation import momentum_figures as figures

    return {
        "ball": figures.ball(results, language),
        "speed": figures.speed(results, language),
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
