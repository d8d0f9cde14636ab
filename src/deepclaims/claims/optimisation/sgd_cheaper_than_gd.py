"""What a step, and what an approach to the minimum, cost SGD and gradient descent.

L1 "Gradiente Descendente" and "Gradiente Descendente Estocástico". Verdicts rest on samples and
operations counted; wall-clock time stands beside them, in volatile columns.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch.utils.flop_counter import FlopCounterMode

from deepclaims.claims.optimisation.least_squares_race import (
    LeastSquares,
    Race,
    descend,
    drawn,
    stay,
    wander,
)
from deepclaims.claims.optimisation.measured_balls import param
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import exact, ratio_interval, slope_interval, worst
from deepclaims.optim import rules

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS = ("gd", "sgd")
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
    problem = _problem(config, config["n"], seed)
    generator = torch.Generator().manual_seed(10_000_000 + seed)
    allowed, share = config["steps"], config["share"]
    scale = {"gd": problem.largest_curvature, "sgd": problem.curvature}
    rates = {name: [a / scale[name] for a in config["rates"][name]] for name in METHODS}
    found = {
        "gd": descend(problem, rates["gd"], share, allowed["gd"]),
        "sgd": wander(problem, rates["sgd"], share, allowed["sgd"], config["replicas"], generator),
    }
    replicas, stays = config["replicas"], config["steps"]["stay"]
    ball = stay(problem, rates["sgd"], stays, replicas, generator)
    return Outcome(
        {"gd_floor": found["gd"].floor, "sgd_ball": ball},
        {f"{name}_steps": _curve(each) for name, each in found.items()},
    )


def work(config: dict[str, Any], seed: int) -> Outcome:
    """Operations of the matrix products in one step, counted by torch.

    Args:
        config: `n`, `d`; `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Metrics `gd` and `sgd`.
    """
    problem = _problem(config, config["n"], seed)
    return Outcome({name: _operations(problem, name) for name in METHODS})


def clock(config: dict[str, Any], seed: int) -> Outcome:
    """Wall-clock time of one step on this machine; not reproducible.

    Args:
        config: `n`; `d`, `kappa`, `noise`, `ridge`.
        seed: of the training set.

    Returns:
        Table `clock`: `method`, `volatile_seconds`, the least of several timings of one step.
    """
    problem = _problem(config, config["n"], seed)
    seconds = [_seconds(_step(problem, name)) for name in METHODS]
    table = pd.DataFrame({"method": METHODS, "volatile_seconds": seconds})
    return Outcome({}, {}, {"clock": table})


def _problem(config: dict[str, Any], n: int, seed: int) -> LeastSquares:
    return drawn(n, config["d"], config["kappa"], config["noise"], config["ridge"], seed)


def _curve(found: Race) -> Curve:
    return Curve(list(range(1, len(found.steps) + 1)), found.steps.tolist())


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


def judge(results: Results) -> dict[str, Estimate]:
    """Estimates for the registered checks."""
    sizes = sorted(results.axis("race", "n"))
    many = [n for n in sizes if n >= param(results, "race", "many")]
    return {
        "gd_samples_grow": samples_slope(results, "gd", many),
        "sgd_samples_do_not": samples_slope(results, "sgd", many),
        "fewer_samples": samples_ratio(results, sizes[-1]),
        "step_work": worst(
            [work_slope(results, axis) for axis in ("n", "d")],
            "within",
            results.claim.checks["step_work"]["bound"],
        ),
        "step_time": time_ratio(results, sizes[-1]),
        "few_data": samples_ratio(results, sizes[0]),
        "precise_target": share_left(results, "sgd_ball", sizes[-1]),
        "gd_reaches_it": share_left(results, "gd_floor", sizes[-1]),
        "rates_inside": exact(min(margin(results, method, n) for method in METHODS for n in sizes)),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Samples to the target, and time, against n."""
    from deepclaims.claims.optimisation import sgd_cost_figures as figures

    return {"cost": figures.cost(results, language), "rates": figures.rates(results, language)}


def steps_by_rate(results: Results, part: str, method: str, n: int) -> np.ndarray:
    """Steps to the target, `(seeds, rates)`; NaN where it was not reached."""
    rows = results.rows(part, f"{method}_steps", where={"n": n})
    wide = rows.pivot(index="seed", columns="step", values="value")
    found: np.ndarray = wide.sort_index().to_numpy(dtype=float)
    return found


def chosen(results: Results, method: str, n: int) -> int:
    """The rate, by its place in the grid, that takes fewest steps on the tuning seeds."""
    found = steps_by_rate(results, "tuning", method, n)
    means = np.where(np.isnan(found).any(axis=0), np.inf, found.mean(axis=0))
    return int(means.argmin())


def margin(results: Results, method: str, n: int) -> int:
    """How many rates of the grid lie beyond the chosen one on its nearer side."""
    place, last = chosen(results, method, n), len(param(results, "race", "rates")[method]) - 1
    return min(place, last - place)


def samples(results: Results, method: str, n: int) -> np.ndarray:
    """Samples processed to the target with the rate chosen on other seeds, `(seeds,)`."""
    steps = steps_by_rate(results, "race", method, n)[:, chosen(results, method, n)]
    return steps * n if method == "gd" else steps


def samples_ratio(results: Results, n: int) -> Estimate:
    """Samples of gradient descent over those of SGD, paired over training sets."""
    return ratio_interval(samples(results, "gd", n), samples(results, "sgd", n))


def share_left(results: Results, metric: str, n: int) -> Estimate:
    """The least share of the initial excess that any rate of the grid leaves."""
    found = results.values("race", metric, where={"n": n})
    return ratio_interval(np.maximum(found, 1e-30))  # rounding leaves zero, or less


def samples_slope(results: Results, method: str, sizes: list[int]) -> Estimate:
    """D log samples / d log n, one line a seed."""
    found = np.array([samples(results, method, n) for n in sizes])
    across = np.repeat(np.log(np.array(sizes, dtype=float))[:, None], found.shape[1], axis=1)
    seeds = np.tile(np.arange(found.shape[1]), (len(sizes), 1))
    return slope_interval(across.ravel(), np.log(found).ravel(), seeds.ravel())


def work_slope(results: Results, axis: str) -> Estimate:
    """D log operations of a step of gradient descent / d log n, or d log d: an exact count."""
    sizes, parameters = results.axis("work", "n"), results.axis("work", "d")
    cells = (
        [{"n": n, "d": parameters[0]} for n in sizes]
        if axis == "n"
        else [{"n": sizes[-1], "d": d} for d in parameters]
    )
    x = np.log([cell[axis] for cell in cells])
    y = np.log([results.values("work", "gd", where=cell)[0] for cell in cells])
    return exact(float(np.polyfit(x, y, 1)[0]), n=len(cells))


def seconds(results: Results, method: str, n: int) -> np.ndarray:
    """Time of a step, `(seeds,)`."""
    table = results.tables["clock"]
    rows = table[(table["method"] == method) & (table["n"] == n)].sort_values("seed")
    found: np.ndarray = rows["volatile_seconds"].to_numpy(dtype=float)
    return found


def time_ratio(results: Results, n: int) -> Estimate:
    """Time of a step of gradient descent over that of SGD, both timed in one process."""
    return ratio_interval(seconds(results, "gd", n), seconds(results, "sgd", n))
