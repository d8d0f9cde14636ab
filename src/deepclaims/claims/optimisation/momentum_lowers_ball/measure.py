"""Momentum with averaged gradients: its noise ball and its speed against SGD's."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, walk
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim import rules

MEMORY = 20
"""Burn-in allows this many times 1/(1 − β), the gradients that m remembers."""


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
