"""What a reader of long records counts: the rate, pauses, couplets, runs, bigeminy, the burden.

All of it rests on the labels that the networks gave. Nothing is counted across a gap, nor across
a stretch without beats that is too long for a pause: were there none, or were they missed?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from deepclaims.data.gaps import first_after, first_after_silence, stretches

PAUSE = 2.0
"""Seconds between two beats: as much or more is a pause, unless it is a silence (`FLAT`)."""
RUN = 3
"""Beats in a row of which a run is made; two are a couplet."""
BIGEMINY = 3
"""Times in a row that an ectopic beat follows a beat of another class: so many are bigeminy."""


@dataclass(frozen=True)
class Ectopy:
    """How often a class of beats comes, and how.

    Args:
        beats: of the class.
        couplets: two in a row.
        runs: three or more in a row.
        longest: beats of the longest run; 0 without one.
        bigeminy: stretches in which every other beat is of the class, three times or more.
    """

    beats: int
    couplets: int
    runs: int
    longest: int
    bigeminy: int


@dataclass(frozen=True)
class Rhythm:
    """Beats in time.

    Args:
        times: (n,) seconds, increasing.
        label: (n,) class numbers.
        begins: (k,) indices of the beats that are the first after a gap or a silence.
        silences: (m,) those of them that are the first after a silence without any gap.
    """

    times: np.ndarray
    label: np.ndarray
    begins: np.ndarray
    silences: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, sample: np.ndarray, label: np.ndarray, rate: float, gaps: np.ndarray) -> Rhythm:
        """The rhythm of beats at samples (n,), of a record of that rate with gaps (k, 2)."""
        after_gap, after_silence = first_after(gaps, sample), first_after_silence(sample, rate)
        begins = np.union1d(after_gap, after_silence)
        return cls(sample / rate, label, begins, np.setdiff1d(after_silence, after_gap))

    @property
    def intervals(self) -> np.ndarray:
        """(n - 1,) seconds from each beat to the next; NaN across a gap or a silence."""
        seconds = np.diff(self.times)
        seconds[self.begins - 1] = np.nan
        return seconds

    @property
    def hours(self) -> float:
        """How long beats were seen, gaps and silences left out."""
        return float(np.nansum(self.intervals)) / 3600

    @property
    def rate(self) -> float:
        """Beats a minute: of the mean interval; NaN without any."""
        return mean_rate(self.intervals)

    @property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest rate of eight intervals in a row; NaN where there are not."""
        mean = np.convolve(self.intervals, np.ones(8) / 8, "valid")
        mean = mean[np.isfinite(mean)] if len(self.intervals) >= 8 else np.zeros(0)
        return (60 / float(mean.max()), 60 / float(mean.min())) if len(mean) else (np.nan, np.nan)

    @property
    def pauses(self) -> np.ndarray:
        """Seconds of each interval that is a pause."""
        seconds = self.intervals
        return seconds[seconds >= PAUSE]

    def ectopy(self, number: int) -> Ectopy:
        """What there is of the class of that number."""
        lengths = np.array([0, *self._rows(number)])
        return Ectopy(
            beats=int((self.label == number).sum()),
            couplets=int((lengths == 2).sum()),
            runs=int((lengths >= RUN).sum()),
            longest=int(lengths.max()) if lengths.max() >= RUN else 0,
            bigeminy=sum(self._bigeminies(number)),
        )

    def _pieces(self, number: int) -> Iterator[np.ndarray]:
        """Whether each beat is of the class, for each stretch without a gap or a silence."""
        yield from np.split(self.label == number, self.begins)

    def _rows(self, number: int) -> Iterator[int]:
        for mine in self._pieces(number):
            yield from np.diff(stretches(mine), axis=1).ravel().tolist()

    def _bigeminies(self, number: int) -> Iterator[int]:
        for mine in self._pieces(number):
            turns = stretches(mine[1:] != mine[:-1])
            for first, end in turns:  # beats first … end, by turns of the class and of another
                pairs = int((mine[first + 1 : end + 1]).sum())
                yield int(pairs >= BIGEMINY)


def mean_rate(intervals: np.ndarray) -> float:
    """Beats a minute of intervals in seconds, NaN left out; NaN without any."""
    known = intervals[np.isfinite(intervals)]
    return 60 / float(known.mean()) if len(known) else float("nan")
