"""How many saddles there are, how often training is trapped, how long a saddle holds it up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    median_interval,
    ratio_interval,
    share_interval,
    slope_interval,
)

NET, SHARE, ENDS, RANDOM, WALKS = "critical", "share", "ends", "random", "walks"
AUTOENCODER, CONVEX = "autoencoder", "convex"


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; the unit is a landscape."""
    fewest, most = results.axis(NET, "units")[:: len(results.axis(NET, "units")) - 1]
    saddles, minima = (count(results, kind, most) for kind in ("saddles", "minima"))
    walked = {
        metric: results.values(WALKS, metric)
        for metric in ("held", "apart", "small", "left", "escaped", "met", "rate")
    }
    return {
        "more_than_minima": ratio_interval(saddles, minima),
        "more_with_size": ratio_interval(saddles, count(results, "saddles", fewest)),
        "three_a_minimum": ratio_interval(saddles, minima),
        "share_with_size": ratio_interval(
            saddles / minima,
            count(results, "saddles", fewest) / count(results, "minima", fewest),
        ),
        "saddles_fall_shorter": mean_interval(once(results, NET, most)),
        "copies_by_parameter": median_interval(
            count(results, "saddle_points", most) / parameters(results, most)
        ),
        "copies_with_every_unit": growth(results, "saddle_points"),
        "none_if_convex": extreme(results, CONVEX, "saddles"),
        "known_levels": [
            extreme(results, AUTOENCODER, metric) for metric in ("spurious", "false_minima")
        ],
        "all_known_levels": extreme(results, AUTOENCODER, "missing"),
        "higher_loss_higher_index": mean_interval(
            results.values(NET, "order", where={"units": most})
        ),
        "runs_end_well": mean_interval(ends(results, ENDS)["trapped"]),
        "minima_are_rare": mean_interval(results.values(SHARE, "traps")),
        "minima_are_rare_overparametrised": mean_interval(count(results, "traps", most)),
        "traps_are_seen": mean_interval(ends(results, RANDOM)["trapped"]),
        "share_is_upper_bound": mean_interval(once(results, SHARE)),
        "worse_by_anything": mean_interval(ends(results, ENDS)["worse"]),
        "held_up": ratio_interval(walked["held"]),
        "not_held_elsewhere": ratio_interval(walked["apart"]),
        "minima_keep": share_interval(walked["escaped"] == 0),
        "no_plateau_if_convex": extreme(results, CONVEX, "plateau"),
        "met_in_practice": share_interval(walked["met"] > 0),
        "small_weights": ratio_interval(walked["small"]),
        "goes_on": mean_interval(walked["left"]),
        "law_of_leaving": mean_interval(walked["rate"]),
        "steeper_is_shorter": by_curvature(results),
        "less_noise": over_sgd(results, "batch_0"),
        "momentum_as_long": over_sgd(results, "momentum"),
        "adam_sooner": over_sgd(results, "adam"),
    }


def count(results: Results, metric: str, units: int) -> np.ndarray:
    """A metric of each landscape of so many units, (seeds,)."""
    return results.values(NET, metric, where={"units": units})


def once(results: Results, part: str, units: int | None = None) -> np.ndarray:
    """How much more of the saddles than of the minima one start alone found, (seeds,)."""
    where = {} if units is None else {"units": units}
    saddles, minima = (
        results.values(part, f"once_{kind}", where=where) for kind in ("saddles", "minima")
    )
    gap: np.ndarray = saddles - minima
    return gap


def ends(results: Results, part: str) -> pd.DataFrame:
    """Where SGD's runs ended, a row a landscape."""
    return results.table("ends", part).sort_values("seed", kind="stable")


def parameters(results: Results, units: int) -> int:
    """Parameters of the net: W, v and b."""
    return units * (int(results.claim.part(NET).params["dimension"]) + 2) + 1


def growth(results: Results, metric: str) -> Estimate:
    """Doublings of a count by unit added: a line in log2 for each landscape."""
    units = results.axis(NET, "units")
    counts = np.log2([count(results, metric, each) for each in units]).T
    across = np.broadcast_to(np.array(units, dtype=float), counts.shape)
    return slope_interval(across, counts, np.repeat(np.arange(len(counts)), len(units)))


def by_curvature(results: Results) -> Estimate:
    """Slope of the steps on the steepest curvature down, logarithms, of walks without noise.

    A line for each landscape that has two saddles or more which the walk left in its time.
    """
    waits = results.table("waits", WALKS)
    left = waits[(waits["by"] == "steepest") & (waits["left"] > 0)]
    several = left[left.groupby("seed")["steps"].transform("size") > 1]
    return slope_interval(
        np.log(-several["curvature"].to_numpy(dtype=float)),
        np.log(several["steps"].to_numpy(dtype=float)),
        several["seed"].to_numpy(),
    )


def over_sgd(results: Results, by: str) -> Estimate:
    """Steps beside the saddles over SGD's there, of a median saddle of each landscape."""
    waits = results.table("waits", WALKS)
    steps = waits.pivot_table(index=["seed", "saddle"], columns="by", values="steps")
    ratios = (steps[by] / steps["sgd"]).groupby("seed").median()
    return ratio_interval(ratios.to_numpy())
