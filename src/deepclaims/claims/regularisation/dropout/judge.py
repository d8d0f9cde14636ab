"""The layer's moments over masks, and what dropout does to a net's errors."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

KEEP, SIZE = "regularizer.p_keep", "data.n_train"
NONE, HALF = {KEEP: 1.0}, {KEEP: 0.5}
"""Of the net that under-fits: no dropout, and as much as it gets."""


def judge(results: Results) -> dict[str, Measured]:
    """Slopes over masks, errors in percentage points over seeds."""
    small, none = (results.values("underfit", "test_error", where=value) for value in (HALF, NONE))
    kept, bare = (results.values(part, "test_loss") for part in ("kept", "bare"))
    sizes = results.axis("none", SIZE)
    pairs = [pair(results, size) for size in sizes]
    return {
        "mean_kept": _over_masks(results, "mean_slope"),
        "variance_formula": _over_masks(results, "variance_slope"),
        "error_falls": mean_interval(np.mean([each.gain() for each in pairs], axis=0)),
        "gap_closes": mean_interval(np.mean([each.gap_closed() for each in pairs], axis=0)),
        "as_large_a_share": mean_interval(share_saved(pair(results, max(sizes)))),
        "without_scaling": _over_masks(results, "mean_slope_unscaled"),
        "relu_shifts": _over_masks(results, "relu_shift"),
        "keeping_all_is_none": exact(np.abs(kept - bare).max(), len(bare)),
        "underfit_gets_worse": paired_difference(100 * small, 100 * none),
    }


def _over_masks(results: Results, metric: str) -> list[Estimate]:
    """A metric of the layer, an estimate over seeds for each p_keep."""
    return [
        mean_interval(results.values("moments", metric, where={"p_keep": p}))
        for p in results.axis("moments", "p_keep")
    ]


def pair(results: Results, size: int) -> TunedPair:
    """The net with and without dropout, trained on `size` images, each at what was chosen."""
    where = {SIZE: size}
    return TunedPair(results.tuned("none", where=where), results.tuned("dropout", where=where))


def share_saved(nets: TunedPair) -> np.ndarray:
    """Test error saved over that of the net without, `(seeds,)`."""
    return nets.gain() / (100 * nets.without.reported("test_error"))
