"""What EC57 reports of a comparison: the matrix of beats, Se, +P and FPR, and the RR error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from deepclaims.ecg.ec57.track import CLASSES, Track
from deepclaims.ecg.ec57.walk import Step, walk

N, S, V, F, Q = range(len(CLASSES))
ABSENT, UNREAD = len(CLASSES), len(CLASSES) + 1
"""Rows of beats that the reference does not have, columns of those that the test misses: O where
there is a signal, X where nothing can be read."""
KINDS = len(CLASSES) + 2
TOLERANCE = 0.150
"""Seconds by which the times of one beat may differ."""
FIRST_SCORED = 300.0
"""Seconds at the beginning of a record that EC57 leaves to the algorithm to learn from."""


class Ratio(NamedTuple):
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def percent(self) -> float:
        """In percent; NaN of nothing."""
        return 100 * self.part / self.whole if self.whole else float("nan")


class Counts(NamedTuple):
    """Found, not found, found though not there."""

    tp: int
    fn: int
    fp: int

    @property
    def se(self) -> Ratio:
        """Sensitivity."""
        return Ratio(self.tp, self.tp + self.fn)

    @property
    def pp(self) -> Ratio:
        """Positive predictivity."""
        return Ratio(self.tp, self.tp + self.fp)


@dataclass(frozen=True)
class Scores:
    """The comparison of two annotations of a record, or of several records together.

    Args:
        matrix: (7, 7) beats, true class (rows N S V F Q O X) by class given (the same).
        rr_square: sum of the squared errors of RR intervals, in s².
        rr_count: how many errors there are.
        shutdown: seconds in which the test annotator says that nothing can be read.
    """

    matrix: np.ndarray
    rr_square: float = 0.0
    rr_count: int = 0
    shutdown: float = 0.0

    @classmethod
    def of(
        cls, reference: Track, test: Track, rate: float, end: int, start: float = FIRST_SCORED
    ) -> Self:
        """Compare two annotations of one record.

        Args:
            reference: the truth.
            test: what is scored.
            rate: samples a second.
            end: the last sample of the record.
            start: seconds from where on it is scored; 0 for the whole record.
        """
        steps = walk(
            reference.sample, test.sample, window(rate), round(start * rate), end
        )  # fmt: skip
        i, j, _ = steps.T
        apart = reference.intervals()[i], test.intervals()[j]
        both = (apart[0] > 0) & (apart[1] > 0)
        errors = (apart[0] - apart[1])[both] / rate
        return cls(
            _matrix(reference, test, steps),
            float((errors**2).sum()),
            len(errors),
            test.shutdown_samples(end) / rate,
        )

    @classmethod
    def gross(cls, scores: Sequence[Scores]) -> Self:
        """All records together, beat by beat."""
        return cls(
            np.sum([each.matrix for each in scores], axis=0),
            sum(each.rr_square for each in scores),
            sum(each.rr_count for each in scores),
            sum(each.shutdown for each in scores),
        )

    @property
    def beats(self) -> Counts:
        """Of QRS complexes, whatever they are called; Q counts."""
        m = self.matrix
        return Counts(
            _sum(m[:ABSENT, :ABSENT]), _sum(m[:ABSENT, ABSENT:]), _sum(m[ABSENT:, :ABSENT])
        )

    @property
    def ventricular(self) -> Counts:
        """Of V; F or Q called V is no error."""
        m = self.matrix
        return Counts(int(m[V, V]), _sum(m[V]) - int(m[V, V]), _sum(m[[N, S, ABSENT, UNREAD], V]))

    @property
    def supraventricular(self) -> Counts:
        """Of S; Q called S is no error, F called S is one (to `sumstats` neither is)."""
        m = self.matrix
        return Counts(
            int(m[S, S]), _sum(m[S]) - int(m[S, S]), _sum(m[[N, V, F, ABSENT, UNREAD], S])
        )

    @property
    def fusion(self) -> Counts:
        """Of F, which EC57 does not ask for; Q called F is no error."""
        m = self.matrix
        return Counts(
            int(m[F, F]), _sum(m[F]) - int(m[F, F]), _sum(m[[N, S, V, ABSENT, UNREAD], F])
        )

    @property
    def normal(self) -> Counts:
        """Of N, which EC57 does not ask for; Q called N is no error."""
        m = self.matrix
        return Counts(
            int(m[N, N]), _sum(m[N]) - int(m[N, N]), _sum(m[[S, V, F, ABSENT, UNREAD], N])
        )

    @property
    def ventricular_fpr(self) -> Ratio:
        """Of what is not V, how much was called so."""
        others = [N, S, F, Q, ABSENT, UNREAD]
        false = self.ventricular.fp
        return Ratio(false, false + _sum(self.matrix[np.ix_(others, [N, S, F, Q])]))

    @property
    def missed_in_shutdown(self) -> Ratio:
        """Of all beats, how many were missed where the test annotator reads nothing.

        Those of S are left out of the first number, as `bxb` leaves them out.
        """
        counts = self.beats
        return Ratio(_sum(self.matrix[[N, V, F, Q], UNREAD]), counts.tp + counts.fn)

    @property
    def rr_error(self) -> float:
        """Root of the mean squared error of RR intervals, in ms; 0 if there is none to compare."""
        return 1000 * float(np.sqrt(self.rr_square / self.rr_count)) if self.rr_count else 0.0


def window(rate: float) -> int:
    """Samples by which the times of one beat may differ."""
    return int(TOLERANCE * rate + 0.5)


def _matrix(reference: Track, test: Track, steps: np.ndarray) -> np.ndarray:
    found = np.zeros((KINDS, KINDS), np.int64)
    i, j, step = steps.T
    matched = step == Step.MATCHED
    np.add.at(found, (reference.label[i[matched]], test.label[j[matched]]), 1)
    for at in i[step == Step.MISSED]:
        found[
            reference.label[at], UNREAD if test.in_shutdown(reference.sample[at]) else ABSENT
        ] += 1
    for at in j[step == Step.EXTRA]:
        sample = test.sample[at]
        if not reference.in_flutter(sample):  # beats in fibrillation count nowhere
            found[UNREAD if reference.in_shutdown(sample) else ABSENT, test.label[at]] += 1
    return found


def _sum(cells: np.ndarray) -> int:
    return int(cells.sum())
