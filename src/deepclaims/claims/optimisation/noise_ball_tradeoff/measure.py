"""Small ball or fast start: SGD over rates and batch sizes, on a regression and on MNIST."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from deepclaims.claims.optimisation.crossings import crossing
from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, scattered, walk
from deepclaims.claims.optimisation.softmax_ball import digits, excess
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.project import Project

LOOKS = 12
"""Times at which a run on MNIST computes the loss, over its second half."""


def race(config: dict[str, Any], seed: int) -> Outcome:
    """SGD from the edge of Θ on a regression on sign vectors: how soon near, how near at last.

    Args:
        config: `lr`, `batch`, `dimension`, `noise` (|y|), `radius` (D), `epsilon`, `replicas`;
            `batch` 0 takes all the data: gradient descent.
        seed: of starts and samples.

    Returns:
        Metrics `ball` and `ball_square`, as in `walk`, over the second half of 16/α steps, and
        `steps`, at which the mean of ‖W_t − w*‖² falls to ε (interpolated; NaN if it never does).
        Curve `distance`, that mean.
    """
    alpha, replicas = float(config["lr"]), config["replicas"]
    problem = sign_regression(config["dimension"], config["noise"], config["radius"])
    size, full = len(problem.y), config["batch"] == 0
    rng = np.random.default_rng([seed, config["batch"], round(alpha * 1e9)])
    draws = Draws(size, size if full else config["batch"], replicas)
    steps = math.ceil(16 / alpha)
    walked = walk(
        problem,
        SAMPLING["subsets" if full else "iid"](draws, rng),
        partial(_sgd, alpha=alpha),
        error=scattered(problem, replicas, 1.0, rng),
        steps=steps,
        look_at=range(steps + 1),
    )
    kept = np.unique(np.geomspace(1, steps, 40).round().astype(int))
    return Outcome(
        {
            "ball": float(walked.ball.mean()),
            "ball_square": float((walked.ball**2).mean()),
            "steps": crossing(walked.mean, config["epsilon"]),
        },
        {"distance": Curve(kept.tolist(), [walked.mean[t] for t in kept])},
    )


def plateau(config: dict[str, Any], seed: int) -> Outcome:
    """Excess loss at which SGD stays on softmax regression on MNIST.

    Args:
        config: `lr`, `batch`, `samples`, `components`, `ridge`, `replicas`.
        seed: of the samples drawn; the population is always the same.

    Returns:
        Metrics `excess` and `excess_square`, mean over trajectories of 𝓛 − 𝓛* averaged over the
        second half of 3/(α·ridge) steps from w*, and of that average's square; `theory`,
        α tr(Σ*)/(4B); `noise`, tr(Σ*); `slope`, ‖∇𝓛(w*)‖.
    """
    alpha, batch = float(config["lr"]), config["batch"]
    problem, least = digits(
        Project.here().prepared("mnist"), config["samples"], config["components"], config["ridge"]
    )
    steps = math.ceil(3 / (alpha * config["ridge"]))
    found = excess(
        problem,
        least,
        alphas=np.full(steps, alpha),
        batch=batch,
        replicas=config["replicas"],
        look_at=np.linspace(steps // 2, steps, LOOKS).astype(int),
        at_minimum=True,
        rng=np.random.default_rng([seed, batch, round(alpha * 1e9)]),
    ).mean(axis=0)
    return Outcome(
        {
            "excess": float(found.mean()),
            "excess_square": float((found**2).mean()),
            "theory": least.plateau(alpha, batch),
            "noise": least.noise,
            "slope": least.slope,
        }
    )


def _sgd(theta: Any, g: Any, t: int, *, alpha: float) -> None:
    rules.sgd(theta, g, {}, t, alpha=alpha)
