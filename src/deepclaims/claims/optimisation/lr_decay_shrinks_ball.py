"""The four decay laws of the learning rate: the ball they leave and how soon they learn.

L1 "Learning rate decay", on a regression whose E‖W_t − w*‖² follows an exact recursion for any
schedule, and on softmax regression on MNIST. The figures stand in `decay_figures`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of, param, ratio
from deepclaims.claims.optimisation.noise_ball_tradeoff import crossing
from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, scattered, walk
from deepclaims.claims.optimisation.softmax_ball import digits, excess
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import ratio_interval, worst
from deepclaims.optim import rules
from deepclaims.optim.schedules import schedule_factors
from deepclaims.project import Project

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def judge(results: Results) -> dict[str, Estimate]:
    """Estimates for the registered checks; ratios are over the constant rate α₀."""
    checks = results.claim.checks

    def bound(name: str) -> Any:
        return checks[name]["bound"]

    laws = decaying(results)
    return {
        "all_laws_shrink": worst(
            [final_ratio(results, "regression", law) for law in laws],
            "below",
            bound("all_laws_shrink"),
        ),
        "learn_as_soon": worst(
            [steps_ratio(results, "regression", law) for law in laws],
            "below",
            bound("learn_as_soon"),
        ),
        "mnist_all_laws_shrink": worst(
            [final_ratio(results, "mnist", law) for law in laws],
            "below",
            bound("mnist_all_laws_shrink"),
        ),
        "mnist_learn_as_soon": worst(
            [steps_ratio(results, "mnist", law) for law in laws],
            "below",
            bound("mnist_learn_as_soon"),
        ),
        "constant_stays": ratio(
            ball_of(results, "regression", {"law": "constant"}, 1.0, "final"),
            ball_of(results, "regression", {"law": "constant"}, 1.0, "middle"),
        ),
        "small_constant_is_slow": worst(
            [steps_ratio(results, part, "small") for part in ("regression", "mnist")],
            "above",
            bound("small_constant_is_slow"),
        ),
        "too_fast_stalls": final_ratio(results, "regression", "hasty"),
        "exact_recursion": worst(
            [
                ball_of(results, "regression", {"law": law}, exact(results, law)[-1], "final")
                for law in results.axis("regression", "law")
            ],
            "within",
            bound("exact_recursion"),
        ),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Distance over epochs on the regression; excess loss over epochs on MNIST."""
    from deepclaims.claims.optimisation import decay_figures as figures

    return {
        "regression": figures.regression(results, language),
        "mnist": figures.mnist(results, language),
    }


def decaying(results: Results) -> list[str]:
    """The slide's laws."""
    return [
        law
        for law in ("hyperbolic", "exponential", "inverse_sqrt", "piecewise")
        if law in results.axis("regression", "law")
    ]


def final_ratio(results: Results, part: str, law: str) -> Estimate:
    """What a law leaves at the end over what the constant rate α₀ leaves."""
    mine, other = (
        ball_of(results, part, {"law": each}, 1.0, "final") for each in (law, "constant")
    )
    return ratio(mine, other)


def steps_ratio(results: Results, part: str, law: str) -> Estimate:
    """Steps to the target over those of the constant rate α₀, paired over seeds."""
    mine, other = (results.values(part, "steps", where={"law": each}) for each in (law, "constant"))
    return ratio_interval(mine, other)


def part_rates(results: Results, part: str, law: str) -> np.ndarray:
    """α of every step of a part."""
    config = next(each for each in results.claim.parts if each.name == part).params
    return rates({**config, "law": law})


def exact(results: Results, law: str) -> list[float]:
    """E‖W_t − w*‖² on the regression by its recursion, `(steps + 1,)`; exact for any schedule."""
    d, noise, radius = (
        param(results, "regression", name) for name in ("dimension", "noise", "radius")
    )
    return recursion(part_rates(results, "regression", law), d, noise, radius)


def recursion(
    alphas: Sequence[float] | np.ndarray, d: int, noise: float, radius: float
) -> list[float]:
    """E‖W_t − w*‖² from D² where H = I and var = (d − 1)‖w − w*‖² + d s², B = 1."""
    values = [float(radius**2)]
    for alpha in alphas:
        kept = (1 - alpha) ** 2 + alpha**2 * (d - 1)
        values.append(float(kept * values[-1] + alpha**2 * d * noise**2))
    return values
