"""What the deep net saves against the best classical method, and where that changes its sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, undecided
from deepclaims.evidence.statistics import mean_interval, median_interval

SAMPLES, SIDE = "samples", "side"
DEEP, CLASSICAL = "deep", "classical"
BEFORE, FROM = 20_000, 30_000
"""With fewer samples the slide's point is not yet reached; from so many on it is."""
BEYOND = 1e12
"""In place of a crossing that was not reached."""


def judge(results: Results) -> dict[str, Measured]:
    """Savings in percentage points of test error; and a place on the axis of samples."""
    sizes = results.axis(f"{DEEP}_{SAMPLES}", SAMPLES)
    savings = {n: saved(results, SAMPLES, n) for n in sizes}
    few, many = [n for n in sizes if n < BEFORE], [n for n in sizes if n >= FROM]
    (inputs,) = results.axis(f"{DEEP}_{SIDE}", SIDE)
    unordered = without_order(results)
    return {
        "not_before": mean_interval(savings[max(few)]),
        "from_there": [mean_interval(savings[n]) for n in many] or undecided("not measured"),
        "above_ten": [mean_interval(each) for each in (saved(results, SIDE, inputs), unordered)],
        "in_order": mean_interval(savings[compared(results)]),
        "classical_can_win": mean_interval(unordered),
        "blind_to_order": mean_interval(moved_by_order(results)),
        "crossing": place(sizes, np.stack(list(savings.values()))),
    }


def side(results: Results, kind: str, axis: str, value: int) -> Tuned:
    """The best `deep` or `classical` method at so many samples, or pixels a side."""
    return results.tuned(f"{kind}_{axis}", where={axis: value})


def saved(results: Results, axis: str, value: int) -> np.ndarray:
    """Percentage points of test error that the deep side saves, `(seeds,)`, paired."""
    classical, deep = (
        side(results, kind, axis, value).reported("test_error") for kind in (CLASSICAL, DEEP)
    )
    return 100 * (classical - deep)


def compared(results: Results) -> int:
    """The number of samples at which inputs vary."""
    (samples,) = results.axis(f"{DEEP}_{SIDE}", SAMPLES)
    return int(samples)


def without_order(results: Results) -> np.ndarray:
    """What the deep side saves where the pixels stand in an order drawn at random, `(seeds,)`.

    The classical side is the one of the pixels in order, which its methods do not look at.
    """
    deep = results.tuned("deep_unordered").reported("test_error")
    classical = side(results, CLASSICAL, SAMPLES, compared(results)).reported("test_error")
    return 100 * (classical - deep)


def moved_by_order(results: Results) -> np.ndarray:
    """Points by which a classical method errs more where pixels are in no order, `(seeds,)`."""
    ordered, unordered = (
        results.values("order", "test_error", where={"permute": drawn}) for drawn in (False, True)
    )
    return 100 * (unordered - ordered)


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
