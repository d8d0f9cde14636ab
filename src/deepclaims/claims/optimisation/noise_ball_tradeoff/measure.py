"""Small ball or fast start: SGD over rates and batch sizes, on a regression and on MNIST."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from deepclaims.claims.optimisation.softmax_of_digits import digits
from deepclaims.evidence.outcome import Curve, Outcome, moments
from deepclaims.optim import rules
from deepclaims.optim.population_problem import sign_regression, squared_errors
from deepclaims.optim.softmax_regression import excess
from deepclaims.optim.walks import by, crossing, iid, second_half, subsets

STRIDE = 3.2
"""What α times the steps between two looks at the loss on MNIST is, on the way down."""

LOOKS = 12
"""Times at which a run on MNIST computes the loss, over its second half."""


def race(config: dict[str, Any], seed: int) -> Outcome:
    """SGD from the edge of Θ on a regression on sign vectors: how soon near, how near at last.

    Args:
        config: `lr`, `batch`, `dimension`, `noise` (|y|), `radius` (D), `epsilon`, `replicas`;
            `batch` 0 takes all the data: gradient descent.
        seed: of starts and samples.

    Returns:
        Metrics `ball` and `ball_square`, mean over trajectories of the average of ‖W_t − w*‖²
        over the second half of 16/α steps, and of that average's square, and
        `steps`, at which the mean of ‖W_t − w*‖² falls to ε (interpolated; NaN if it never does).
        Curve `distance`, that mean.
    """
    alpha, full = float(config["lr"]), config["batch"] == 0
    problem = sign_regression(config["dimension"], config["noise"], config["radius"])
    steps = math.ceil(16 / alpha)
    squares = squared_errors(
        problem,
        by(rules.sgd, alpha),
        steps,
        np.random.default_rng([seed, config["batch"], round(alpha * 1e9)]),
        replicas=config["replicas"],
        batch=len(problem.y) if full else config["batch"],
        sampling=subsets if full else iid,
        start=problem.radius,
        at=range(steps + 1),
    )
    mean = squares.mean(axis=1)
    kept = np.unique(np.geomspace(1, steps, 40).round().astype(int))
    return Outcome(
        {
            **moments("ball", squares[second_half(steps)].mean(axis=0)),
            "steps": crossing(mean, config["epsilon"]),
        },
        {"distance": Curve(kept.tolist(), mean[kept].tolist())},
    )


def plateau(config: dict[str, Any], seed: int) -> Outcome:
    """Excess loss at which SGD stays on softmax regression on MNIST.

    Args:
        config: `lr`, `batch`, `samples`, `components`, `ridge`, `replicas`; `dataset`, MNIST if it
            names none.
        seed: of the samples drawn; the population is always the same.

    Returns:
        Metrics `excess` and `excess_square`, mean over trajectories of 𝓛 − 𝓛* averaged over the
        second half of 3/(α·ridge) steps from w*, and of that average's square; `theory`,
        α tr(Σ*)/(4B); `noise`, tr(Σ*); `slope`, ‖∇𝓛(w*)‖.
    """
    alpha, batch, replicas = float(config["lr"]), config["batch"], config["replicas"]
    problem, least = digits(config)
    steps = math.ceil(3 / (alpha * config["ridge"]))
    rng = np.random.default_rng([seed, batch, round(alpha * 1e9)])
    found = excess(
        problem,
        least,
        np.repeat(least.w[None], replicas, axis=0),
        np.full(steps, alpha),
        iid(rng, len(problem.x), batch, replicas),
        np.linspace(steps // 2, steps, LOOKS).astype(int),
    )
    return Outcome(
        {
            **moments("excess", found.mean(axis=0)),
            "theory": least.plateau(alpha, batch),
            "noise": least.noise,
            "slope": least.slope,
        }
    )


def arrival(config: dict[str, Any], seed: int) -> Outcome:
    """Steps that SGD takes from zero weights to a small excess loss, softmax regression on MNIST.

    Args:
        config: `lr`, `batch`, `samples`, `components`, `ridge`, `replicas`, `dataset` as in
            `plateau`; `epsilon`, the excess loss to come down to; `horizon`, α times the steps
            that are run.
        seed: of the samples drawn; the population is always the same.

    Returns:
        Metric `steps`, at which the mean of 𝓛 − 𝓛* over trajectories falls to ε (interpolated
        between looks; NaN if it never does). Curve `excess`, that mean.
    """
    alpha, batch, replicas = float(config["lr"]), config["batch"], config["replicas"]
    problem, least = digits(config)
    apart = max(1, round(STRIDE / alpha))
    looks = np.arange(1, math.ceil(config["horizon"] / (apart * alpha)) + 1) * apart
    found = excess(
        problem,
        least,
        np.zeros((replicas, *least.w.shape)),
        np.full(looks[-1], alpha),
        iid(
            np.random.default_rng([seed, batch, round(alpha * 1e9)]),
            len(problem.x),
            batch,
            replicas,
        ),
        looks,
    )
    mean = np.concatenate([[least.start - least.loss], found.mean(axis=1)])
    return Outcome(
        {"steps": apart * crossing(mean, config["epsilon"])},
        {"excess": Curve(looks.tolist(), mean[1:].tolist())},
    )
