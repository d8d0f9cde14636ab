"""The four decay laws of the learning rate: the ball they leave and how soon they learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from deepclaims.claims.optimisation.crossings import crossing
from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, scattered, walk
from deepclaims.claims.optimisation.softmax_ball import digits, excess
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.optim.schedules import schedule_factors
from deepclaims.project import Project

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
    alphas, replicas = rates(config), config["replicas"]
    problem = sign_regression(config["dimension"], config["noise"], config["radius"])
    rng = np.random.default_rng([seed, 3])

    def update(theta: Any, g: Any, t: int) -> None:
        rules.sgd(theta, g, {}, t, alpha=float(alphas[t - 1]))

    walked = walk(
        problem,
        SAMPLING["iid"](Draws(len(problem.y), 1, replicas), rng),
        update,
        error=scattered(problem, replicas, 1.0, rng),
        steps=len(alphas),
        look_at=range(len(alphas) + 1),
    )
    ends = range(config["per_epoch"], len(alphas) + 1, config["per_epoch"])
    half = config["epochs"] // 2 * config["per_epoch"]
    return Outcome(
        {
            "final": walked.mean[-1],
            "final_square": walked.mean_square[-1],
            "middle": walked.mean[half],
            "middle_square": walked.mean_square[half],
            "steps": crossing(walked.mean, config["epsilon"]),
        },
        {"distance": Curve(list(ends), [walked.mean[t] for t in ends])},
    )


def mnist(config: dict[str, Any], seed: int) -> Outcome:
    """SGD with a decaying rate, from 0, on softmax regression on MNIST.

    Args:
        config: see `rates`; `batch`, `samples`, `components`, `ridge`, `replicas`, `share`.
        seed: of the samples drawn, the same for every law; the population is always the same.

    Returns:
        Metrics `final` and `final_square`, mean over trajectories of the excess loss 𝓛 − 𝓛*
        averaged over the last epoch, and of that average's square; `steps` until the excess is
        `share` of the first one; `theory`, α tr(Σ*)/(4B) with the last α. Curve `excess`.
    """
    alphas, every = rates(config), config["per_epoch"] // LOOKS
    problem, least = digits(
        Project.here().prepared("mnist"), config["samples"], config["components"], config["ridge"]
    )
    looks = list(range(every, len(alphas) + 1, every))
    found = excess(
        problem,
        least,
        alphas=alphas,
        batch=config["batch"],
        replicas=config["replicas"],
        look_at=looks,
        at_minimum=False,
        rng=np.random.default_rng([seed, 4]),
    )
    last, mean, first = found[-LOOKS:].mean(axis=0), found.mean(axis=1), least.start - least.loss
    return Outcome(
        {
            "final": float(last.mean()),
            "final_square": float((last**2).mean()),
            "steps": every * crossing([first, *mean], config["share"] * first),
            "theory": least.plateau(float(alphas[-1]), config["batch"]),
        },
        {"excess": Curve(looks, mean.tolist())},
    )
