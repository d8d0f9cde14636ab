"""Small ball or fast start: SGD over learning rates and batch sizes, on a regression and on MNIST.

L1 "Bola de ruido": "Tradeoff entre bola de ruido y velocidad de convergencia!". The figures stand
in `tradeoff_figures`.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of, log_slope, param
from deepclaims.claims.optimisation.population_problem import sign_regression
from deepclaims.claims.optimisation.sampled_walks import SAMPLING, Draws, scattered, walk
from deepclaims.claims.optimisation.softmax_ball import digits, excess
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import exact, slope_interval, worst
from deepclaims.optim import rules
from deepclaims.project import Project

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def crossing(distances: list[float], epsilon: float) -> float:
    """When a falling sequence, indexed by steps, first comes down to ε; NaN if never.

    Between steps it is taken to fall geometrically.
    """
    below = np.flatnonzero(np.asarray(distances) <= epsilon)
    if not below.size:
        return math.nan
    t = int(below[0])
    if t == 0:
        return 0.0
    before, after = distances[t - 1], distances[t]
    return t - 1 + math.log(before / epsilon) / math.log(before / after)


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


def judge(results: Results) -> dict[str, Estimate]:
    """Estimates for the registered checks."""
    checks = results.claim.checks
    lrs, batches = results.axis("race", "lr"), results.axis("race", "batch")
    cells = [(a, b) for a in lrs for b in batches]
    mnist = [(a, b) for a in results.axis("mnist", "lr") for b in results.axis("mnist", "batch")]
    return {
        "smaller_is_slower": worst(
            [_slope(results, [(a, b) for a in lrs]) for b in batches],
            "within",
            checks["smaller_is_slower"]["bound"],
        ),
        "batch_trades_too": worst(
            [_slope(results, [(a, b) for b in batches]) for a in lrs],
            "within",
            checks["batch_trades_too"]["bound"],
        ),
        "mnist_plateau": worst(
            [mnist_excess(results, a, b, mnist_theory(results, a, b)) for a, b in mnist],
            "within",
            checks["mnist_plateau"]["bound"],
        ),
        "mnist_proportional": log_slope(
            [a / b for a, b in mnist], [mnist_excess(results, a, b) for a, b in mnist]
        ),
        "exact_ball": worst(
            [
                ball_of(results, "race", {"lr": a, "batch": b}, exact_ball(results, a, b))
                for a, b in cells
            ],
            "within",
            checks["exact_ball"]["bound"],
        ),
        "no_noise_no_tradeoff": exact(
            float(results.rows("descent", "ball")["value"].max()),
            n=len(results.rows("descent", "ball")),
        ),
        "minimum_found": exact(float(results.rows("mnist", "slope")["value"].max())),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Distance over time; ball against samples (Pareto); MNIST's plateau."""
    from deepclaims.claims.optimisation import tradeoff_figures as figures

    return {
        "tradeoff": figures.tradeoff(results, language),
        "mnist": figures.mnist(results, language),
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
    x, y, seeds = [], [], []
    for alpha, batch in cells:
        where = {"lr": alpha, "batch": batch}
        balls = results.values("race", "ball", where=where)
        x.append(np.log(balls))
        y.append(np.log(batch * results.values("race", "steps", where=where)))
        seeds.append(np.arange(len(balls)))
    return slope_interval(np.concatenate(x), np.concatenate(y), np.concatenate(seeds))
