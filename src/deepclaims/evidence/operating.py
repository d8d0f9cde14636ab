"""What a check of a claim can do under the rules as they are: wrong rulings, and power.

The level is that of the catalogue: a check of the k-th attempt at a claim has to survive Holm's
correction over all sentences that have a p-value to correct, at its attempt's share of α. The first
step of that correction is the hardest, and it is the one asked of here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Self

from deepclaims.evidence.check import Finding, Role

ENOUGH = 0.8
"""A check with less power at the smallest relevant effect is marked."""


@dataclass(frozen=True)
class Operating:
    """How a check comes out in repeated experiments with the spread that was measured.

    Args:
        relevant: the smallest effect that is of any relevance, as registered.
        power: chance that it holds, corrected, with the truth there.
        false_support: chance that it holds with the truth on its bound.
        false_refutation: chance that it fails with the truth on its bound.
        attempt: the number of the attempt that it is corrected for.
        family: how many sentences it is corrected for.
    """

    relevant: float
    power: float
    false_support: float
    false_refutation: float
    attempt: int
    family: int

    @classmethod
    def of(cls, found: Finding, attempt: int, family: int) -> Self | None:
        """The operating characteristics of a claim's check; none where nothing is at stake.

        That is where it registers no smallest relevant effect, has no sampling error, or follows a
        law whose spread says nothing of another truth: values of which most are tied at an end, or
        a distance between laws, but for that of the very law (none).

        Args:
            found: the check with what was measured.
            attempt: number of the attempt.
            family: how many sentences are corrected for.
        """
        check, estimate = found.check, found.estimate
        if check.role is not Role.CLAIM or check.relevant is None or estimate.low == estimate.high:
            return None
        from deepclaims.evidence.power import (  # scipy.stats takes a second
            characteristics,
            level_to_survive,
        )

        level = level_to_survive(family, attempt, estimate.family)
        try:
            at = characteristics(estimate, check.relation, check.bound, check.relevant, level=level)
        except (ValueError, ZeroDivisionError):
            return None
        if not isfinite(at.power):  # seeds that agree but for rounding
            return None
        chances = (at.power, at.false_support, at.false_refutation)
        power, support, refutation = (min(each, 1.0) for each in chances)  # sums of rounded terms
        return cls(check.relevant, power, support, refutation, attempt, family)

    def to_dict(self) -> dict[str, Any]:
        """It as plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote."""
        return cls(**written)
