"""What a step, and what an approach to the minimum, cost SGD and gradient descent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import torch
from torch.utils.flop_counter import FlopCounterMode

from deepclaims.claims.optimisation.least_squares_race import (
    LeastSquares,
    Race,
    descend,
    drawn,
    stay,
    wander,
)
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

METHODS = ("gd", "sgd")


REPEATS = 15
"""Timings of which the least is kept: a busy machine can only add."""


def race(config: dict[str, Any], seed: int) -> Outcome:
    """Both methods from 0 to a share of the initial excess, at every rate of their grids.

    Args:
        config: `n`; `d`, `kappa`, `noise`, `ridge` (see `drawn`); `rates` of `gd` (in
            units of 1/λ_max of the Hessian) and `sgd` (of 1/tr H); `share`; `steps` allowed to
            each; `replicas` of SGD.
        seed: of the training set and the samples.

    Returns:
        Curves over the number of the rate, from 1: `gd_steps` and `sgd_steps` (NaN where the target
        was not reached). Metrics `gd_floor`, the least share ever reached, and `sgd_ball`, see
        `stay`.
    """
    problem = _problem(config, config["n"], seed)
    generator = torch.Generator().manual_seed(10_000_000 + seed)
    allowed, share = config["steps"], config["share"]
    scale = {"gd": problem.largest_curvature, "sgd": problem.curvature}
    rates = {name: [a / scale[name] for a in config["rates"][name]] for name in METHODS}
    found = {
        "gd": descend(problem, rates["gd"], share, allowed["gd"]),
        "sgd": wander(problem, rates["sgd"], share, allowed["sgd"], config["replicas"], generator),
    }
    replicas, stays = config["replicas"], config["steps"]["stay"]
    ball = stay(problem, rates["sgd"], stays, replicas, generator)
    return Outcome(
        {"gd_floor": found["gd"].floor, "sgd_ball": ball},
        {f"{name}_steps": _curve(each) for name, each in found.items()},
    )


def work(config: dict[str, Any], seed: int) -> Outcome:
    """Operations of the matrix products in one step, counted by torch.

    Args:
        config: `n`, `d`; `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Metrics `gd` and `sgd`.
    """
    problem = _problem(config, config["n"], seed)
    return Outcome({name: _operations(problem, name) for name in METHODS})


def clock(config: dict[str, Any], seed: int) -> Outcome:
    """Wall-clock time of one step on this machine; not reproducible.

    Args:
        config: `n`; `d`, `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Table `clock`: `method`, `volatile_seconds`, the least of several timings of one step.
    """
    problem = _problem(config, config["n"], seed)
    seconds = [_seconds(_step(problem, name)) for name in METHODS]
    table = pd.DataFrame({"method": METHODS, "volatile_seconds": seconds})
    return Outcome({}, {}, {"clock": table})


def _problem(config: dict[str, Any], n: int, seed: int) -> LeastSquares:
    return drawn(n, config["d"], config["kappa"], config["noise"], config["ridge"], seed)


def _curve(found: Race) -> Curve:
    return Curve(list(range(1, len(found.steps) + 1)), found.steps.tolist())


def _step(problem: LeastSquares, method: str) -> Callable[[], None]:
    """One step of a method as it is run: the gradient of all samples, or of one, and the rule."""
    one = LeastSquares(
        problem.x[:1], problem.y[:1], problem.ridge, problem.hessian, problem.minimiser
    )
    seen = problem if method == "gd" else one
    theta = torch.zeros(problem.x.shape[1], dtype=torch.float64)

    def step() -> None:
        rules.sgd([theta], [seen.gradient(theta)], {}, 1, alpha=0.01)

    return step


def _operations(problem: LeastSquares, method: str) -> float:
    one = slice(None) if method == "gd" else slice(0, 1)
    x, y = problem.x[one], problem.y[one, None]
    w = torch.zeros(x.shape[1], 1, dtype=torch.float64)
    with FlopCounterMode(display=False) as counted:
        x.T @ (x @ w - y)
    return float(counted.get_total_flops())


def _seconds(step: Callable[[], None]) -> float:
    step()  # the first one loads what the next ones find loaded
    least = math.inf
    for _ in range(REPEATS):
        started = time.perf_counter()
        step()
        least = min(least, time.perf_counter() - started)
    return least
