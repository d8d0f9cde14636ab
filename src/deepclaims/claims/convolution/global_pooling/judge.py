"""Errors of digits in points, in pairs of seeds; areas on ECG, over seeds × patients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import patient_mean
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

FLATTEN, MAX, AVERAGE = HEADS = ("flatten", "global_max", "global_average")


def judge(results: Results) -> dict[str, Measured]:
    """Both global poolings against flatten, each head at the rate that its choosing seeds chose."""
    still, moved = (
        {head: shift_errors(results, head)[:, place] for head in HEADS} for place in (0, -1)
    )
    known = trained_on(results)
    others = [n for n in results.claim.part("segments").params["lengths"] if n != known]
    flatten = patient_areas(results, FLATTEN, known)
    ratios = [
        exact(_size(results, part, FLATTEN) / _size(results, part, head))
        for part in ("digits", "segments")
        for head in (MAX, AVERAGE)
    ]
    return {
        "better_on_shifted_digits": [
            paired_difference(moved[FLATTEN], moved[head]) for head in (MAX, AVERAGE)
        ],
        "takes_any_length": exact(_accepted(results, MAX, np.min)),
        "other_sizes_work": [mean_interval(errors) for errors in frame_errors(results, MAX).T[1:]],
        "max_on_ecg": over_patients(patient_areas(results, MAX, known) - flatten, -1.0),
        "average_on_ecg": over_patients(patient_areas(results, AVERAGE, known) - flatten, -1.0),
        "other_lengths_work": [over_patients(patient_areas(results, MAX, n)) for n in others],
        "not_on_centred_digits": paired_difference(still[FLATTEN], still[AVERAGE]),
        "flatten_takes_one_length": exact(_accepted(results, FLATTEN, np.max)),
        "sizes_are_equal": ratios,
    }


def shift_errors(results: Results, head: str) -> np.ndarray:
    """Test errors in points, by how far the digits are shifted, (seeds, shifts)."""
    return 100 * results.tuned("digits", where={"head": head}).curve("shift_error")[1]


def frame_errors(results: Results, head: str) -> np.ndarray:
    """Test errors in points, by the frame around the digits, (seeds, frames)."""
    return 100 * results.tuned("digits", where={"head": head}).curve("frame_error")[1]


def trained_on(results: Results) -> int:
    """The length of the stretches of ECG that are trained on, in tenths of a second."""
    return round(10 * results.claim.part("segments").params["training"]["data"]["seconds"])


def patient_areas(results: Results, head: str, tenths: int, which: str = "area") -> np.ndarray:
    """Areas within each patient who has them at every length, (seeds, patients).

    Args:
        results: of the claim.
        head: of the net.
        tenths: length of the stretches.
        which: `area`, or `fitted`: of stretches cut to the length trained on.
    """
    table = results.tuned("segments", where={"head": head}).table("areas")
    own = table[(table["tenths"] == tenths) & table["record"].isin(patients(results))]
    wide = own.pivot_table(index="seed", columns="record", values=which, dropna=False)
    return wide.to_numpy(dtype=float)


def patients(results: Results) -> list[int]:
    """Rows of the records that have an area at every length, in order."""
    table = results.tuned("segments", where={"head": MAX}).table("areas")
    lengths = table.groupby("record")["tenths"].nunique()
    return sorted(int(row) for row in lengths.index[lengths == table["tenths"].nunique()])


def over_patients(values: np.ndarray, least: float = 0.0) -> Estimate:
    """Mean over patients of values (seeds, patients) from `least` to 1; both are resampled."""
    return patient_mean(values, crossed=True, span=(least, 1.0))


def _accepted(results: Results, head: str, which: Callable[[np.ndarray], float]) -> float:
    """Frames and lengths a head takes, together: the fewest or the most over seeds."""
    where = {"head": head}
    return sum(
        which(results.tuned(part, where=where).reported("accepted"))
        for part in ("digits", "segments")
    )


def _size(results: Results, part: str, head: str) -> float:
    return float(results.tuned(part, where={"head": head}).reported("n_parameters")[0])
