"""How many saddles there are, how often training is trapped, how long a saddle holds it up."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    median_interval,
    ratio_interval,
    slope_interval,
)

NET, AUTOENCODER, CONVEX, LEARNT, RANDOM = "critical", "autoencoder", "convex", "learnt", "random"


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; the unit is a landscape."""
    fewest, most = results.axis(NET, "units")[:: len(results.axis(NET, "units")) - 1]
    return {
        "many": median_interval(count(results, "saddle_points", most) / parameters(results, most)),
        "more_with_every_unit": growth(results, "saddle_points"),
        "not_only_copies": ratio_interval(
            count(results, "saddles", most), count(results, "saddles", fewest)
        ),
        "none_if_convex": extreme(results, CONVEX, "saddles"),
        "known_levels": [
            extreme(results, AUTOENCODER, metric) for metric in ("spurious", "false_minima")
        ],
        "all_known_levels": extreme(results, AUTOENCODER, "missing"),
        "traps_are_rare": median_interval(results.values(LEARNT, "trapped")),
        "traps_are_seen": median_interval(results.values(RANDOM, "trapped")),
        "worse_by_anything": mean_interval(results.values(LEARNT, "worse")),
        "trap_levels": mean_interval(results.values(LEARNT, "trap_levels")),
        "held_up": ratio_interval(results.values(LEARNT, "held")),
        "as_long_elsewhere": ratio_interval(results.values(LEARNT, "apart")),
        "small_weights": ratio_interval(results.values(LEARNT, "small")),
        "goes_on": mean_interval(results.values(LEARNT, "left")),
        "law_of_leaving": mean_interval(results.values(LEARNT, "rate")),
        "higher_loss_higher_index": mean_interval(
            results.values(NET, "order", where={"units": most})
        ),
    }


def count(results: Results, metric: str, units: int) -> np.ndarray:
    """A count of each landscape, (seeds,)."""
    return results.values(NET, metric, where={"units": units})


def parameters(results: Results, units: int) -> int:
    """Parameters of the net: W, v and b."""
    return units * (int(results.claim.part(NET).params["dimension"]) + 2) + 1


def growth(results: Results, metric: str) -> Estimate:
    """Doublings of a count by unit added: a line in log2 for each landscape."""
    units = results.axis(NET, "units")
    counts = np.log2([count(results, metric, each) for each in units]).T
    across = np.broadcast_to(np.array(units, dtype=float), counts.shape)
    return slope_interval(across, counts, np.repeat(np.arange(len(counts)), len(units)))
