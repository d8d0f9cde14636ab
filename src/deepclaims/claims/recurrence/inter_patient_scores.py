"""Scores of an ensemble on patients it never saw, with intervals over patients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepclaims.claims.recurrence.beat_ensemble import EVERY_PIECE, ODD_PIECES, Ensemble
from deepclaims.claims.recurrence.class_scores import CLASSES, HEADLINE, Confusions, macro_f1
from deepclaims.claims.results import Results
from deepclaims.errors import ClaimError
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.resampling import DRAWS, bootstrap

Score = Callable[[np.ndarray], np.ndarray]
"""Of confusion counts (…, 4, 4), one number a class, (…, 4)."""

DOMINANT = 232
"""The patient of DS2 who has three of four of its S beats."""
TWICE = 202
"""The patient of DS2 who is in DS1 too, as 201."""

DE_CHAZAL = {"N": (0.869, 0.992), "S": (0.759, 0.385), "V": (0.777, 0.819)}
"""Se and +P on DS2 (de Chazal, O'Dwyer & Reilly 2004)."""
NIU = {"S": 0.766, "V": 0.897}
"""F1 on DS2 (Niu et al. 2019)."""


def ensemble(results: Results, part: str, arm: str | None = None) -> Ensemble:
    """The ensemble of a part's replicas (of one arm): every fold's own, side by side."""
    table = results.tables["probabilities"]
    chosen = table["part"] == part
    if arm is not None:
        chosen &= table["arm"] == arm
    pieces = ODD_PIECES if part == "intra" else EVERY_PIECE
    return Ensemble.read(table[chosen], pieces)


def single_nets(results: Results, part: str) -> Confusions:
    """The counts of each seed's net alone."""
    table = results.tables["confusion"]
    return Confusions.read(table[table["part"] == part])


def scored(beats: Confusions, score: Score, label: str, draws: int | None = None) -> Estimate:
    """A score of one class over the beats of all patients, bootstrapped over patients."""
    k = CLASSES.index(label)
    return bootstrap(
        lambda counts: float(score(counts.sum(axis=0))[k]), beats.counts[0], draws=draws or DRAWS
    )


def macro(beats: Confusions, draws: int | None = None) -> Estimate:
    """Mean F1 over N, S and V, bootstrapped over patients."""
    return bootstrap(lambda counts: _macro(counts), beats.counts[0], draws=draws or DRAWS)


def macro_gain(first: Confusions, second: Confusions) -> Estimate:
    """Macro-F1 of `first` minus that of `second`, bootstrapped over patients they share.

    Raises:
        ClaimError: when they are not of the same patients.
    """
    if first.records != second.records:
        raise ClaimError("ecg-inter-patient: two ensembles were asked about different patients")

    def difference(a: np.ndarray, b: np.ndarray) -> float:
        return _macro(a) - _macro(b)

    return bootstrap(difference, first.counts[0], second.counts[0])


def _macro(counts: np.ndarray) -> float:
    return float(macro_f1(counts[None], HEADLINE)[0])
