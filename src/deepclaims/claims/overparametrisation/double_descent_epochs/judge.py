"""Whether errors rise and fall again, between times that were fixed before."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import mean_interval, paired_difference, ratio_interval

NETS = ("cross_entropy", "squared")
"""The losses by which nets are trained on wrong labels."""


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of risks in the linear model, differences of errors in the nets, over seeds."""
    valley, peak, end = at(
        results, "two_scales", *curve(results, "two_scales", "risk", "different")
    )
    _, equal_peak, equal_end = at(
        results, "two_scales", *curve(results, "two_scales", "risk", "equal")
    )
    nets = {loss: net(results, "test_error", loss) for loss in NETS}
    looked = {loss: at(results, "net", *each) for loss, each in nets.items()}
    clean = at(results, "net", *net(results, "test_error", "clean"))
    fitted = {loss: at(results, "net", *net(results, "train_error", loss))[1] for loss in NETS}
    return {
        "two_scales_rise": ratio_interval(peak, valley),
        "two_scales_fall": ratio_interval(peak, end),
        "equal_scales_fall": ratio_interval(equal_peak, equal_end),
        "nets_rise": [paired_difference(up, low) for low, up, _ in looked.values()],
        "nets_fall": [paired_difference(up, late) for _, up, late in looked.values()],
        "nets_fitted": [mean_interval(each) for each in fitted.values()],
        "nets_largest_fall": [mean_interval(largest_fall(error)) for _, error in nets.values()],
        "clean_rise": paired_difference(clean[1], clean[0]),
    }


def curve(results: Results, part: str, metric: str, arm: str) -> tuple[np.ndarray, np.ndarray]:
    """Times, (times,), and a metric, (seeds, times)."""
    return results.curve(part, metric, arm)


def net(results: Results, metric: str, arm: str) -> tuple[np.ndarray, np.ndarray]:
    """The same of the nets of an arm."""
    return curve(results, "net", metric, arm)


def at(
    results: Results, part: str, times: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The values at the part's registered `valley`, `peak` and `end`, (seeds,) each."""
    params = results.claim.part(part).params
    valley, peak, end = (
        values[:, np.abs(times - params[name]).argmin()] for name in ("valley", "peak", "end")
    )
    return valley, peak, end


def largest_fall(errors: np.ndarray) -> np.ndarray:
    """How far below its largest value after its least each seed's error ends, (seeds,).

    Never negative, so biased towards a fall: told beside the fall between fixed times.
    """
    found = [row[row.argmin() :].max() - row[-1] for row in errors]
    return np.array(found)
