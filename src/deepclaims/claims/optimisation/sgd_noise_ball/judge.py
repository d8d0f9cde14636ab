"""Estimates for the registered checks; balls and distances as shares of a bound."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation import measured_balls
from deepclaims.claims.optimisation.measured_balls import ball_of, log_slope, param
from deepclaims.claims.optimisation.sgd_noise_ball.measure import COMPENSATED, START
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.law import Student
from deepclaims.evidence.statistics import pooled_mean
from deepclaims.optim.population_problem import Constants


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; balls and distances as shares of a bound."""
    lrs, batches = results.axis("tight", "lr"), results.axis("tight", "batch")
    cells = [(lr, batch) for lr in lrs for batch in batches]
    tight, wide, logistic = (
        constants_of(results, name) for name in ("tighter", "wide", "logistic")
    )
    slowest = min(results.axis("logistic", "lr"))
    free, broken = (min(results.axis(name, "lr")) for name in ("unprojected", "minimum_only"))

    def share(lr: float, batch: int, bound: float) -> Estimate:
        return ball_of(results, "tight", {"lr": lr, "batch": batch}, bound)

    least = min(lrs), min(batches)
    bound, mistaken = tight.ball(*least), least[0] / (2 * tight.c)
    return {
        "as_printed": ball_of(
            results, "unprojected", {"lr": free, "batch": 1}, tight.ball(free, 1)
        ),
        "ball_within_bound": [share(*cell, tight.ball(*cell)) for cell in cells],
        "bound_at_every_t": [each for cell in cells for each in compensated_of(results, *cell)],
        "one_step_recursion": extreme(results, "tight", "recursion_gap"),
        "ball_proportional_to_lr": [
            log_slope(lrs, [share(lr, batch, 1.0) for lr in lrs]) for batch in batches
        ],
        "bound_is_tight": share(*least, bound),
        "half_bound_breaks": share(*least, bound / 2),
        "spectral_norm_breaks": share(*least, mistaken * (tight.spectral / least[1] + tight.mu2)),
        "no_variance_breaks": share(*least, mistaken * tight.mu2),
        "minimum_only_breaks": ball_of(
            results,
            "minimum_only",
            {"lr": broken, "batch": 1},
            broken * wide.sigma2_minimum / (2 * wide.c),
        ),
        "no_noise_no_ball": extreme(results, "noiseless", "final"),
        "sharp_constant": [share(least[0], b, tight.sharp * least[0] / b) for b in batches],
        "sharp_constant_logistic": ball_of(
            results, "logistic", {"lr": slowest}, logistic.sharp * slowest
        ),
        "steps_unbiased": _step_bias(results, cells),
    }


def constants_of(results: Results, problem: str) -> Constants:
    """What the `constants` part computed for a problem."""
    return measured_balls.constants_of(results, "constants", problem)


def over_time_of(results: Results, lr: float, batch: int) -> list[Estimate]:
    """E‖W_t − w*‖² as a share of the unrolled recursion, at every recorded t."""
    return _shares(results, lr, batch, "distance", param(results, "tight", "replicas"))


def compensated_of(results: Results, lr: float, batch: int) -> list[Estimate]:
    """The same, or more, from the trajectories whose chance is taken out."""
    count = min(COMPENSATED, param(results, "tight", "replicas"))
    return _shares(results, lr, batch, "compensated", count)


def _shares(results: Results, lr: float, batch: int, name: str, count: int) -> list[Estimate]:
    known, where = constants_of(results, "tighter"), {"lr": lr, "batch": batch}
    steps, mean = results.curve("tight", name, where=where)
    square = results.curve("tight", f"{name}_square", where=where)[1]
    allowed = known.unrolled(lr, batch, start(known), steps)
    return [
        pooled_mean(mean[:, i] / allowed[i], square[:, i] / allowed[i] ** 2, count)
        for i in range(len(steps))
    ]


def start(known: Constants) -> float:
    """Squared distance of the first point from the minimum."""
    return float((START * known.radius) ** 2)


def _step_bias(results: Results, cells: list[tuple[float, int]]) -> Estimate:
    """What steps did beyond their exact expectation, averaged over cells of `tight`."""
    found = [
        ball_of(results, "tight", {"lr": lr, "batch": batch}, metric="step_bias")
        for lr, batch in cells
    ]
    se = float(np.linalg.norm([each.se for each in found])) / len(found)
    value = float(np.mean([each.value for each in found]))
    n = sum(each.n for each in found)
    return Estimate.of(value, Student(se, n - 1), n, "t, pooled moments, mean of cells")
