"""How far two annotations of a record agree, beat by beat, as ANSI/AAMI EC57 counts it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

TOLERANCE = 0.150
"""Seconds by which the times of one beat may differ (EC57)."""


def matched(reference: np.ndarray, found: np.ndarray, tolerance: float) -> np.ndarray:
    """Which beats are the same: each of one side with at most one of the other, the nearest.

    Args:
        reference: (n,) times, increasing.
        found: (m,) times, increasing, in the same unit.
        tolerance: the largest difference.

    Returns:
        (pairs, 2), indices into `reference` and `found`.
    """
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(reference) and j < len(found):
        apart = abs(found[j] - reference[i])
        if apart > tolerance:
            i, j = (i + 1, j) if reference[i] < found[j] else (i, j + 1)
        elif j + 1 < len(found) and abs(found[j + 1] - reference[i]) < apart:
            j += 1
        elif i + 1 < len(reference) and abs(found[j] - reference[i + 1]) < apart:
            i += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


@dataclass(frozen=True)
class Agreement:
    """Counts of beats by class.

    Args:
        counts: (k, k), true class by class given.
        missed: (k,) beats of the reference that were not found at all.
        extra: (k,) beats that the reference does not have.
    """

    counts: np.ndarray
    missed: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    extra: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))

    @property
    def sensitivity(self) -> np.ndarray:
        """(k,): of the beats of a class, the share that was called so; NaN without any."""
        return _share(np.diag(self.counts), self.counts.sum(axis=1) + self.missed)

    @property
    def positive_predictivity(self) -> np.ndarray:
        """(k,): of the beats called so, the share that is of the class; NaN without any."""
        return _share(np.diag(self.counts), self.counts.sum(axis=0) + self.extra)


def agreement(
    reference: tuple[np.ndarray, np.ndarray],
    found: tuple[np.ndarray, np.ndarray],
    tolerance: float,
    classes: int,
) -> Agreement:
    """Compare two annotations.

    Args:
        reference: (n,) times and (n,) classes; a class outside 0..k-1 is not scored, nor is
            what it was called.
        found: (m,) times and (m,) classes.
        tolerance: the largest difference in time.
        classes: k.
    """
    true, called = reference[1], found[1]
    pairs = matched(reference[0], found[0], tolerance)
    scored = pairs[(true[pairs[:, 0]] >= 0) & (true[pairs[:, 0]] < classes)]
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (true[scored[:, 0]], called[scored[:, 1]]), 1)
    missed = np.delete(true, pairs[:, 0])
    extra = np.delete(called, pairs[:, 1])
    return Agreement(
        counts,
        np.bincount(missed[(missed >= 0) & (missed < classes)], minlength=classes),
        np.bincount(extra, minlength=classes),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
