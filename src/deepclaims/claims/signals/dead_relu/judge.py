"""Shares of units that are off, killed and revived, over seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, paired_difference, share_interval

RELU, SMALL, LARGE = 0.0, 0.01, 0.1
"""Slopes; the small one is that of Maas et al. 2013 and of torch."""
DEFAULT, MODERATE = 0.001, 0.01
"""Adam's rates: the advised one, and ten times as much."""
HARSH = (0.03, 0.1)
STARTS = ("off_adam", "off_sgd")
"""Parts whose nets begin with most units off."""


def judge(results: Results) -> dict[str, Measured]:
    """Shares of the hidden units, of a net or of those that were off."""
    table = results.tables["units"]
    leaky = slopes(results)
    return {
        "kills": mean_interval(share(results, "rates", "killed", MODERATE, RELU)),
        "for_all_images": mean_interval(share(results, "rates", "off_for_others", HARSH[0], RELU)),
        "leaky_never_silent": exact(float(table.loc[table["slope"] > 0, "silent"].max())),
        "leaky_saves": [_saved(results, rate, RELU, slope) for rate in HARSH for slope in leaky],
        "few_at_default": mean_interval(share(results, "rates", "killed", DEFAULT, RELU)),
        "dead_stay_dead": [
            share_interval(_revived(results, part, RELU) > 0) for part in STARTS
        ],
        "slope_matters": [_saved(results, rate, SMALL, LARGE) for rate in HARSH],
        "revive_under_adam": [
            mean_interval(_revived(results, "off_adam", slope)) for slope in leaky
        ],
        "small_slope_under_sgd": mean_interval(_revived(results, "off_sgd", SMALL)),
        "large_slope_under_sgd": mean_interval(_revived(results, "off_sgd", max(leaky))),
    }  # fmt: skip


def slopes(results: Results) -> Sequence[float]:
    """Those of Leaky ReLU."""
    return [slope for slope in results.claim.part("rates").params["slopes"] if slope > 0]


def share(results: Results, part: str, column: str, rate: float, slope: float) -> np.ndarray:
    """A column of the table `units` at a rate and a slope, `(seeds,)`."""
    table = results.table("units", part)
    own = table[np.isclose(table["rate"], rate) & np.isclose(table["slope"], slope)]
    return own.sort_values("seed")[column].to_numpy(dtype=float)


def _saved(results: Results, rate: float, slope: float, larger: float) -> Estimate:
    """How many units fewer are off with the larger slope."""
    first, second = (share(results, "rates", "off_after", rate, s) for s in (slope, larger))
    return paired_difference(first, second)


def _revived(results: Results, part: str, slope: float) -> np.ndarray:
    (rate,) = results.claim.part(part).params["rates"]
    return share(results, part, "revived", rate, slope)
