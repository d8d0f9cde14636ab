"""Many claims, one catalogue: Holm's correction of their p-values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.verdict import SPANISH, Ruling, Verdict

LEVEL = 0.05


def holm(p: ArrayLike) -> np.ndarray:
    """Holm's adjusted p-values: reject those at most α and err anywhere with probability ≤ α.

    Holm 1979, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal
    of Statistics 6. Holds whatever the dependence between the tests.

    Args:
        p: p-values, `(m,)`.

    Returns:
        Adjusted p-values in the same order, `(m,)`.
    """
    raw = np.asarray(p, dtype=float)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate((raw.size - np.arange(raw.size)) * raw[order])
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def settle(verdicts: Mapping[str, Verdict], level: float = LEVEL) -> dict[str, Verdict]:
    """Correct the verdicts of a catalogue for their number.

    A ruling whose adjusted p-value exceeds the level becomes inconclusive. Claims that are
    inconclusive already stay in the family with p = 1: they were asked too.

    Args:
        verdicts: by claim name, the whole catalogue.
        level: probability of one or more wrong rulings that is put up with.
    """
    adjusted = holm([verdict.p for verdict in verdicts.values()])
    return {
        name: _settled(verdict, float(p), len(verdicts), level)
        for (name, verdict), p in zip(verdicts.items(), adjusted, strict=True)
    }


def _settled(verdict: Verdict, p: float, size: int, level: float) -> Verdict:
    if p <= level or verdict.ruling is Ruling.INCONCLUSIVE:
        return replace(verdict, p_adjusted=p)
    spanish = SPANISH[verdict.ruling]
    return replace(
        verdict,
        ruling=Ruling.INCONCLUSIVE,
        p_adjusted=p,
        reason={
            "es": f"por sí sola quedaría {spanish} ({verdict.reason['es']}), pero no entre "
            f"{size} afirmaciones: p = {verdict.p:.2g}, corregido por Holm {p:.2g} > {level:g}",
            "en": f"alone it would be {verdict.ruling} ({verdict.reason['en']}), but not among "
            f"{size} claims: p = {verdict.p:.2g}, by Holm {p:.2g} > {level:g}",
        },
    )
