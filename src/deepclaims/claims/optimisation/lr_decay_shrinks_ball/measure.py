"""The four decay laws of the learning rate: the ball they leave and how soon they learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from deepclaims.claims.optimisation.softmax_of_digits import digits
from deepclaims.evidence.outcome import Curve, Outcome, moments
from deepclaims.optim import rules
from deepclaims.optim.population_problem import sign_regression, squared_errors
from deepclaims.optim.schedules import schedule_factors
from deepclaims.optim.softmax_regression import excess
from deepclaims.optim.walks import by, crossing, iid

LOOKS = 2
"""Times an epoch at which a run on MNIST computes the loss."""


def rates(config: Mapping[str, Any]) -> np.ndarray:
    """α of every step, `(steps,)`.

    Args:
        config: `law` (a name in `laws`), `laws` (name -> a `schedule` group's options), `alpha0`,
            `epochs`, `per_epoch`.
    """
    steps = config["epochs"] * config["per_epoch"]
    options = dict(config["laws"][config["law"]])
    scale = options.pop("scale", 1.0)
    factors = schedule_factors(options, steps, config["per_epoch"])
    return config["alpha0"] * scale * (np.ones(steps) if factors is None else np.array(factors))


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """SGD with a decaying rate, from the edge of Θ, on a regression on sign vectors, B = 1.

    Args:
        config: see `rates`; `dimension`, `noise` (|y|), `radius` (D), `epsilon`, `replicas`.
        seed: of starts and samples, the same for every law.

    Returns:
        Metrics `final` and `final_square`, mean over trajectories of ‖W − w*‖² at the end and of
        its square; `middle` and `middle_square`, the same at half time; `steps` to ε, see
        `crossing`. Curve `distance`, the mean at the end of each epoch.
    """
    alphas = rates(config)
    squares = squared_errors(
        sign_regression(config["dimension"], config["noise"], config["radius"]),
        by(rules.sgd, alphas),
        len(alphas),
        np.random.default_rng([seed, 3]),
        replicas=config["replicas"],
        start=config["radius"],
        at=range(len(alphas) + 1),
    )
    mean = squares.mean(axis=1)
    half = config["epochs"] // 2 * config["per_epoch"]
    ends = range(config["per_epoch"], len(alphas) + 1, config["per_epoch"])
    return Outcome(
        {
            **moments("final", squares[-1]),
            **moments("middle", squares[half]),
            "steps": crossing(mean, config["epsilon"]),
        },
        {"distance": Curve(list(ends), mean[ends].tolist())},
    )


def mnist(config: dict[str, Any], seed: int) -> Outcome:
    """SGD with a decaying rate, from 0, on softmax regression on MNIST.

    Args:
        config: see `rates`; `batch`, `samples`, `components`, `ridge`, `replicas`, `share`;
            `dataset`, MNIST if it names none.
        seed: of the samples drawn, the same for every law; the population is always the same.

    Returns:
        Metrics `final` and `final_square`, mean over trajectories of the excess loss 𝓛 − 𝓛*
        averaged over the last epoch, and of that average's square; `steps` until the excess is
        `share` of the first one; `theory`, α tr(Σ*)/(4B) with the last α. Curve `excess`.
    """
    alphas, every = rates(config), config["per_epoch"] // LOOKS
    problem, least = digits(config)
    looks = list(range(every, len(alphas) + 1, every))
    found = excess(
        problem,
        least,
        np.repeat(np.zeros_like(least.w)[None], config["replicas"], axis=0),
        alphas,
        iid(np.random.default_rng([seed, 4]), len(problem.x), config["batch"], config["replicas"]),
        looks,
    )
    mean, first = found.mean(axis=1), least.start - least.loss
    return Outcome(
        {
            **moments("final", found[-LOOKS:].mean(axis=0)),
            "steps": every * crossing([first, *mean], config["share"] * first),
            "theory": least.plateau(float(alphas[-1]), config["batch"]),
        },
        {"excess": Curve(looks, mean.tolist())},
    )
