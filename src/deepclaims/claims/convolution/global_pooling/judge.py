"""Errors of digits in points, in pairs of seeds; areas on ECG, over seeds × patients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import Pairs, over_seeds_and_patients
from deepclaims.evidence.roc_area import area, read_pairs
from deepclaims.evidence.statistics import exact, paired_difference

FLATTEN, MAX, AVERAGE = "flatten", "global_max", "global_average"


def judge(results: Results) -> dict[str, Measured]:
    """Both global poolings against flatten, where the place informs and where it does not."""
    shifts, _ = results.curve("digits", "shift_error", where={"head": FLATTEN})
    lengths, _ = results.curve("segments", "auc", where={"head": MAX})
    still, moved = (
        {head: digit_errors(results, head, step) for head in (FLATTEN, MAX, AVERAGE)}
        for step in (0, max(shifts))
    )
    params = results.claim.part("segments").params
    known = round(10 * params["training"]["data"]["seconds"])
    ratios = [
        exact(_size(results, part, FLATTEN) / _size(results, part, head))
        for part in ("digits", "segments")
        for head in results.axis(part, "head")
        if head != FLATTEN
    ]
    return {
        "better_on_shifted_digits": [
            paired_difference(moved[FLATTEN], moved[head]) for head in (MAX, AVERAGE)
        ],
        "better_on_ecg": over_seeds_and_patients(
            lambda one, other: area(one) - area(other),
            pairs(results, MAX, known),
            pairs(results, FLATTEN, known),
            span=(-1.0, 1.0),
        ),
        "takes_any_length": exact(_accepted(results, MAX, np.min)),
        "other_lengths_work": [_area(results, MAX, int(n)) for n in lengths if n != known],
        "not_on_centred_digits": paired_difference(still[FLATTEN], still[AVERAGE]),
        "flatten_takes_one_length": exact(_accepted(results, FLATTEN, np.max)),
        "sizes_are_equal": ratios,
    }


def digit_errors(results: Results, head: str, pixels: int) -> np.ndarray:
    """Test errors of each seed in points, (seeds,)."""
    steps, values = results.curve("digits", "shift_error", where={"head": head})
    return 100 * values[:, list(steps).index(pixels)]


def _aucs(results: Results, head: str, tenths: int) -> np.ndarray:
    """Areas of each seed at one length, (seeds,)."""
    steps, values = results.curve("segments", "auc", where={"head": head})
    return values[:, list(steps).index(tenths)]


def pairs(results: Results, head: str, tenths: int) -> Pairs:
    """Pairs of test stretches of one length, by the patients they are of."""
    return read_pairs(results.table("pairs", "segments", where={"head": head, "tenths": tenths}))


def _area(results: Results, head: str, tenths: int) -> Estimate:
    return over_seeds_and_patients(area, pairs(results, head, tenths), span=(0.0, 1.0))


def _accepted(results: Results, head: str, which: Callable[[np.ndarray], float]) -> float:
    """Frames and lengths a head takes, together: the fewest or the most over seeds."""
    where = {"head": head}
    return sum(which(results.values(part, "accepted", where=where))
               for part in ("digits", "segments"))  # fmt: skip


def _size(results: Results, part: str, head: str) -> float:
    return float(results.values(part, "n_parameters", where={"head": head})[0])
