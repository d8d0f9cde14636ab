"""Estimates for the registered checks."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation.measured_balls import ball_of, log_slope, param
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, power_law


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks."""
    lrs, batches = results.axis("race", "lr"), results.axis("race", "batch")
    cells = [(a, b) for a in lrs for b in batches]
    mnist = [(a, b) for a in results.axis("mnist", "lr") for b in results.axis("mnist", "batch")]
    return {
        "smaller_is_slower": [_slope(results, [(a, b) for a in lrs]) for b in batches],
        "batch_trades_too": [_slope(results, [(a, b) for b in batches]) for a in lrs],
        "mnist_smaller_is_slower": [
            _arrivals(results, b) for b in results.axis("arrival", "batch")
        ],
        "mnist_plateau": [
            mnist_excess(results, *cell, mnist_theory(results, *cell)) for cell in mnist
        ],
        "mnist_proportional": log_slope(
            [a / b for a, b in mnist], [mnist_excess(results, *cell) for cell in mnist]
        ),
        "exact_ball": [
            ball_of(results, "race", {"lr": a, "batch": b}, exact_ball(results, a, b))
            for a, b in cells
        ],
        "no_noise_no_tradeoff": extreme(results, "descent", "ball"),
        "minimum_found": exact(float(results.rows("mnist", "slope")["value"].max())),
    }


def rate(results: Results, alpha: float, batch: int) -> float:
    """What a step leaves of ‖W − w*‖² but for the noise at w*: exact on this problem."""
    d = param(results, "race", "dimension")
    return float(1 - 2 * alpha + alpha**2 * (1 + (d - 1) / batch))


def exact_ball(results: Results, alpha: float, batch: int) -> float:
    """E‖W − w*‖² at stationarity, exact: α² d s²/B over 1 − `rate`."""
    d, noise = (param(results, "race", name) for name in ("dimension", "noise"))
    return float(alpha**2 * d * noise**2 / batch / (1 - rate(results, alpha, batch)))


def exact_steps(results: Results, alpha: float, batch: int) -> float:
    """Steps to ε by the exact recursion from D²."""
    start, epsilon = param(results, "race", "radius") ** 2, param(results, "race", "epsilon")
    floor = exact_ball(results, alpha, batch)
    return math.log((epsilon - floor) / (start - floor)) / math.log(rate(results, alpha, batch))


def mnist_excess(results: Results, alpha: float, batch: int, scale: float = 1.0) -> Estimate:
    """The measured excess loss of a cell, in units of `scale`."""
    return ball_of(results, "mnist", {"lr": alpha, "batch": batch}, scale, "excess")


def mnist_theory(results: Results, alpha: float, batch: int) -> float:
    """α tr(Σ*)/(4B)."""
    return float(results.values("mnist", "theory", where={"lr": alpha, "batch": batch})[0])


def _slope(results: Results, cells: list[tuple[float, int]]) -> Estimate:
    """D log samples / d log ball through cells, one line a seed."""
    balls, steps = (
        np.stack([results.values("race", name, where={"lr": a, "batch": b}) for a, b in cells], 1)
        for name in ("ball", "steps")
    )
    return power_law(balls, steps * [b for _, b in cells])


def _arrivals(results: Results, batch: int) -> Estimate:
    """D log steps / d log excess on MNIST, one line a seed, through the plateaus of all seeds.

    Plateaus are known to some per cent, which moves a slope by as little, all seeds' alike.
    """
    lrs = results.axis("arrival", "lr")
    plateaus = [mnist_excess(results, lr, batch).value for lr in lrs]
    steps = [results.values("arrival", "steps", where={"lr": a, "batch": batch}) for a in lrs]
    return power_law(plateaus, np.stack(steps, 1))
