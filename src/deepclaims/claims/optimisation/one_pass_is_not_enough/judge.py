"""What more passes take off the test error, and at how many steps e_t is not the pass."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference


def judge(results: Results) -> dict[str, Measured]:
    """Errors in percentage points; steps counted."""
    one, more = ends(results, "fit.epochs")
    few, many = ends(results, "data.n_train")
    batches = results.axis("net", "fit.batch_size")
    whole, broken = (params(results)[name] for name in ("whole", "broken"))
    return {
        "more_passes_help": [
            paired_difference(errors(results, n, b, one), errors(results, n, b, more))
            for n, b in cases(results)
        ],
        "pass_is_counted": [wrong(results, "passes", b) for b in whole],
        "one_pass_learns": [mean_interval(errors(results, *case, one)) for case in cases(results)],
        "drawing_is_seen": [share_wrong(results, "drawn", b) for b in whole],
        "fresh_is_as_good": [
            paired_difference(errors(results, many, b, one), errors(results, few, b, more))
            for b in batches
        ],
        "counted_from_one": [wrong(results, "passes", b, first=1) for b in whole],
        "short_last_batch": [wrong(results, "passes", b) for b in broken],
    }


def cases(results: Results) -> list[tuple[int, int]]:
    """Numbers of images and batch sizes."""
    axes = (results.axis("net", axis) for axis in ("data.n_train", "fit.batch_size"))
    return list(product(*map(sorted, axes)))


def ends(results: Results, axis: str) -> tuple[int, int]:
    """The least and the largest value of an axis of the nets."""
    values = results.axis("net", axis)
    return min(values), max(values)


def errors(results: Results, n: int, batch: int, passes: int) -> np.ndarray:
    """Test error in points at the rate that validation chose, `(seeds,)`."""
    where = {"data.n_train": n, "fit.batch_size": batch, "fit.epochs": passes}
    return 100 * results.tuned("net", where=where).reported("test_error")


def params(results: Results) -> dict[str, list[int]]:
    """What was counted: batch sizes that divide n, `whole`, and that do not, `broken`."""
    return dict(results.claim.part("count").params)


def steps(results: Results, order: str, batch: int) -> pd.DataFrame:
    """The rows of an order and a batch size, by t."""
    table = results.tables["steps"]
    of = (table["order"] == order) & (table["batch_size"] == batch)
    return table[of].sort_values("t")


def share_wrong(results: Results, order: str, batch: int) -> Estimate:
    """At which share of the steps the printed e_t is not the batch's pass."""
    found = wrong(results, order, batch)
    return exact(found.value / found.n, found.n)


def wrong(results: Results, order: str, batch: int, first: int = 0) -> Estimate:
    """At how many steps the printed e_t is not the batch's pass.

    Args:
        results: the claim's.
        order: passes or drawn.
        batch: B.
        first: the number of the first step; 1 has e_t of the step that is being made.
    """
    table = steps(results, order, batch)
    n = int(results.claim.part("count").params["samples"])
    printed = 1 + (table["t"] + first) * batch // n
    return exact(float((table["pass"] != printed).sum()), len(table))
