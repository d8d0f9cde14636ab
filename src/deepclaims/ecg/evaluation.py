"""Two annotations of a record side by side: the reference, and what networks or a file say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepclaims.data.wfdb_record import read_length, read_notes, read_recording
from deepclaims.ecg.beats import at_training_rate, beats_to_label, others_with_beats
from deepclaims.ecg.ec57.scores import FIRST_SCORED, Scores, window
from deepclaims.ecg.ec57.track import MAPPINGS, Track, read_track
from deepclaims.ecg.summary import about_units
from deepclaims.ecg.trained_labeller import Trained
from deepclaims.errors import DataError


@dataclass(frozen=True)
class Reading:
    """How annotation files are read and scored.

    Args:
        reference: extension of the files that hold the truth.
        mapping: name of the classes' symbols, a key of `MAPPINGS`.
        start: seconds from where on beats are scored.
    """

    reference: str = "atr"
    mapping: str = "ec57"
    start: float = FIRST_SCORED

    def score(self, path: Path, test: Track | str) -> Scores:
        """Score beats against the record's reference.

        Args:
            path: of the record, without extension.
            test: the beats, or the extension of the file that has them.

        Raises:
            DataError: a file is missing or damaged, the reference marks no beat, or the record is
                over before scoring begins.
        """
        rate, length = read_length(path)
        if length <= self.start * rate:
            raise DataError(
                f"record {path} is {length / rate:.0f} s long, and scoring begins at "
                f"{self.start:g} s: say start=0 to have all of it scored"
            )
        reference = self._track(path, self.reference, rate, length)
        if not len(reference.sample) and not len(reference.flutter):
            raise DataError(
                f"{path.name}.{self.reference} marks no beat"
                f"{others_with_beats(path, self.reference, 'reference')}"
            )
        if isinstance(test, str):
            test = self._track(path, test, rate, length)
        return Scores.of(reference, test, rate, length, self.start)

    def _track(self, path: Path, extension: str, rate: float, length: int) -> Track:
        notes = read_notes(path, extension, rate)
        events = [*zip(notes.sample.tolist(), notes.symbol, notes.subtype.tolist(), strict=True)]
        return read_track(events, window(rate), MAPPINGS[self.mapping], length)


@dataclass(frozen=True)
class Ensemble:
    """The trained networks as an annotator.

    Args:
        networks: what gives the networks for so many leads.
        annotator: who says where the beats are.
        lead: the first lead.
        second: the second.
        tell: is told, line by line, what is odd about a record.
    """

    networks: Callable[[int], Trained]
    annotator: str
    lead: str
    second: str
    tell: Callable[[str], None] = print

    def label(self, path: Path) -> Track:
        """The beats of a record as the networks call them: the likeliest of N, S, V, F.

        Their samples are on the clock of the record's frames, as those of annotation files are.

        Raises:
            DataError: the record cannot be read, or has too few beats.
        """
        recording = read_recording(path, self.lead, self.second)
        for line in about_units(recording):
            self.tell(line)
        beats, _ = beats_to_label(recording, self.annotator)
        labeller = self.networks(len(recording.leads)).labeller
        given = labeller.probabilities(*at_training_rate(recording, beats))
        frames = beats.sample * (read_length(path)[0] / recording.rate)
        return Track(np.round(frames).astype(np.int64), given.argmax(axis=1).astype(np.int64))
