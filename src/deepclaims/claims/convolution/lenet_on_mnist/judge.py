"""Test errors over seeds; against the dense nets in pairs of equal seed."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

PART, LENET, DENSE = "training", "lenet", ("mlp", "mlp_long")
SAME_EPOCHS, SAME_COST = DENSE
SLIDE_PARAMETERS = 60 + 880 + 48_120 + 10_164 + 850


def judge(results: Results) -> dict[str, Measured]:
    """LeNet alone, against both dense nets, and what makes the comparison a fair one."""
    error = {arm: values(results, "test_error", arm) for arm in (LENET, *DENSE)}
    size = {arm: values(results, "n_parameters", arm)[0] for arm in (LENET, *DENSE)}
    return {
        "below_one_percent": mean_interval(error[LENET]),
        "beats_the_mlp": paired_difference(error[SAME_COST], error[LENET]),
        "beats_it_epoch_by_epoch": paired_difference(error[SAME_EPOCHS], error[LENET]),
        "mlp_misses_it": [mean_interval(error[arm]) for arm in DENSE],
        "slide_parameters": exact(size[LENET] / SLIDE_PARAMETERS),
        "mlp_is_no_smaller": exact(min(size[arm] for arm in DENSE) / size[LENET]),
    }


def values(results: Results, metric: str, arm: str) -> np.ndarray:
    """A metric of one arm at the first training size of the grid, `(seeds,)`."""
    return results.values(PART, metric, arm, first_size(results))


def first_size(results: Results) -> dict[str, int | None]:
    """The first training size of the grid, as `Results` takes it."""
    return {"data.n_train": results.axis(PART, "data.n_train")[0]}
