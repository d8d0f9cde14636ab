"""How well beats are classified: sensitivity, positive predictivity and F1 of each AAMI class.

ANSI/AAMI EC57 asks for Se and +P by class; F1 is their harmonic mean. Scores are made of counts
summed over patients, so that resampling patients is resampling rows of an array.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.resampling import DRAWS, bootstrap

CLASSES = ("N", "S", "V", "F")
"""AAMI classes that are scored; Q (8 + 7 beats in both data sets) is neither learnt nor scored."""

HEADLINE = ("N", "S", "V")
"""Classes of the macro average: nearly all fusion beats sit in one patient of either data set."""

Score = Callable[[np.ndarray], np.ndarray]
"""Of counts summed over patients, (…, 4, 4), one number a class, (…, 4)."""

Summary = Callable[[np.ndarray], np.ndarray]
"""Of counts patient by patient, (seeds, records, 4, 4), one number a seed, (seeds,)."""


@dataclass(frozen=True)
class Confusions:
    """Confusion counts of several replicas, patient by patient.

    Args:
        counts: (seeds, records, 4, 4), the last two axes are true and predicted class.
        seeds: seed of each replica.
        records: number of each record.
    """

    counts: np.ndarray
    seeds: tuple[int, ...]
    records: tuple[int, ...]

    @classmethod
    def read(cls, table: pd.DataFrame) -> Confusions:
        """Counts of one cell's replicas.

        Args:
            table: columns `seed, record, true, predicted, count`, classes by number in the order
                of `CLASSES`, as training writes them; absent combinations are zeros.
        """
        seeds = tuple(sorted(int(seed) for seed in table["seed"].unique()))
        records = tuple(sorted(int(record) for record in table["record"].unique()))
        place = (
            np.searchsorted(seeds, table["seed"].astype(int)),
            np.searchsorted(records, table["record"].astype(int)),
            table["true"].to_numpy(dtype=int),
            table["predicted"].to_numpy(dtype=int),
        )
        counts = np.zeros((len(seeds), len(records), len(CLASSES), len(CLASSES)))
        np.add.at(counts, place, table["count"].to_numpy(dtype=float))
        return cls(counts, seeds, records)

    def without(self, left_out: Collection[int]) -> Confusions:
        """The same counts with some records left out."""
        kept = [i for i, record in enumerate(self.records) if record not in left_out]
        return Confusions(self.counts[:, kept], self.seeds, tuple(self.records[i] for i in kept))

    def majority(self) -> Confusions:
        """The counts of the baseline that calls every beat N."""
        counts = np.zeros_like(self.counts)
        counts[..., CLASSES.index("N")] = self.counts.sum(axis=-1)
        return Confusions(counts, self.seeds, self.records)


def sensitivity(confusion: np.ndarray) -> np.ndarray:
    """Se = TP / (TP + FN) of each class, (…, 4, 4) -> (…, 4); 0 where a class has no beats."""
    return _share(_hits(confusion), confusion.sum(axis=-1))


def positive_predictivity(confusion: np.ndarray) -> np.ndarray:
    """+P = TP / (TP + FP) of each class, (…, 4, 4) -> (…, 4); 0 where nothing is called so."""
    return _share(_hits(confusion), confusion.sum(axis=-2))


def f1(confusion: np.ndarray) -> np.ndarray:
    """F1 = 2 TP / (2 TP + FP + FN) of each class, (…, 4, 4) -> (…, 4); 0 where undefined."""
    return _share(2 * _hits(confusion), confusion.sum(axis=-1) + confusion.sum(axis=-2))


def macro_f1(counts: np.ndarray, classes: Collection[str] = HEADLINE) -> np.ndarray:
    """Mean F1 of some classes, each replica over the beats of all its patients.

    Args:
        counts: (seeds, records, 4, 4).
        classes: those averaged, with equal weight.

    Returns:
        One score a seed, (seeds,).
    """
    chosen = [CLASSES.index(name) for name in classes]
    return f1(counts.sum(axis=1))[:, chosen].mean(axis=-1)


def of_class(score: Score, label: str) -> Summary:
    """A score of one class, each replica over the beats of all its patients."""
    k = CLASSES.index(label)
    return lambda counts: score(counts.sum(axis=1))[:, k]


def resampled(
    summary: Summary,
    beats: Confusions,
    other: Confusions | None = None,
    draws: int | None = None,
) -> Estimate:
    """Mean over seeds of a summary, or of what it is more than another's, over other patients.

    Args:
        summary: what is estimated, such as `macro_f1`.
        beats: the counts.
        other: counts whose summary is taken off, paired by seed and patient.
        draws: of the bootstrap; as many as verdicts take if not given.

    Returns:
        The bootstrap interval over patients; over seeds crossed with patients where seeds are
        several.

    Raises:
        ValueError: when the two were not counted on the same seeds and records.
    """
    if other is not None and (beats.seeds, beats.records) != (other.seeds, other.records):
        raise ValueError("the two sides of a difference differ in their seeds or records")
    sides = [beats.counts] if other is None else [beats.counts, other.counts]

    def mean(*counts: np.ndarray) -> float:
        found = [summary(each) for each in counts]
        return float(np.mean(found[0] if other is None else found[0] - found[1]))

    return bootstrap(mean, *sides, across=2, draws=draws or DRAWS)


def _hits(confusion: np.ndarray) -> np.ndarray:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=float), where=whole > 0)
