"""What a step, and what an approach to the minimum, cost SGD and gradient descent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.optim.least_squares import LeastSquares, drawn
from deepclaims.optim.walks import by, record, second_half, walk

METHODS = ("gd", "sgd")
EVERY = 4
"""Steps of SGD between looks at the excess; gradient descent is looked at after every step."""
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
    problem, replicas = _problem(config, seed), config["replicas"]
    generator = torch.Generator().manual_seed(10_000_000 + seed)
    allowed, share = config["steps"], config["share"]
    scale = {"gd": problem.largest_curvature, "sgd": problem.curvature}
    rates = {name: [a / scale[name] for a in config["rates"][name]] for name in METHODS}
    down = descend(problem, rates["gd"], allowed["gd"])
    about = wander(problem, rates["sgd"], allowed["sgd"], replicas, generator)
    found = {"gd": first_within(down, 1, share), "sgd": first_within(about, EVERY, share)}
    ball = stay(problem, rates["sgd"], allowed["stay"], replicas, generator)
    return Outcome(
        {"gd_floor": float(np.nanmin(np.append(down, np.inf))), "sgd_ball": ball},
        {f"{name}_steps": _by_rate(steps) for name, steps in found.items()},
    )


def descend(problem: LeastSquares, alphas: Sequence[float], steps: int) -> np.ndarray:
    """Gradient descent from 0, one run a rate; the share of the initial excess after every step.

    ∇J = H (w − w*) is used, which is the mean of the n gradients but for rounding: it is their
    number that is counted, not our time.

    Returns:
        `(steps, rates)`.
    """

    def gradient(w: Tensor, _: None) -> Tensor:
        return (w - problem.minimiser) @ problem.hessian

    start = torch.zeros_like(problem.minimiser).repeat(len(alphas), 1)
    alpha = torch.tensor(alphas, dtype=torch.float64)
    points = walk(start, gradient, by(rules.sgd, alpha), steps)
    return _shares(problem, record(points, problem.excess, range(1, steps + 1)), len(alphas))


def wander(
    problem: LeastSquares,
    alphas: Sequence[float],
    steps: int,
    replicas: int,
    generator: torch.Generator,
) -> np.ndarray:
    """SGD from 0 with one i.i.d. sample a step; as `descend`, the mean over `replicas` runs.

    Returns:
        After every `EVERY` steps, `(looks, rates)`.
    """
    points = _sgd(problem, torch.zeros_like(problem.minimiser), alphas, steps, replicas, generator)
    looks = range(EVERY, steps + 1, EVERY)
    return _shares(problem, record(points, problem.excess, looks), len(alphas))


def stay(
    problem: LeastSquares,
    alphas: Sequence[float],
    steps: int,
    replicas: int,
    generator: torch.Generator,
) -> float:
    """Where SGD from w* itself stays: the least of all rates.

    Returns:
        J(W_t) − J(w*) averaged over the second half of the steps, as a share of J(0) − J(w*).
    """
    points = _sgd(problem, problem.minimiser, alphas, steps, replicas, generator)
    late = record(points, problem.excess, second_half(steps)).mean(axis=0)
    return float(np.nan_to_num(_shares(problem, late, len(alphas)), nan=np.inf).min())


def first_within(shares: np.ndarray, every: int, share: float) -> np.ndarray:
    """Steps until the excess was a share of the first one; NaN if never, `(rates,)`.

    Args:
        shares: `(looks, rates)`.
        every: steps between looks.
        share: the target.
    """
    there = shares <= share
    return np.where(there.any(axis=0), every * (1.0 + there.argmax(axis=0)), np.nan)


def work(config: dict[str, Any], seed: int) -> Outcome:
    """Operations of the matrix products in one step, counted by torch.

    Args:
        config: `n`, `d`; `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Metrics `gd` and `sgd`.
    """
    problem = _problem(config, seed)
    return Outcome({name: _operations(problem, name) for name in METHODS})


def clock(config: dict[str, Any], seed: int) -> Outcome:
    """Wall-clock time of one step on this machine; not reproducible.

    Args:
        config: `n`; `d`, `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Table `clock`: `method`, `volatile_seconds`, the least of several timings of one step.
    """
    problem = _problem(config, seed)
    seconds = [_seconds(_step(problem, name)) for name in METHODS]
    table = pd.DataFrame({"method": METHODS, "volatile_seconds": seconds})
    return Outcome({}, {}, {"clock": table})


def _problem(config: dict[str, Any], seed: int) -> LeastSquares:
    names = ("n", "d", "kappa", "noise", "ridge")
    return drawn(**{name: config[name] for name in names}, seed=seed)


def _sgd(
    problem: LeastSquares,
    start: Tensor,
    alphas: Sequence[float],
    steps: int,
    replicas: int,
    generator: torch.Generator,
) -> Iterator[Tensor]:
    """Walks from one point, `(rates · replicas, d)`; every rate sees the same samples."""

    def samples() -> Iterator[Tensor]:
        while True:
            chosen = torch.randint(0, len(problem.y), (replicas,), generator=generator)
            yield chosen.repeat(len(alphas))

    alpha = torch.tensor(alphas, dtype=torch.float64).repeat_interleave(replicas)
    starts = start.repeat(len(alpha), 1)
    step = by(rules.sgd, alpha)
    return walk(starts, problem.sample_gradient, step, steps, draws=samples())


def _shares(problem: LeastSquares, excess: np.ndarray, rates: int) -> np.ndarray:
    """The mean excess of each rate's trajectories as a share of that at 0, `(…, rates)`."""
    first = problem.excess(torch.zeros_like(problem.minimiser)[None])
    each = torch.from_numpy(excess).unflatten(-1, (rates, -1))
    return (each.mean(dim=-1) / first).numpy()


def _by_rate(steps: np.ndarray) -> Curve:
    return Curve(list(range(1, len(steps) + 1)), steps.tolist())


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
