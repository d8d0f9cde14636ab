"""Sampling laws: what turns an estimate into intervals at any level and into p-values.

Interval and p-value of one law always agree: the interval at level 1 − 2a lies above a bound
exactly when the one-sided p-value of "above" is at most a.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from deepclaims.evidence.bootstrap_law import Studentised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike


class Law(Protocol):
    """The sampling law of an estimate."""

    kind: ClassVar[str]

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """The equal-tailed interval of the quantity at a confidence level."""
        ...

    def p_above(self, value: float, bound: float) -> float:
        """One-sided p-value in favour of "the quantity is above the bound"."""
        ...

    def p_below(self, value: float, bound: float) -> float:
        """One-sided p-value in favour of "the quantity is below the bound"."""
        ...


@dataclass(frozen=True)
class Exact:
    """No sampling error: arithmetic, identities, deterministic counts."""

    kind: ClassVar[str] = "exact"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """The value itself, twice."""
        return value, value

    def p_above(self, value: float, bound: float) -> float:
        """0 or 1."""
        return 0.0 if value > bound else 1.0

    def p_below(self, value: float, bound: float) -> float:
        """0 or 1."""
        return 0.0 if value < bound else 1.0


@dataclass(frozen=True)
class Unknown:
    """Nothing can be said: NaN, or fewer than two units."""

    kind: ClassVar[str] = "unknown"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """The whole line."""
        return -math.inf, math.inf

    def p_above(self, value: float, bound: float) -> float:
        """Always 1."""
        return 1.0

    def p_below(self, value: float, bound: float) -> float:
        """Always 1."""
        return 1.0


@dataclass(frozen=True)
class Student:
    """A t law about the value, or about its logarithm.

    Args:
        se: standard error (of the logarithm where `log`).
        df: degrees of freedom; infinite for the normal law.
        log: the quantity is positive and its logarithm is what is t distributed.
    """

    se: float
    df: float
    log: bool = False
    kind: ClassVar[str] = "student"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """`value ± t·se`, or `value · exp(± t·se)`."""
        from scipy import special

        half = float(special.stdtrit(self.df, 0.5 + level / 2)) * self.se
        if self.log:
            return value * math.exp(-half), value * math.exp(half)
        return value - half, value + half

    def p_above(self, value: float, bound: float) -> float:
        """Upper tail of t at the standardised distance from the bound."""
        return self._tail(self._distance(value, bound))

    def p_below(self, value: float, bound: float) -> float:
        """Lower tail of t at the standardised distance from the bound."""
        return self._tail(-self._distance(value, bound))

    def _distance(self, value: float, bound: float) -> float:
        if self.log:
            return math.log(value) - math.log(bound) if bound > 0 else math.inf
        return value - bound

    def _tail(self, distance: float) -> float:
        from scipy import special

        if self.se == 0:
            return 0.0 if distance > 0 else 1.0
        return float(special.stdtr(self.df, -distance / self.se))


@dataclass(frozen=True)
class Binomial:
    """A proportion k/n with its exact (Clopper–Pearson) law."""

    k: int
    n: int
    kind: ClassVar[str] = "binomial"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """Clopper and Pearson's interval."""
        from scipy import special

        k, n, tail = self.k, self.n, (1 - level) / 2
        low = special.betaincinv(k, n - k + 1, tail) if k > 0 else 0.0
        high = special.betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
        return float(low), float(high)

    def p_above(self, value: float, bound: float) -> float:
        """P(K ≥ k) were the proportion at the bound."""
        from scipy import special  # not scipy.stats, which takes a second to import

        if not 0 <= bound <= 1:
            return float(bound > 1)
        return float(special.bdtrc(self.k - 1, self.n, bound)) if self.k > 0 else 1.0

    def p_below(self, value: float, bound: float) -> float:
        """P(K ≤ k) were the proportion at the bound."""
        from scipy import special

        if not 0 <= bound <= 1:
            return float(bound < 0)
        return float(special.bdtr(self.k, self.n, bound))


@dataclass(frozen=True)
class Unanimous:
    """The mean of a bounded number of each unit, where all n units have the same.

    That none of n differs leaves room for a share q of units that do, (1 − q)ⁿ being the chance of
    missing them; were those at an end of the range, the mean would be that much off. Exact for
    means, and with range (0, 1) and value 1 Clopper and Pearson's law of n successes of n. For
    scores of pooled counts it supposes that units which differ weigh no more than the others.

    Args:
        n: units.
        low: the least that a unit can have.
        high: the most that a unit can have.
    """

    n: int
    low: float
    high: float
    kind: ClassVar[str] = "unanimous"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """The value, moved towards either end by the share of units that may differ."""
        share = -math.expm1(math.log((1 - level) / 2) / self.n)
        return value - share * (value - self.low), value + share * (self.high - value)

    def p_above(self, value: float, bound: float) -> float:
        """Chance that no unit differs were the mean at the bound, the others at the low end."""
        return self._tail(value - self.low, bound - self.low)

    def p_below(self, value: float, bound: float) -> float:
        """Chance that no unit differs were the mean at the bound, the others at the high end."""
        return self._tail(self.high - value, self.high - bound)

    def _tail(self, room: float, asked: float) -> float:
        if asked >= room:
            return 1.0
        return (asked / room) ** self.n if asked > 0 else 0.0


@dataclass(frozen=True)
class Ranks:
    """The median of the law that a sample came from, by the sign test.

    So many of n fall below the median as heads in n tosses, whatever the law; the interval ends on
    order statistics (Thompson 1936, *On confidence ranges for the median*, Annals of Mathematical
    Statistics 7). Where values are tied it errs on the wide side.

    Args:
        values: in ascending order.
    """

    values: tuple[float, ...]
    kind: ClassVar[str] = "ranks"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """Order statistics; the whole line where values are too few for the level."""
        n = len(self.values)
        below = [each for each in range(n) if self._heads(each) <= (1 - level) / 2 + 1e-12]
        if not below:
            return -math.inf, math.inf
        return self.values[below[-1]], self.values[n - 1 - below[-1]]

    def p_above(self, value: float, bound: float) -> float:
        """P(so many values are at or under the bound, or fewer) were the median there."""
        return self._heads(sum(each <= bound for each in self.values))

    def p_below(self, value: float, bound: float) -> float:
        """P(so many values are at or over the bound, or fewer) were the median there."""
        return self._heads(sum(each >= bound for each in self.values))

    def _heads(self, most: int) -> float:
        from scipy import special

        return float(special.bdtr(most, len(self.values), 0.5))


@dataclass(frozen=True)
class Newcombe:
    """A difference of independent proportions k1/n1 − k2/n2.

    Newcombe 1998, *Interval estimation for the difference between independent proportions*,
    Statistics in Medicine 17, method 10: Wilson's intervals of both, combined.
    """

    k1: int
    n1: int
    k2: int
    n2: int
    kind: ClassVar[str] = "newcombe"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """Newcombe's hybrid score interval."""
        low1, high1 = wilson(self.k1, self.n1, level)
        low2, high2 = wilson(self.k2, self.n2, level)
        p1, p2 = self.k1 / self.n1, self.k2 / self.n2
        return (
            float(value - math.hypot(p1 - low1, high2 - p2)),
            float(value + math.hypot(high1 - p1, p2 - low2)),
        )

    def p_above(self, value: float, bound: float) -> float:
        """The tail at which the lower limit reaches the bound."""
        return self._tail(value, bound) if bound < value else 1 - self._tail(value, bound)

    def p_below(self, value: float, bound: float) -> float:
        """The tail at which the upper limit reaches the bound."""
        return 1 - self.p_above(value, bound)

    def _tail(self, value: float, bound: float) -> float:
        from scipy.optimize import brentq

        side = 0 if bound < value else 1

        def gap(tail: float) -> float:
            return self.interval(value, 1 - 2 * tail)[side] - bound

        smallest, largest = 1e-12, 0.5 - 1e-12
        if (
            gap(smallest) * gap(largest) >= 0
        ):  # the bound is beyond the widest interval, or at p1-p2
            return 0.5 if bound == value else smallest
        return float(brentq(gap, smallest, largest, xtol=1e-13))


def wilson(k: ArrayLike, n: int, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of a proportion, for one or many numbers `k` of successes in `n` trials."""
    import numpy as np
    from scipy import special

    k, z = np.asarray(k), float(special.ndtri(0.5 + level / 2))
    centre, half = k + z * z / 2, z * np.sqrt(k * (n - k) / n + z * z / 4)
    low, high = (centre - half) / (n + z * z), (centre + half) / (n + z * z)
    return np.where(k > 0, low, 0.0), np.where(k < n, high, 1.0)


@dataclass(frozen=True)
class Given:
    """An interval that came without its law: read as normal on either side of the value."""

    low: float
    high: float
    level: float
    kind: ClassVar[str] = "given"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """Either half stretched as a normal law would be."""
        from scipy import special

        stretch = float(special.ndtri(0.5 + level / 2) / special.ndtri(0.5 + self.level / 2))
        return value - (value - self.low) * stretch, value + (self.high - value) * stretch

    def p_above(self, value: float, bound: float) -> float:
        """Normal tail, with the standard error of the side on which the bound lies."""
        return self._tail(value, bound, value - bound)

    def p_below(self, value: float, bound: float) -> float:
        """Normal tail, with the standard error of the side on which the bound lies."""
        return self._tail(value, bound, bound - value)

    def _tail(self, value: float, bound: float, distance: float) -> float:
        from scipy import special

        half = value - self.low if bound < value else self.high - value
        if half == 0:
            return 0.0 if distance > 0 else 1.0
        return float(special.ndtr(-distance / half * special.ndtri(0.5 + self.level / 2)))


@dataclass(frozen=True)
class Kolmogorov:
    """A sample's Kolmogorov distance from a law, with the inequality that bounds its error.

    The distance d of the law that was sampled differs from that of n samples by at most the
    distance between the two, which exceeds e with probability 2 exp(−2ne²) at most (Dvoretzky,
    Kiefer & Wolfowitz 1956 with the constant of Massart 1990, *The tight constant in the
    Dvoretzky–Kiefer–Wolfowitz inequality*, Annals of Probability 18). Holds for every law and n.

    Args:
        n: independent samples.
    """

    n: int
    kind: ClassVar[str] = "kolmogorov"

    def reach(self, tail: float) -> float:
        """What the error exceeds with probability `tail` at most."""
        return math.sqrt(math.log(2 / tail) / (2 * self.n))

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """The distance give or take `reach`, within [0, 1]."""
        reach = self.reach((1 - level) / 2)
        return max(value - reach, 0.0), min(value + reach, 1.0)

    def p_above(self, value: float, bound: float) -> float:
        """Massart's bound on so large a distance were the true one at the bound."""
        return 0.0 if bound < 0 else self._tail(value - bound)

    def p_below(self, value: float, bound: float) -> float:
        """Massart's bound on so small a distance were the true one at the bound."""
        return 0.0 if bound > 1 else self._tail(bound - value)

    def _tail(self, distance: float) -> float:
        return min(1.0, 2 * math.exp(-2 * self.n * distance**2)) if distance > 0 else 1.0


LAWS: dict[str, type] = {
    law.kind: law
    for law in (
        Exact,
        Unknown,
        Student,
        Binomial,
        Unanimous,
        Ranks,
        Newcombe,
        Kolmogorov,
        Studentised,
        Given,
    )
}


def to_dict(law: Any) -> dict[str, Any]:
    """A law as plain data, its kind named."""
    return {"kind": law.kind, **{each.name: getattr(law, each.name) for each in fields(law)}}


def from_dict(data: dict[str, Any]) -> Law | None:
    """The law that `to_dict` wrote; None for a kind that an earlier version made."""
    if data["kind"] not in LAWS:
        return None
    rest = {key: value for key, value in data.items() if key != "kind"}
    for key in {"draws", "values"} & rest.keys():
        rest[key] = tuple(float(each) for each in rest[key])
    if "df" in rest:
        rest["df"] = float(rest["df"])
    law: Law = LAWS[data["kind"]](**rest)
    return law
