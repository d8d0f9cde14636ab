"""How often a check holds and fails were the truth another: a law's spread, moved to that truth.

An estimate that was measured (in a pilot, or the last time) gives the spread; the truth is supposed
and the check's outcome computed: in closed form for Student's and binomial laws and for medians,
from the draws for the bootstrap. What a law supposes is supposed here too: that Student's t holds
at the bound what it promises is exact for normal units alone. How often intervals of patients err
when their law is another is simulated in `benchmarks/coverage.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import integrate, special, stats

from deepclaims.evidence.bootstrap_law import Studentised
from deepclaims.evidence.estimate import Bound, Estimate, Relation, ends, number
from deepclaims.evidence.law import (
    Binomial,
    Exact,
    Given,
    Kolmogorov,
    Newcombe,
    Ranks,
    Student,
    Unknown,
    wilson,
)

TIED = 1e-9
"""Relative difference up to which a moved value is on a bound: moving rounds."""
MANY = 100_000
"""Samples from which on Kolmogorov's limit is within 1 % of the exact tail, a long sum."""


@dataclass(frozen=True)
class Chances:
    """How a check comes out in repeated experiments; it is left open in the rest of them.

    Args:
        holds: share of experiments in which it holds.
        fails: share in which it fails.
    """

    holds: float
    fails: float


def chances(
    estimate: Estimate,
    relation: str,
    bound: Bound,
    truth: float,
    n: int | None = None,
    level: float = 0.95,
) -> Chances:
    """How often a check holds and fails were the quantity `truth`.

    Args:
        estimate: gives the law and the spread.
        relation: above, below, within or outside.
        bound: a number, or `[low, high]` for within and outside.
        truth: the quantity's supposed value.
        n: units of the experiment; those of the estimate where left out. Standard errors shrink
            with its root.
        level: confidence of the interval.

    Raises:
        ValueError: for a law without a known spread, or a relation and bound that do not fit.
    """
    asked, units = Relation(relation), n or estimate.n
    if asked is Relation.OUTSIDE:
        inside = chances(estimate, Relation.WITHIN, bound, truth, n, level)
        return Chances(inside.fails, inside.holds)
    law = estimate.law or Given(estimate.low, estimate.high, estimate.level)
    match law:
        case Exact():
            return _of_intervals(np.ones(1), np.array([truth]), np.array([truth]), asked, bound)
        case Unknown():
            return Chances(0.0, 0.0)
        case Binomial():
            return _of_intervals(*_binomial(truth, units, level), asked, bound)
        case Ranks():
            return _ranks(_moved(law, estimate.value, bound, truth), units, asked, bound, level)
        case Kolmogorov() if asked is Relation.BELOW and truth in (0.0, bound):
            return _distance(units, number(bound), truth, level)
        case Newcombe():
            return _of_intervals(*_newcombe(law, truth, units / estimate.n, level), asked, bound)
        case Studentised():
            shrink = math.sqrt(estimate.n / units)
            return _of_intervals(*_studentised(law, truth, shrink, level), asked, bound)
        case Student() if law.log:
            return _student(law, estimate.n, units, asked, _logs(bound), math.log(truth), level)
        case Student():
            return _student(law, estimate.n, units, asked, bound, truth, level)
        case Given():
            normal = Student(estimate.se, math.inf)
            return _student(normal, estimate.n, units, asked, bound, truth, level)
    raise ValueError(f"no operating characteristics are known for a law of kind '{law.kind}'")


def distance_power(n: int, bound: float, level: float = 0.95) -> float:
    """How often n samples of the very law show that they are `below` a Kolmogorov distance.

    From the law of the Kolmogorov–Smirnov statistic, see `_strays`.

    Args:
        n: independent samples.
        bound: of the distance.
        level: confidence of the interval.
    """
    room = bound - Kolmogorov(n).reach((1 - level) / 2)
    return 1 - _strays(n, room) if room > 0 else 0.0


def _logs(bound: Bound) -> Bound:
    if isinstance(bound, Sequence):
        return tuple(math.log(end) for end in ends(bound))
    return math.log(bound)


def _student(
    law: Student,
    measured: int,
    n: int,
    relation: Relation,
    bound: Bound,
    truth: float,
    level: float,
) -> Chances:
    df = law.df if measured < 2 else law.df * (n - 1) / (measured - 1)
    if df <= 0:
        return Chances(0.0, 0.0)
    se = law.se * math.sqrt(measured / n)
    if se == 0:
        return _of_intervals(np.ones(1), np.array([truth]), np.array([truth]), relation, bound)
    t = float(special.stdtrit(df, 0.5 + level / 2))
    match relation:
        case Relation.ABOVE:
            away = (truth - number(bound)) / se
            return Chances(_beyond(t, df, away), _beyond(t, df, -away))
        case Relation.BELOW:
            away = (number(bound) - truth) / se
            return Chances(_beyond(t, df, away), _beyond(t, df, -away))
    low, high = ((end - truth) / se for end in ends(bound))
    outside = _beyond(t, df, low) + _beyond(t, df, -high)
    return Chances(_between(t, df, low, high), outside)


def _beyond(t: float, df: float, away: float) -> float:
    """P(T > t) of the noncentral t law."""
    if math.isinf(df):
        return float(special.ndtr(away - t))
    return float(stats.nct.sf(t, df, away))


def _between(t: float, df: float, low: float, high: float) -> float:
    """Chance that a value and its interval of ± t standard errors lie in [low, high].

    The value is standard normal, its estimated error √(χ²/df) and independent of it: the power of
    two one-sided tests (Owen 1965, *A special case of a bivariate non-central t-distribution*).
    """

    def given(error: float) -> float:
        inside = special.ndtr(high - t * error) - special.ndtr(low + t * error)
        return max(float(inside), 0.0)

    widest = (high - low) / (2 * t)
    if widest <= 0:
        return 0.0
    if math.isinf(df):
        return given(1.0)
    error = stats.chi(df, scale=1 / math.sqrt(df))
    last = min(widest, float(error.isf(1e-12)))
    density: Callable[[float], float] = lambda e: given(e) * float(error.pdf(e))  # noqa: E731
    return float(integrate.quad(density, 0, last, points=[min(1.0, last)], limit=200)[0])


Intervals = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Probabilities of outcomes, and the interval of each."""


def _of_intervals(
    weight: np.ndarray, low: np.ndarray, high: np.ndarray, relation: Relation, bound: Bound
) -> Chances:
    if relation is Relation.WITHIN:
        first, last = ends(bound)
        holds, fails = (first <= low) & (high <= last), (high < first) | (last < low)
    elif relation is Relation.ABOVE:
        holds, fails = low > number(bound), high <= number(bound)
    else:
        holds, fails = high < number(bound), low >= number(bound)
    return Chances(float(weight[holds].sum()), float(weight[fails].sum()))


def _binomial(truth: float, n: int, level: float) -> Intervals:
    k = np.arange(n + 1)
    tail = (1 - level) / 2
    low = np.where(k > 0, special.betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
    high = np.where(k < n, special.betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return stats.binom.pmf(k, n, truth), low, high


@dataclass(frozen=True)
class _Moved:
    """Measured values as they would be with another median.

    Args:
        values: moved.
        median: of them.
    """

    values: np.ndarray
    median: float

    def beyond(self, end: float) -> tuple[float, float]:
        """The share of units under an end of the bound, and the share over it.

        Of one on the median half are on either side, as next to it where no values are tied. Where
        some are, more than half of the units are on the side of the truth, so that the check errs
        less often than is said.
        """
        if math.isclose(self.median, end, rel_tol=TIED):
            return 0.5, 0.5
        off = ~np.isclose(self.values, end, rtol=TIED, atol=1e-12)
        under, over = (off & side for side in (self.values < end, self.values > end))
        return float(under.mean()), float(over.mean())


def _moved(law: Ranks, median: float, bound: Bound, truth: float) -> _Moved:
    """Values whose median is the truth: supposed is that they spread about it as those measured do.

    Where all that is compared is positive, by the same factors, as a place on a grid or a time
    does; else by the same differences.

    Raises:
        ValueError: where the median is the least or the greatest value: how units spread on that
            side of it was not seen, as where most are at an end of what can be measured.
    """
    values = np.array(law.values)
    if median in (values[0], values[-1]):
        raise ValueError("most values are tied at an end: they say nothing of another median")
    compared = (*values, truth, *(bound if isinstance(bound, Sequence) else (bound,)))
    by_factor = min(compared) > 0
    return _Moved(values * (truth / median) if by_factor else values - median + truth, truth)


def _ranks(moved: _Moved, n: int, relation: Relation, bound: Bound, level: float) -> Chances:
    """Exact, since counts are binomial: the whole interval is above b if few units are not.

    How many are few the sign test says (Thompson 1936, as in `Ranks`): its interval leaves so many
    out at either end.
    """
    lowest = Ranks(tuple(map(float, range(n)))).interval(0.0, level)[0]  # which order statistic
    most = int(lowest) if math.isfinite(lowest) else -1

    def few(share: float) -> float:
        return float(stats.binom.cdf(most, n, share))

    if relation is not Relation.WITHIN:
        under, over = moved.beyond(number(bound))
        if relation is Relation.ABOVE:
            return Chances(few(1 - over), few(over))
        return Chances(few(1 - under), few(under))
    first, last = ends(bound)
    under, over = moved.beyond(first)[0], moved.beyond(last)[1]
    return Chances(_both_few(most, n, under, over), few(1 - under) + few(1 - over))


def _both_few(most: int, n: int, under: float, over: float) -> float:
    """P(at most so many of n units are under, and at most so many over), by the trinomial law."""
    first = np.arange(most + 1)
    second = min(over / (1 - under), 1.0) if under < 1 else 0.0
    at_most = stats.binom.cdf(most, n - first, second)
    return float(stats.binom.pmf(first, n, under) @ at_most)


def _distance(n: int, bound: float, truth: float, level: float) -> Chances:
    """Exact of samples of the very law; with the truth on the bound no more than that.

    There a distance errs at most as much as samples are away from the law that they came from,
    whatever it is.
    """
    reach = Kolmogorov(n).reach((1 - level) / 2)
    if truth == bound:
        errs = _strays(n, reach)
        return Chances(errs, errs)
    return Chances(distance_power(n, bound, level), _strays(n, bound + reach))


def _strays(n: int, distance: float) -> float:
    """P(n samples are further than that from the law they came from); in the limit, of `MANY`."""
    if n < MANY:
        return float(stats.kstwo.sf(distance, n))
    return float(stats.kstwobign.sf(math.sqrt(n) * distance))


def _newcombe(law: Newcombe, truth: float, more: float, level: float) -> Intervals:
    """The second proportion is as it was measured, the first as far from it as supposed."""
    second = law.k2 / law.n2
    first = min(max(second + truth, 0.0), 1.0)
    (w1, p1, low1, high1), (w2, p2, low2, high2) = (
        _proportions(p, max(round(n * more), 1), level)
        for p, n in ((first, law.n1), (second, law.n2))
    )
    gap = p1[:, None] - p2
    return (
        (w1[:, None] * w2).ravel(),
        (gap - np.hypot((p1 - low1)[:, None], high2 - p2)).ravel(),
        (gap + np.hypot((high1 - p1)[:, None], p2 - low2)).ravel(),
    )


def _proportions(
    p: float, n: int, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of every number of successes the probability, the share, and Wilson's interval."""
    k = np.arange(n + 1)
    low, high = wilson(k, n, level)
    return stats.binom.pmf(k, n, p), k / n, low, high


def _studentised(law: Studentised, truth: float, shrink: float, level: float) -> Intervals:
    """Every draw as an experiment; its standard error is taken to be that of the estimate."""
    se = law.se * shrink
    t = np.array(law.draws)
    t = t[np.isfinite(t)]
    centre = Studentised(law.draws, se, caution=law.caution).interval(0.0, level)
    values = truth + t * se
    low, high = (np.clip(values + end, law.low, law.high) for end in centre)
    return np.full(t.size, 1 / len(law.draws)), low, high
