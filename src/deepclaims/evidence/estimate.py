"""A measured quantity with its uncertainty, and how it stands to a bound.

One-sided p-values and intervals agree: at level 95 % the whole interval is above a bound exactly
when the p-value of "above" is at most 0.025. `within` is an equivalence test (two one-sided
tests, Schuirmann 1987); `outside` takes the better side and pays for the choice with a factor 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from deepclaims.evidence import law as laws
from deepclaims.evidence.law import Exact, Given, Law, Student, Unknown

Bound = float | Sequence[float]


class Relation(StrEnum):
    """How a quantity is asked to stand to its bound.

    `above` and `below` are strict; `within` includes its ends and `outside` excludes them.
    """

    ABOVE = "above"
    BELOW = "below"
    WITHIN = "within"
    OUTSIDE = "outside"

    @property
    def opposite(self) -> Relation:
        """The relation that holds where this one fails."""
        return _OPPOSITE[self]


_OPPOSITE = {
    Relation.ABOVE: Relation.BELOW,
    Relation.BELOW: Relation.ABOVE,
    Relation.WITHIN: Relation.OUTSIDE,
    Relation.OUTSIDE: Relation.WITHIN,
}


@dataclass(frozen=True)
class Estimate:
    """A value with its confidence interval, and the law the interval came from.

    Args:
        value: the point estimate; NaN where there is none.
        low: lower end of the interval; -inf where it is open.
        high: upper end of the interval; inf where it is open.
        n: independent units behind it (seeds, patients, trajectories).
        method: how the interval was made, in a few words.
        level: confidence of this interval; above 0.95 for a member of a corrected family.
        family: by how many comparisons p-values are multiplied (Bonferroni).
        law: the sampling law; the interval is read as a normal one when there is none.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95
    family: int = 1
    law: Law | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.value) or math.isnan(self.low) or math.isnan(self.high):
            object.__setattr__(self, "low", -math.inf)
            object.__setattr__(self, "high", math.inf)
            object.__setattr__(self, "law", Unknown())
        elif self.low > self.high:
            raise ValueError(f"interval ends the wrong way round: {self.low} > {self.high}")

    @classmethod
    def of(cls, value: float, law: Law, n: int, method: str, level: float = 0.95) -> Estimate:
        """An estimate with the interval its law gives."""
        low, high = law.interval(value, level)
        return cls(float(value), float(low), float(high), int(n), method, level, 1, law)

    @property
    def _law(self) -> Law:
        return self.law or Given(self.low, self.high, self.level)

    @property
    def se(self) -> float:
        """Standard error; that of a normal law with this interval where the law names none."""
        if isinstance(self._law, Student) and not self._law.log:
            return self._law.se
        from scipy import special

        return (self.high - self.low) / (2 * float(special.ndtri(0.5 + self.level / 2)))

    def at(self, level: float, family: int = 1) -> Estimate:
        """The same estimate at another level, as one of `family` comparisons."""
        low, high = self._law.interval(self.value, level)
        return replace(
            self, low=float(low), high=float(high), level=level, family=family, law=self._law
        )

    def satisfies(self, relation: str, bound: Bound) -> bool | None:
        """Whether the relation holds: the whole interval says yes, says no, or None: open."""
        asked = Relation(relation)
        if asked is Relation.OUTSIDE:
            inside = _stands(self.low, self.high, Relation.WITHIN, bound)
            return None if inside is None else not inside
        return _stands(self.low, self.high, asked, bound)

    def p_value(self, relation: str, bound: Bound) -> float:
        """The p-value in favour of the relation: small where the data speak for it.

        Args:
            relation: above, below, within or outside.
            bound: a number, or `[low, high]` for within and outside.
        """
        asked = Relation(relation)
        law, value = self._law, self.value
        if asked is Relation.ABOVE:
            p = law.p_above(value, number(bound))
        elif asked is Relation.BELOW:
            p = law.p_below(value, number(bound))
        else:
            low, high = ends(bound)
            if isinstance(law, Exact):
                p = float((low <= value <= high) is not (asked is Relation.WITHIN))
            elif asked is Relation.WITHIN:
                p = max(law.p_above(value, low), law.p_below(value, high))
            else:
                p = 2 * min(law.p_below(value, low), law.p_above(value, high))
        return min(1.0, self.family * p)

    def p_against(self, relation: str, bound: Bound) -> float:
        """The p-value in favour of the relation's failing: that of its opposite."""
        if isinstance(self._law, Exact):  # a value on the bound fails a strict relation for sure
            return 0.0 if self.satisfies(relation, bound) is False else 1.0
        return self.p_value(Relation(relation).opposite, bound)

    def to_dict(self) -> dict[str, Any]:
        """The estimate as plain data that JSON can hold; infinities and NaN as words."""
        return {
            "value": _word(self.value),
            "low": _word(self.low),
            "high": _word(self.high),
            "n": self.n,
            "method": self.method,
            "level": self.level,
            "family": self.family,
            "law": _words(laws.to_dict(self._law)),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Estimate:
        """The estimate that `to_dict` wrote."""
        return cls(
            value=float(data["value"]),
            low=float(data["low"]),
            high=float(data["high"]),
            n=int(data["n"]),
            method=str(data["method"]),
            level=float(data["level"]),
            family=int(data["family"]),
            law=laws.from_dict(_numbers(data["law"])),
        )


def exact(value: float, n: int = 1) -> Estimate:
    """A quantity without sampling error: arithmetic, an identity, a deterministic count."""
    return Estimate.of(float(value), Exact(), n, "exact")


def undecided(method: str, n: int = 0, value: float = math.nan) -> Estimate:
    """An estimate that decides nothing: too few units, or NaN among them."""
    return Estimate.of(value, Unknown(), n, method)


def number(bound: Bound) -> float:
    """The bound of above and below.

    Raises:
        ValueError: when it is a pair.
    """
    if isinstance(bound, Sequence):
        raise ValueError(f"above and below take one number, not {bound}")
    return float(bound)


def ends(bound: Bound) -> tuple[float, float]:
    """The two ends of the bound of within and outside.

    Raises:
        ValueError: when it is not an ascending pair.
    """
    if not isinstance(bound, Sequence) or len(bound) != 2 or not bound[0] <= bound[1]:
        raise ValueError(f"within and outside take [low, high], not {bound}")
    return float(bound[0]), float(bound[1])


def _stands(low: float, high: float, relation: Relation, bound: Bound) -> bool | None:
    if relation is Relation.WITHIN:
        first, last = ends(bound)
        holds, fails = first <= low and high <= last, high < first or last < low
    elif relation is Relation.ABOVE:
        holds, fails = low > number(bound), high <= number(bound)
    else:
        holds, fails = high < number(bound), low >= number(bound)
    return True if holds else False if fails else None


def _word(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_word(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _words(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _word(value) for key, value in data.items()}


def _numbers(data: dict[str, Any]) -> dict[str, Any]:
    words = ("inf", "-inf", "nan")
    return {
        key: float(value) if isinstance(value, str) and value in words else value
        for key, value in data.items()
    }
