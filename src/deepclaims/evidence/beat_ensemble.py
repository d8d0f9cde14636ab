"""Several nets with one answer: the mean of their probabilities, beat by beat.

Averaging what nets of different seeds say needs no choice among them, and takes from each what
the luck of its seed put there. What is scored is the mean's largest class.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepclaims.data.ecg import EcgOptions
from deepclaims.evidence.class_scores import CLASSES, Confusions
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import over_patients

LENGTH = EcgOptions().sequence_length
"""Beats in one sequence, and in one piece of the intra-patient division."""

EVERY_PIECE, ODD_PIECES = (1, 0), (2, 1)
"""Which pieces of a record were tested on: step and first. The intra-patient test has the odd."""

P = [f"p_{label}" for label in range(len(CLASSES))]


@dataclass(frozen=True)
class Ensemble:
    """What an ensemble says of n beats.

    Args:
        record: (n,) number of the record.
        place: (n,) of the beat in its record, Q counted too, 0 first.
        true: (n,) annotated class, by number in the order of `CLASSES`.
        p: (n, 4) probability of each class.
    """

    record: np.ndarray
    place: np.ndarray
    true: np.ndarray
    p: np.ndarray

    @classmethod
    def read(cls, table: pd.DataFrame, pieces: tuple[int, int] = EVERY_PIECE) -> Ensemble:
        """The mean over seeds of what `fit.keep_probabilities` kept.

        Args:
            table: columns `seed, record, sample, true, p_0, …, p_3`, as training writes them.
            pieces: which pieces of each record the samples number.
        """
        numbered = table.assign(record=table["record"].astype(int))
        mean = numbered.groupby(["record", "sample", "true"], as_index=False)[P].mean()
        piece = mean["sample"] // LENGTH
        within = piece - piece.groupby(mean["record"]).transform("min")
        step, first = pieces
        place = (step * within + first) * LENGTH + mean["sample"] % LENGTH
        return cls(
            mean["record"].to_numpy(dtype=int),
            place.to_numpy(dtype=int),
            mean["true"].to_numpy(dtype=int),
            mean[P].to_numpy(dtype=float),
        )

    @property
    def predicted(self) -> np.ndarray:
        """(n,) class of the largest probability."""
        return self.p.argmax(axis=1)

    def answers(self) -> pd.DataFrame:
        """Every beat's class, the one given and its p: `true, told, p` by record and place."""
        told = self.predicted
        index = pd.MultiIndex.from_arrays([self.record, self.place], names=["record", "place"])
        columns = {"true": self.true, "told": told, "p": self.p[np.arange(len(told)), told]}
        return pd.DataFrame(columns, index=index)

    def confusions(self) -> Confusions:
        """The counts patient by patient, as those of one replica."""
        return Confusions.read(self.counted().assign(seed=0))

    def counted(self) -> pd.DataFrame:
        """How many beats of a record and class were given which: `record, true, predicted, count`.

        What does not occur has no row.
        """
        told = {"record": self.record, "true": self.true, "predicted": self.predicted}
        table = pd.DataFrame(told)
        return table.groupby(list(told), as_index=False).size().rename(columns={"size": "count"})

    def without(self, left_out: Collection[int]) -> Ensemble:
        """The same but for the beats of some records."""
        return self.take(~np.isin(self.record, list(left_out)))

    def where(self, other: Ensemble) -> Ensemble:
        """The beats that the other ensemble was asked about too."""
        return self.take(np.isin(_names(self), _names(other)))

    def take(self, chosen: np.ndarray) -> Ensemble:
        """The beats at an index or a mask."""
        return Ensemble(self.record[chosen], self.place[chosen], self.true[chosen], self.p[chosen])


def unweighted(p: np.ndarray, weights: Collection[float]) -> np.ndarray:
    """Probabilities as they would be had no class counted more than another in training.

    A net trained with loss weights w aims at p_k ∝ w_k P(k | x); dividing by w_k undoes it
    (Elkan 2001, "The foundations of cost-sensitive learning", theorem 2).

    Args:
        p: (n, classes), of the weighted net.
        weights: one a class.
    """
    odds = p / np.asarray(list(weights), dtype=float)
    return odds / odds.sum(axis=1, keepdims=True)


def reliability(ensemble: Ensemble, p: np.ndarray, label: int, edges: np.ndarray) -> np.ndarray:
    """What a reliability diagram of one class is made of, patient by patient.

    Args:
        ensemble: the beats.
        p: (n,) probability of the class given to each.
        label: the class, by number.
        edges: (bins + 1,) of the bins in p.

    Returns:
        `(records, bins, 3)`: beats in each bin, the sum of their p, and how many are of the class.
    """
    records, row = np.unique(ensemble.record, return_inverse=True)
    column = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    made = np.zeros((len(records), len(edges) - 1, 3))
    np.add.at(made, (row, column), np.stack([np.ones_like(p), p, ensemble.true == label], axis=-1))
    return made


def calibration(
    ensemble: Ensemble,
    p: np.ndarray,
    label: int,
    *,
    bins: int = 10,
    few: int = 20,
    draws: int = 499,
) -> tuple[np.ndarray, list[Estimate]]:
    """Mean probability and observed share of one class, in bins of equal width.

    Args:
        ensemble: the beats.
        p: (n,) probability of the class given to each.
        label: the class, by number.
        bins: between 0 and 1.
        few: bins with fewer beats, or with beats of one patient alone, are left out.
        draws: of the bootstrap over patients.

    Returns:
        (left,) the bins' mean probabilities, and the share in each that is of the class.
    """
    said, found = [], []
    for beats in reliability(ensemble, p, label, np.linspace(0, 1, bins + 1)).swapaxes(0, 1):
        if (beats[:, 0] > 0).sum() < 2 or beats[:, 0].sum() < few:
            continue
        said.append(beats[:, 1].sum() / beats[:, 0].sum())
        found.append(over_patients(_observed, beats, span=(0.0, 1.0), draws=draws))
    return np.array(said), found


def _observed(total: np.ndarray) -> np.ndarray:
    """Share of a bin's beats that are of the class, (…, 3) -> (…)."""
    found: np.ndarray = total[..., 2] / np.maximum(total[..., 0], 1)
    return found


def _names(ensemble: Ensemble) -> np.ndarray:
    """A number of its own for each beat of the database."""
    return ensemble.record * 1_000_000 + ensemble.place
