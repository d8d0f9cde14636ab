"""Estimates for the registered checks."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.measured_balls import param
from deepclaims.claims.optimisation.sgd_cheaper_than_gd.measure import METHODS
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, power_law, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks."""
    sizes = sorted(results.axis("race", "n"))
    many = [n for n in sizes if n >= param(results, "race", "many")]
    return {
        "gd_samples_grow": samples_slope(results, "gd", many),
        "sgd_samples_do_not": samples_slope(results, "sgd", many),
        "fewer_samples": samples_ratio(results, sizes[-1]),
        "step_work": [work_slope(results, axis) for axis in ("n", "d")],
        "lighter_step": step_ratio(results, sizes[-1]),
        "step_time": time_ratio(results, sizes[-1]),
        "few_data": samples_ratio(results, sizes[0]),
        "precise_target": share_left(results, "sgd_ball", sizes[-1]),
        "gd_reaches_it": share_left(results, "gd_floor", sizes[-1]),
        "rates_inside": exact(min(margin(results, method, n) for method in METHODS for n in sizes)),
    }


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
    return power_law(sizes, np.stack([samples(results, method, n) for n in sizes], axis=1))


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


def step_ratio(results: Results, n: int) -> Estimate:
    """The least ratio, over numbers of parameters, of the operations of a full step to SGD's."""
    found = [
        results.values("work", "gd", where={"n": n, "d": d})
        / results.values("work", "sgd", where={"n": n, "d": d})
        for d in results.axis("work", "d")
    ]
    return exact(float(np.min(found)), n=len(found))


def time_ratio(results: Results, n: int) -> Estimate:
    """Time of a step of gradient descent over that of SGD, both timed in one process."""
    return ratio_interval(seconds(results, "gd", n), seconds(results, "sgd", n))


def seconds(results: Results, method: str, n: int) -> np.ndarray:
    """Time of a step, `(seeds,)`."""
    table = results.tables["clock"]
    rows = table[(table["method"] == method) & (table["n"] == n)].sort_values("seed")
    found: np.ndarray = rows["volatile_seconds"].to_numpy(dtype=float)
    return found
