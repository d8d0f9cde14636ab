"""Momentum with averaged gradients: its noise ball and its speed against SGD's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import tee
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.evidence.outcome import Outcome, moments
from deepclaims.optim import rules
from deepclaims.optim.population_problem import sign_regression, squared_errors
from deepclaims.optim.walks import Step, by, record, second_half, walk

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
        Metrics `ball` and `ball_square`, mean over trajectories from w* of the average of
        ‖w − w*‖² over the second half, and of that average's square; `last`, the mean of
        ‖w − w*‖² at the end; `beside_sgd`, the largest distance from a run of plain SGD with the
        same noise (where β = 0; else NaN).
    """
    alpha, beta = float(config["lr"]), float(config["beta"])
    h = torch.tensor(config["curvatures"], dtype=torch.float64)
    steps = config["steps"] or _burn_in(alpha * float(h.min()), beta)
    start = torch.zeros(config["replicas"], len(h), dtype=torch.float64)
    noise, again = tee(_noise(start.shape, torch.Generator().manual_seed(seed)))

    def points(step: Step, noise: Iterator[Tensor]) -> Iterator[Tensor]:
        return walk(start, lambda w, drawn: w * h + drawn, step, steps, draws=noise)

    def beside_sgd() -> Iterator[Tensor]:
        for w, plain in zip(averaged, points(by(rules.sgd, alpha), again), strict=True):
            apart.append(float((w - plain).abs().max()))
            yield w

    averaged, apart = points(_momentum(alpha, beta), noise), [math.nan]
    walked = beside_sgd() if beta == 0 else averaged
    squares = record(walked, lambda w: (w**2).sum(dim=1), second_half(steps))
    return Outcome(
        {
            **moments("ball", torch.from_numpy(squares.mean(axis=0))),
            "last": float(torch.from_numpy(squares[-1]).mean()),
            "beside_sgd": float(np.fmax.reduce(apart)),
        }
    )


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """The ball on a regression on sign vectors, where the noise grows with the error.

    Args:
        config: `lr`, `beta`, `dimension`, `noise` (|y|), `replicas`.
        seed: of the samples, which are the same for every β.

    Returns:
        Metrics `ball` and `ball_square`, see `additive`; B = 1.
    """
    alpha, beta = float(config["lr"]), float(config["beta"])
    steps = _burn_in(alpha, beta)
    squares = squared_errors(
        sign_regression(config["dimension"], config["noise"], 1.0),
        _momentum(alpha, beta),
        steps,
        np.random.default_rng([seed, round(alpha * 1e9)]),
        replicas=config["replicas"],
        at=second_half(steps),
    )
    return Outcome(moments("ball", squares.mean(axis=0)))


def speed(config: dict[str, Any], seed: int) -> Outcome:
    """Steps without noise, h = 1, until ‖w − w*‖ stays below a thousandth of its start.

    Args:
        config: `lr`, `beta`.
        seed: not used: nothing is random.
    """
    alpha, beta = float(config["lr"]), float(config["beta"])
    steps = _burn_in(alpha, beta)
    points = walk(np.ones(1), lambda w, _: w.copy(), _momentum(alpha, beta), steps)
    far = record(points, np.abs, range(steps + 1)) > CLOSE
    return Outcome({"steps": int(np.flatnonzero(far)[-1]) + 1})


def _momentum(alpha: float, beta: float) -> Step:
    return by(rules.momentum, alpha, beta1=beta, form="average")


def _noise(shape: torch.Size, generator: torch.Generator) -> Iterator[Tensor]:
    while True:
        yield torch.randn(shape, generator=generator, dtype=torch.float64)


def _burn_in(alpha: float, beta: float) -> int:
    return math.ceil(10 / alpha + MEMORY / (1 - beta))
