"""What a minibatch of B does to the gradient's variance and to the noise ball."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from deepclaims.evidence.outcome import Outcome, moments
from deepclaims.optim import rules
from deepclaims.optim.population_problem import (
    Constants,
    Problem,
    constants,
    logistic_regression,
    sign_regression,
    squared_errors,
)
from deepclaims.optim.walks import SAMPLING, by, scattered, second_half

DIRECTIONS = 256
"""Points among which the one of largest variance is taken."""
START = 0.9
"""‖W_0 − w*‖ as a share of D."""
PROBLEMS = {
    "tight": lambda: sign_regression(3, 3.0, 1.0),
    "logistic": lambda: logistic_regression(24, 2, 0.2, 1.5, seed=1),
}
"""16 points on which the bound is nearly attained; 24 points where H is not c·I."""


def known(config: dict[str, Any], seed: int) -> Outcome:
    """σ², μ², c of a problem: the extremes over Θ of finite sums.

    Args:
        config: `problem`, a name in `PROBLEMS`.
        seed: not used: nothing is random.
    """
    return Outcome(_known(config["problem"])[1].as_dict())


def variance(config: dict[str, Any], seed: int) -> Outcome:
    """Variance (trace) of the mean of B i.i.d. gradients, measured at one point of Θ.

    Args:
        config: `problem`, `batch`, `replicas` (minibatches), `place` (‖w − w*‖ as a share of D:
            of many such points the one where a gradient's variance is largest).
        seed: of the draws.

    Returns:
        Metrics `variance` and `variance_square`: mean over minibatches of ‖g − ∇𝓛‖² and of its
        square; `exact`, the variance of one gradient there, a finite sum.
    """
    problem, _ = _known(config["problem"])
    size, dimension = problem.x.shape
    place = config["place"] * problem.radius
    w = problem.minimiser + scattered(np.random.default_rng(0), DIRECTIONS, dimension, place)
    w = w[[problem.variance(w).argmax()]]
    slopes = problem.slope(w @ problem.x.T, problem.y)[0]
    each = slopes[:, None] * problem.x + problem.ridge * w
    rng = np.random.default_rng([seed, config["batch"]])
    counts = rng.multinomial(config["batch"], np.full(size, 1 / size), config["replicas"])
    off = ((counts @ each / config["batch"] - problem.gradient(w)) ** 2).sum(axis=1)
    return Outcome({**moments("variance", off), "exact": float(problem.variance(w)[0])})


def ball(config: dict[str, Any], seed: int) -> Outcome:
    """The noise ball of projected SGD.

    Args:
        config: `problem`, `lr`, `batch`, `sampling` (a name in `SAMPLING`), `replicas`.
        seed: of starts and samples.

    Returns:
        Metrics `ball` and `ball_square`: mean over trajectories of the average of ‖W_t − w*‖²
        over the second half of 10/(αc) steps, and of that average's square.
    """
    problem, exact = _known(config["problem"])
    alpha = float(config["lr"])
    rng = np.random.default_rng([seed, config["batch"], round(alpha * 1e9)])
    steps = math.ceil(10 / (alpha * exact.c))
    squares = squared_errors(
        problem,
        by(rules.sgd, alpha),
        steps,
        rng,
        replicas=config["replicas"],
        batch=config["batch"],
        sampling=SAMPLING[config["sampling"]],
        start=START * problem.radius,
        projected=True,
        at=second_half(steps),
    )
    return Outcome(moments("ball", squares.mean(axis=0)))


@cache
def _known(name: str) -> tuple[Problem, Constants]:
    """A worker runs many replicas of one problem and needs its constants once."""
    problem = PROBLEMS[name]()
    return problem, constants(problem)
