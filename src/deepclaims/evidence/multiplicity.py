"""Many claims, one catalogue, and many attempts at one claim: what a p-value must then meet.

Holm's correction is for the number of claims. An attempt at a claim may use its share of the level
only (`ledger.share`), so its p-value is divided by that share first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.ledger import share
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


def settle(
    verdicts: Mapping[str, Verdict],
    attempts: Mapping[str, int] | None = None,
    level: float = LEVEL,
) -> dict[str, Verdict]:
    """Correct the verdicts of a catalogue for their number, and each for its attempts.

    A ruling whose adjusted p-value exceeds the level becomes inconclusive. Claims that are
    inconclusive already stay in the family with p = 1: they were asked too.

    Args:
        verdicts: by claim name, the whole catalogue.
        attempts: the number of the attempt that each verdict comes from, where it is not the first.
        level: probability of one or more wrong rulings that is put up with.
    """
    number = {name: (attempts or {}).get(name, 1) for name in verdicts}
    paid = [min(1.0, each.p / share(number[name])) for name, each in verdicts.items()]
    return {
        name: _settled(verdict, float(p), len(verdicts), number[name], level)
        for (name, verdict), p in zip(verdicts.items(), holm(paid), strict=True)
    }


def _settled(verdict: Verdict, p: float, size: int, attempt: int, level: float) -> Verdict:
    if p <= level or verdict.ruling is Ruling.INCONCLUSIVE:
        return replace(verdict, p_adjusted=p)
    spanish = SPANISH[verdict.ruling]
    return replace(
        verdict,
        ruling=Ruling.INCONCLUSIVE,
        p_adjusted=p,
        reason={
            "es": f"por sí sola quedaría {spanish} ({verdict.reason['es']}), pero no entre "
            f"{size} afirmaciones y en el intento {attempt}: p = {verdict.p:.2g}, corregido "
            f"{p:.2g} > {level:g}",
            "en": f"alone it would be {verdict.ruling} ({verdict.reason['en']}), but not among "
            f"{size} claims and at attempt {attempt}: p = {verdict.p:.2g}, corrected {p:.2g} > "
            f"{level:g}",
        },
    )
