"""Whether errors rise and fall again, between times that were fixed before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import (
    mean_interval,
    median_interval,
    paired_difference,
    ratio_interval,
)

TIMES = ("valley", "peak", "end")


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of risks in the linear model, differences of errors in the nets, over seeds."""
    valley, peak, end = at(results, "two_scales", "risk", "different")
    _, equal_peak, equal_end = at(results, "two_scales", "risk", "equal")
    low, up, end_error, late = at(results, "net", "test_error", times=(*TIMES, "late"))
    clean_low, clean_up, _ = at(results, "clean", "test_error")
    decay_low, decay_up, _ = at(results, "decay", "test_error")
    (place, height), (exact_place, exact_height) = (
        peak_of(results, metric) for metric in ("risk", "expected")
    )
    return {
        "two_scales_rise": ratio_interval(peak, valley),
        "two_scales_fall": ratio_interval(peak, end),
        "equal_scales_fall": ratio_interval(equal_peak, equal_end),
        "net_rise": paired_difference(up, low),
        "net_fall": paired_difference(up, end_error),
        "net_has_turned": paired_difference(end_error, late),
        "net_fitted": mean_interval(at(results, "net", "train_error")[1]),
        "net_largest_fall": mean_interval(largest_fall(results.curve("net", "test_error")[1])),
        "clean_rise": paired_difference(clean_up, clean_low),
        "decay_rise": paired_difference(decay_up, decay_low),
        "two_scales_place": median_interval(place / exact_place),
        "two_scales_height": ratio_interval(height, exact_height),
    }


def at(
    results: Results,
    part: str,
    metric: str,
    arm: str | None = None,
    times: Sequence[str] = TIMES,
) -> list[np.ndarray]:
    """A metric at the part's registered times, (seeds,) each; `late` is some way before `end`."""
    steps, values = results.curve(part, metric, arm)
    params = results.claim.part(part).params
    return [values[:, np.abs(steps - params[name]).argmin()] for name in times]


def peak_of(results: Results, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """When a curve of the two scales is highest from valley to end, and how high, (seeds,) each."""
    times, values = results.curve("two_scales", metric, "different")
    params = results.claim.part("two_scales").params
    between = (times >= params["valley"]) & (times <= params["end"])
    return times[between][values[:, between].argmax(1)], values[:, between].max(1)


def first_fitted(results: Results, part: str) -> float:
    """Median over seeds of the first time looked at with no training error; inf where none is."""
    times, errors = results.curve(part, "train_error")
    zero = errors == 0
    return float(np.median(np.where(zero.any(1), times[zero.argmax(1)], np.inf)))


def largest_fall(errors: np.ndarray) -> np.ndarray:
    """How far below its largest value after its least each seed's error ends, (seeds,).

    Never negative, so biased towards a fall: told beside the fall between fixed times.
    """
    found = [row[row.argmin() :].max() - row[-1] for row in errors]
    return np.array(found)
