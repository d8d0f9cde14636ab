"""Whether errors rise and fall again, between times that were fixed before."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import mean_interval, paired_difference, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of risks in the linear model, differences of errors in the nets, over seeds."""
    valley, peak, end = at(results, "two_scales", "risk", "different")
    _, equal_peak, equal_end = at(results, "two_scales", "risk", "equal")
    low, up, late = at(results, "net", "test_error")
    clean_low, clean_up, _ = at(results, "clean", "test_error")
    return {
        "two_scales_rise": ratio_interval(peak, valley),
        "two_scales_fall": ratio_interval(peak, end),
        "equal_scales_fall": ratio_interval(equal_peak, equal_end),
        "net_rise": paired_difference(up, low),
        "net_fall": paired_difference(up, late),
        "net_has_turned": paired_difference(late, before(results, "net", "test_error")),
        "net_fitted": mean_interval(at(results, "net", "train_error")[1]),
        "net_largest_fall": mean_interval(largest_fall(results.curve("net", "test_error")[1])),
        "clean_rise": paired_difference(clean_up, clean_low),
    }


def at(
    results: Results, part: str, metric: str, arm: str | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A metric at the part's registered `valley`, `peak` and `end`, (seeds,) each."""
    times, values = results.curve(part, metric, arm)
    params = results.claim.part(part).params
    valley, peak, end = (
        values[:, np.abs(times - params[name]).argmin()] for name in ("valley", "peak", "end")
    )
    return valley, peak, end


def before(results: Results, part: str, metric: str) -> np.ndarray:
    """A metric at the part's registered `late` time, some way before its end, (seeds,)."""
    times, values = results.curve(part, metric)
    found: np.ndarray = values[:, np.abs(times - results.claim.part(part).params["late"]).argmin()]
    return found


def largest_fall(errors: np.ndarray) -> np.ndarray:
    """How far below its largest value after its least each seed's error ends, (seeds,).

    Never negative, so biased towards a fall: told beside the fall between fixed times.
    """
    found = [row[row.argmin() :].max() - row[-1] for row in errors]
    return np.array(found)
