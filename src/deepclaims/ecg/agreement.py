"""How far two annotations of a record agree, beat by beat, as ANSI/AAMI EC57 counts it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deepclaims.ecg.ec57.walk import Step, walk


def matched(reference: np.ndarray, found: np.ndarray, window: int) -> np.ndarray:
    """Which beats are the same, by the walk of EC57.

    Args:
        reference: (n,) samples, increasing.
        found: (m,) samples, increasing.
        window: samples by which they may differ.

    Returns:
        (pairs, 2), indices into `reference` and `found`.
    """
    steps = walk(reference, found, window)
    return steps[steps[:, 2] == Step.MATCHED, :2]


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
    window: int,
    classes: int,
) -> Agreement:
    """Compare two annotations.

    Args:
        reference: (n,) samples and (n,) classes; a class outside 0..k-1 is not scored, nor is
            what it was called.
        found: (m,) samples and (m,) classes.
        window: samples by which the times of one beat may differ.
        classes: k.
    """
    true, called = reference[1], found[1]
    pairs = matched(reference[0], found[0], window)
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
