"""Many sentences, one catalogue, and many attempts at one claim: what a p-value must then meet.

Holm's correction is for the number of sentences. An attempt at a claim may use its share of the
level only (`ledger.share`), so its p-value is divided by that share first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.ledger import share
from deepclaims.evidence.sentence import SPANISH, Ruled, Ruling
from deepclaims.evidence.verdict import Verdict

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
    family: int | None = None,
    level: float = LEVEL,
) -> dict[str, Verdict]:
    """Correct the verdicts of a catalogue for the number of its sentences, and for attempts.

    A ruling on a sentence whose adjusted p-value exceeds the level becomes inconclusive. Sentences
    that are inconclusive already, or not measured, stay in the family with p = 1: they were asked.

    Args:
        verdicts: by claim name.
        attempts: the number of the attempt that each verdict comes from, where it is not the first.
        family: how many sentences are registered, measured or not; as many as judged if none.
        level: probability of one or more wrong rulings that is put up with.
    """
    number = {name: (attempts or {}).get(name, 1) for name in verdicts}
    asked = [(name, each) for name, verdict in verdicts.items() for each in verdict.sentences]
    size = max(len(asked), family or 0)
    paid = [min(1.0, each.p / share(number[name])) for name, each in asked]
    adjusted = holm([*paid, *[1.0] * (size - len(asked))])
    settled: dict[str, list[Ruled]] = {name: [] for name in verdicts}
    for (name, each), p in zip(asked, adjusted, strict=False):
        settled[name].append(_settled(each, float(p), size, number[name], level))
    return {
        name: replace(verdict, sentences=tuple(settled[name])) for name, verdict in verdicts.items()
    }


def at_stake(verdicts: Iterable[Verdict]) -> int:
    """How many sentences have a p-value that a correction can touch: not exact ones, p = 0."""
    return sum(each.p > 0 for verdict in verdicts for each in verdict.sentences)


def _settled(ruled: Ruled, p: float, size: int, attempt: int, level: float) -> Ruled:
    if p <= level or ruled.ruling is Ruling.INCONCLUSIVE:
        return replace(ruled, p_adjusted=p)
    spanish, own = SPANISH[ruled.ruling], ruled.reason
    numbers = {"en": f"p = {_digits(ruled.p)}, corrected {_digits(p)} > {level:g}"}
    numbers["es"] = numbers["en"].replace(".", ",").replace("corrected", "corregido")
    return replace(
        ruled,
        p_adjusted=p,
        overruled={
            "es": f"por sí sola quedaría {spanish} ({own['es']}), pero no entre "
            f"{size} oraciones y en el intento {attempt}: {numbers['es']}",
            "en": f"alone it would be {ruled.ruling} ({own['en']}), but not among "
            f"{size} sentences and at attempt {attempt}: {numbers['en']}",
        },
    )


def _digits(p: float) -> str:
    """Two digits, without an exponent: 0.000055."""
    return np.format_float_positional(p, precision=2, fractional=False, trim="-")
