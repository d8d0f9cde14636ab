"""What the deep net saves against the best classical method, and where that changes its sign."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, undecided
from deepclaims.evidence.statistics import mean_interval, median_interval

SAMPLES, SIDE = "samples", "side"
DEEP, CLASSICAL = "deep", "classical"
TEN = 10
"""The slide's dimension of the input."""
BEYOND = 1e12
"""In place of a crossing that was not reached."""


def judge(results: Results) -> dict[str, Measured]:
    """Places on the axis of samples or inputs; savings in percentage points of test error."""
    sizes, inputs = results.axis(f"{DEEP}_{SAMPLES}", SAMPLES), dimensions(results)
    over_samples = np.stack([saved(results, SAMPLES, n) for n in sizes])
    over_inputs = common([saved(results, *at_inputs(results, d)) for d in inputs])
    above = [each for d, each in zip(inputs, over_inputs, strict=True) if d > TEN]
    return {
        "crossing": place(sizes, over_samples),
        "above_ten": [mean_interval(each) for each in above],
        "dimension_crossing": place(inputs, over_inputs),
        "permuted": mean_interval(permuted(results)),
    }


def common(values: Sequence[np.ndarray]) -> np.ndarray:
    """Of the seeds that every place has, the first ones, `(places, seeds)`.

    Where inputs vary they are fewer; all parts begin with the same seed.
    """
    seeds = min(map(len, values))
    return np.stack([each[:seeds] for each in values])


def side(results: Results, kind: str, axis: str, value: int) -> Tuned:
    """The best `deep` or `classical` method at so many samples, or pixels a side."""
    return results.tuned(f"{kind}_{axis}", where={axis: value})


def saved(results: Results, axis: str, value: int) -> np.ndarray:
    """Percentage points of test error that the deep side saves, `(seeds,)`, paired."""
    classical, deep = (
        side(results, kind, axis, value).reported("test_error") for kind in (CLASSICAL, DEEP)
    )
    return 100 * (classical - deep)


def permuted(results: Results) -> np.ndarray:
    """The same where the pixels stand in no order, which classical methods do not look at."""
    size = results.axis("deep_permuted", SAMPLES)[0]
    deep = results.tuned("deep_permuted").reported("test_error")
    return 100 * (side(results, CLASSICAL, SAMPLES, size).reported("test_error") - deep)


def dimensions(results: Results) -> list[int]:
    """Numbers of inputs that were tried, d = side²: reduced, and as where samples vary."""
    sides = [*results.axis(f"{DEEP}_{SIDE}", SIDE), *results.axis(f"{DEEP}_{SAMPLES}", SIDE)]
    return [int(each) ** 2 for each in sides]


def at_inputs(results: Results, inputs: int) -> tuple[str, int]:
    """Axis and value at which so many inputs were measured, with the same number of samples."""
    across = math.isqrt(inputs)
    if across in results.axis(f"{DEEP}_{SIDE}", SIDE):
        return SIDE, across
    return SAMPLES, int(results.axis(f"{DEEP}_{SIDE}", SAMPLES)[0])


def place(places: Sequence[float], savings: np.ndarray) -> Estimate:
    """Median over seeds of where the deep net begins to save, `savings` being `(places, seeds)`.

    A seed in which it does not save at the end is only known to be beyond: where the interval would
    reach such seeds, nothing is decided.
    """
    found = np.array([crossing(places, each) for each in savings.T])
    median = median_interval(np.minimum(found, BEYOND))
    return median if median.high < BEYOND else undecided("sign test", found.size)


def crossing(places: Sequence[float], savings: np.ndarray) -> float:
    """From where on the deep net saves, up to the last place; between two by a line in logs.

    The first place if it saves everywhere; infinite if not at the last.

    Args:
        places: ascending, `(places,)`.
        savings: of one seed, `(places,)`.
    """
    behind = np.flatnonzero(savings <= 0)
    if behind.size == 0:
        return float(places[0])
    last = int(behind[-1])
    if last == len(places) - 1:
        return float("inf")
    logs = np.log(places[last : last + 2])
    share = -savings[last] / (savings[last + 1] - savings[last])
    return float(np.exp(logs[0] + share * (logs[1] - logs[0])))
