"""Stretches of ECG around a few beats of each patient, to show what was told right and wrong.

Which beats are told wrong is known only after training, so candidates are kept of every patient
and class, premature normal beats above all: those are the ones taken for S.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.data.aami import CLASSES
from deepclaims.data.beats import PREPARED_RATE
from deepclaims.data.prepared import read_array
from deepclaims.data.rhythm import OFFLINE

if TYPE_CHECKING:
    import pandas as pd

KEPT = {"N": 2, "S": 8, "V": 6, "F": 4}
"""Candidates of each class in a record."""
PREMATURE_KEPT = 6
"""Candidates among the N that come early besides."""
PREMATURE = np.log(0.85)
"""Log of an interval over the record's mean below which a beat is early."""
REACH = 2.4
"""Seconds drawn before and after a beat."""
THINNED = 2
"""Every second sample of 120 Hz is kept: enough to be looked at."""


@dataclass(frozen=True)
class Tape:
    """The prepared record of one patient.

    Args:
        number: of the record.
        signal: (samples,) of the first lead, baseline removed; 1 is the record's median QRS peak.
        sample: (n,) of each beat in it.
        classes: (n,) AAMI class of each beat, by number.
        early: (n,) whether it comes early.
    """

    number: int
    signal: np.ndarray
    sample: np.ndarray
    classes: np.ndarray
    early: np.ndarray

    def candidates(self) -> np.ndarray:
        """Places of the beats worth keeping, spread over the half hour."""
        chosen: list[int] = []
        inside = (self.sample >= _steps(REACH)) & (self.sample < len(self.signal) - _steps(REACH))
        for name, kept in KEPT.items():
            of_class = inside & (self.classes == CLASSES.index(name))
            chosen += _spread(of_class, kept)
            if name == "N":
                chosen += _spread(of_class & self.early, PREMATURE_KEPT)
        return np.unique(np.array(chosen, dtype=int))


def tapes(folder: Path, records: Collection[int]) -> Iterator[Tape]:
    """The tapes of some records.

    Args:
        folder: the prepared ECG.
        records: their numbers.

    Raises:
        StageError: not prepared yet.
    """
    names = ("records", "beat_record", "beat_sample", "beat_class", "extent", "offline", "signal")
    numbers, owner, sample, classes, extent, offline, signal = (
        read_array(folder, name, "ecg") for name in names
    )
    relative = OFFLINE.index("pre_over_mean")
    for row, number in enumerate(numbers):
        if number not in records:
            continue
        mine = np.flatnonzero(np.asarray(owner) == row)
        first, last = extent[row]
        yield Tape(
            number=int(number),
            signal=np.asarray(signal[first:last, 0], dtype=float),
            sample=np.asarray(sample[mine]) - first,
            classes=np.asarray(classes[mine]).astype(int),
            early=np.asarray(offline[mine, relative]) < PREMATURE,
        )


def strip_tables(of: Collection[Tape]) -> dict[str, pd.DataFrame]:
    """The candidates' signals and the beats in them.

    Returns:
        `strips`, columns `record, place, seconds, signal`: a stretch is named by the record and
        the place of the beat at its second 0. `strip_beats`, columns `record, place, seconds,
        neighbour, true`: every beat in that stretch, by its own place.
    """
    import pandas as pd

    signals, neighbours = [], []
    reach = _steps(REACH)
    for tape in of:
        for place in tape.candidates():
            at = tape.sample[place]
            steps = np.arange(-reach, reach + 1, THINNED)
            name = {"record": tape.number, "place": int(place)}
            cut = np.round(tape.signal[at + steps], 3)
            signals.append(pd.DataFrame({"seconds": steps / PREPARED_RATE, "signal": cut, **name}))
            near = np.flatnonzero(np.abs(tape.sample - at) <= reach)
            neighbours.append(
                pd.DataFrame(
                    {
                        "seconds": (tape.sample[near] - at) / PREPARED_RATE,
                        "neighbour": near,
                        "true": tape.classes[near],
                        **name,
                    }
                )
            )
    return {
        "strips": pd.concat(signals, ignore_index=True),
        "strip_beats": pd.concat(neighbours, ignore_index=True),
    }


def _spread(mask: np.ndarray, count: int) -> list[int]:
    """At most `count` of the True places, evenly spread."""
    places = np.flatnonzero(mask)
    if not len(places):
        return []
    chosen = np.linspace(0, len(places) - 1, min(count, len(places)))
    return [int(places[round(i)]) for i in chosen]


def _steps(seconds: float) -> int:
    return round(seconds * PREPARED_RATE)
