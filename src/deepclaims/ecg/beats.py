"""The beats of a recording for the networks: found, and at the rate that they know."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deepclaims.data.aami import UNKNOWN
from deepclaims.data.beats import RATE
from deepclaims.data.gaps import FLAT, between, first_after, first_after_silence, outside
from deepclaims.data.resampling import ratio, resampled
from deepclaims.data.wfdb_record import Beats, Recording, beat_files, read_beats
from deepclaims.errors import DataError

AUTO, DETECT, STANDARD = "auto", "detect", "atr"
"""Annotators: the standard one where it is there, else the detector; the detector; the standard."""
FEWEST = 11
"""Beats: what is called local in the rhythm."""
PIECE = 2.0
"""Seconds between two long gaps, fewer of which are not searched."""


def beats_to_label(recording: Recording, annotator: str) -> tuple[Beats, str]:
    """Where the beats of a recording are, and who found them; those in its gaps are left out.

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
        every = read_beats(recording, name)
        beats, found_by = _seen(every, recording), f"of {recording.path.name}.{name}"
        if unseen := len(every.sample) - len(beats.sample):
            found_by += f" ({unseen} more in gaps, which are not labelled)"
    if len(beats.sample) < FEWEST:
        raise DataError(
            f"record {recording.path} has {len(beats.sample)} beats ({found_by}): at least "
            f"{FEWEST} are needed to know its rhythm{others_with_beats(recording.path, annotator)}"
        )
    return beats, found_by


def others_with_beats(path: Path, annotator: str, key: str = "annotator") -> str:
    """A hint at the annotation files of a record that have beats enough, with a semicolon; or ''.

    Args:
        path: of the record, without extension.
        annotator: one that is not meant.
        key: of the command line, which takes another.
    """
    mine = STANDARD if annotator == AUTO else annotator
    others = [
        f"{path.name}.{name} has {count} ({key}={name})"
        for name, count in beat_files(path).items()
        if name != mine and count >= FEWEST
    ]
    return f"; {', '.join(others)}" if others else ""


def annotated(recording: Recording, annotator: str) -> bool:
    """Whether the record has an annotation file of that extension."""
    return recording.path.with_suffix(f".{annotator}").is_file()


def detect_beats(recording: Recording) -> Beats:
    """The beats that wfdb's detector XQRS finds in the first lead; their classes are unknown.

    XQRS knows the width of a QRS in samples: above 360 Hz it finds nothing. Long gaps are passed
    over, where it would search all that came before again at every peak of the noise.
    """
    from deepclaims.ecg.detector import xqrs

    rate, lead = min(recording.rate, RATE), recording.signal[:, 0]
    found = [np.zeros(0, np.int64)]
    for first, end in between(recording.gaps, len(lead), FLAT * recording.rate):
        if end - first >= PIECE * recording.rate:
            piece = resampled(lead[first:end], recording.rate, rate)
            scale = 1 / float(ratio(recording.rate, rate))
            found.append(first + np.round(xqrs(piece, rate) * scale).astype(np.int64))
    sample = np.unique(np.concatenate(found))
    return _seen(Beats(sample, np.full(len(sample), UNKNOWN)), recording)


def at_training_rate(
    recording: Recording, beats: Beats
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A recording as preparation takes it.

    Returns:
        Signal (samples, leads) at the 360 Hz that preparation starts from; samples (n,) of the
        beats; indices of those that come first after a gap, or a stretch without beats.
    """
    breaks = np.union1d(
        first_after(recording.gaps, beats.sample),
        first_after_silence(beats.sample, recording.rate),
    )
    if recording.rate == RATE:
        return recording.signal, beats.sample, breaks
    signal = resampled(recording.signal, recording.rate, RATE)
    sample = np.round(beats.sample * float(ratio(recording.rate, RATE))).astype(np.int64)
    return signal, np.minimum(sample, len(signal) - 1), breaks


def _seen(beats: Beats, recording: Recording) -> Beats:
    """Those that are in no gap."""
    kept = outside(recording.gaps, beats.sample)
    return Beats(beats.sample[kept], beats.label[kept])
