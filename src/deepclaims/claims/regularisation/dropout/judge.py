"""The layer's moments over masks, and what dropout does to a net's errors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

KEEP, SIZE = "regularizer.p_keep", "data.n_train"
NONE, HALF = {KEEP: 1.0}, {KEEP: 0.5}
"""No dropout, and that at which the generalisation gap is compared."""


def judge(results: Results) -> dict[str, Measured]:
    """Slopes over masks, errors in percentage points over seeds."""
    small, none = (results.values("underfit", "test_error", where=value) for value in (HALF, NONE))
    return {
        "mean_kept": _over_masks(results, "mean_slope"),
        "variance_formula": _over_masks(results, "variance_slope"),
        "error_falls": mean_interval(_over_sizes(results, gain)),
        "gap_closes": mean_interval(_over_sizes(results, gap_closed)),
        "without_scaling": _over_masks(results, "mean_slope_unscaled"),
        "relu_shifts": _over_masks(results, "relu_shift"),
        "keeping_all_is_none": _difference_to_none(results),
        "underfit_gets_worse": paired_difference(100 * small, 100 * none),
    }


def _over_masks(results: Results, metric: str) -> list[Estimate]:
    """A metric of the layer, an estimate over seeds for each p_keep."""
    return [
        mean_interval(results.values("moments", metric, where={"p_keep": p}))
        for p in results.axis("moments", "p_keep")
    ]


def _over_sizes(results: Results, statistic: Callable[[Tuned], np.ndarray]) -> np.ndarray:
    """A statistic's mean over the sizes of the training set, `(seeds,)`."""
    sizes = results.axis("sweep", SIZE)
    return np.asarray(np.mean([statistic(sweep(results, size)) for size in sizes], axis=0))


def sweep(results: Results, size: int) -> Tuned:
    """The net that over-fits, trained on `size` images, at the p_keep that was chosen."""
    return results.tuned("sweep", where={SIZE: size})


def gain(net: Tuned) -> np.ndarray:
    """Test error saved in percentage points, `(seeds,)`; 0 where p_keep = 1 was chosen."""
    return 100 * net.reported("test_error", NONE) - 100 * net.reported("test_error")


def gap_closed(net: Tuned) -> np.ndarray:
    """By how much p_keep = 0.5 closes the gap validation − train error, points, `(seeds,)`."""
    return gap(net, NONE) - gap(net, HALF)


def gap(net: Tuned, value: dict[str, float]) -> np.ndarray:
    """Generalisation gap, validation − train error in percentage points, `(seeds,)`."""
    validation, train = (net.reported(f"{split}_error", value) for split in ("validation", "train"))
    return 100 * validation - 100 * train


def _difference_to_none(results: Results) -> Estimate:
    """Largest |difference| of the test loss between p_keep = 1 and no dropout layer at all."""
    size = results.axis("none", SIZE)[0]
    none = results.values("none", "test_loss", where={SIZE: size})
    kept = sweep(results, size).reported("test_loss", NONE)[: len(none)]
    return exact(np.abs(kept - none).max(), len(none))
