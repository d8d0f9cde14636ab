"""The beats of a recording for the networks: found, and at the rate that they know."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deepclaims.data.aami import UNKNOWN
from deepclaims.data.beats import RATE
from deepclaims.data.wfdb_record import Beats, Recording, read_beats
from deepclaims.errors import DataError

AUTO, DETECT, STANDARD = "auto", "detect", "atr"
"""Annotators: the standard one where it is there, else the detector; the detector; the standard."""
FEWEST = 11
"""Beats: what is called local in the rhythm."""


def beats_to_label(recording: Recording, annotator: str) -> tuple[Beats, str]:
    """Where the beats of a recording are, and who found them.

    Args:
        recording: of the record.
        annotator: extension of the file that says so, `detect`, or `auto`.

    Raises:
        DataError: there is no such file, or too few beats to know the rhythm.
    """
    if annotator == DETECT or (annotator == AUTO and not annotated(recording, STANDARD)):
        beats, found_by = detect_beats(recording), "found by the detector XQRS of wfdb"
    else:
        name = STANDARD if annotator == AUTO else annotator
        beats, found_by = read_beats(recording, name), f"of {recording.path.name}.{name}"
    if len(beats.sample) < FEWEST:
        raise DataError(
            f"record {recording.path} has {len(beats.sample)} beats ({found_by}): at least "
            f"{FEWEST} are needed to know its rhythm"
        )
    return beats, found_by


def annotated(recording: Recording, annotator: str) -> bool:
    """Whether the record has an annotation file of that extension."""
    return recording.path.with_suffix(f".{annotator}").is_file()


def detect_beats(recording: Recording) -> Beats:
    """The beats that wfdb's detector XQRS finds in the first lead; their classes are unknown."""
    from wfdb.processing import xqrs_detect

    found = xqrs_detect(recording.signal[:, 0], recording.rate, verbose=False)
    sample = np.unique(np.asarray(found, dtype=np.int64))
    return Beats(sample, np.full(len(sample), UNKNOWN))


def at_training_rate(recording: Recording, beats: Beats) -> tuple[np.ndarray, np.ndarray]:
    """Signal and samples of the beats at the 360 Hz that preparation starts from."""
    if recording.rate == RATE:
        return recording.signal, beats.sample
    from scipy.signal import resample_poly

    ratio = Fraction(RATE / recording.rate).limit_denominator(1000)
    # Lines are taken off first: a signal that does not start at zero would ring at its ends.
    signal = resample_poly(
        recording.signal, ratio.numerator, ratio.denominator, axis=0, padtype="line"
    )
    sample = np.round(beats.sample * (RATE / recording.rate)).astype(np.int64)
    return signal, np.minimum(sample, len(signal) - 1)
