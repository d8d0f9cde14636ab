"""The operating point: how much the probability of a class counts before the largest one wins.

Chosen by cross-validation over the patients that are trained on, by a rule that stands beforehand;
nothing of those tested on enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from deepclaims.evidence.beat_ensemble import Ensemble, unweighted
from deepclaims.evidence.class_scores import CLASSES, positive_predictivity, sensitivity

TARGETS = {"S": 0.80, "V": 0.95}
"""Sensitivities that the point must have in the cross-validation."""

Factors = Mapping[str, float]
"""What the probability of a class is multiplied by; of a class left out, by 1."""


def at(net: Ensemble, factors: Factors) -> Ensemble:
    """The same ensemble at an operating point."""
    weights = [1.0 / factors.get(label, 1.0) for label in CLASSES]
    return replace(net, p=unweighted(net.p, weights))


def tried(net: Ensemble, times_s: Sequence[float], times_v: Sequence[float]) -> pd.DataFrame:
    """What every pair of factors gives.

    Args:
        net: the answers of the cross-validation.
        times_s: factors of S.
        times_v: factors of V.

    Returns:
        A row a pair: `times_S, times_V`, and `Se_S, Se_V, P_S, P_V`.
    """
    rows = []
    for s in times_s:
        for v in times_v:
            told = at(net, {"S": s, "V": v}).predicted
            counts = np.zeros((len(CLASSES), len(CLASSES)))
            np.add.at(counts, (net.true, told), 1)
            row = {"times_S": float(s), "times_V": float(v)}
            for label in TARGETS:
                k = CLASSES.index(label)
                row[f"Se_{label}"] = float(sensitivity(counts)[k])
                row[f"P_{label}"] = float(positive_predictivity(counts)[k])
            rows.append(row)
    return pd.DataFrame(rows)


def chosen(table: pd.DataFrame) -> dict[str, float]:
    """The factors with the largest sum of positive predictivities among those on target.

    Where none is on target, those that come closest: whose worse share of its target is largest.

    Args:
        table: what `tried` made.
    """
    shares = np.stack([table[f"Se_{label}"] / target for label, target in TARGETS.items()])
    worst = shares.min(axis=0)
    gained = np.where(worst >= 1, table["P_S"] + table["P_V"], -np.inf)
    row = table.iloc[int(np.argmax(gained if np.isfinite(gained).any() else worst))]
    return {label: float(row[f"times_{label}"]) for label in TARGETS}
