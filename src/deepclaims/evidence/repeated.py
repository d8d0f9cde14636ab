"""Whether one estimate is another read the other way: the same number twice is one finding.

A statement that failed cannot be repaired with the number it failed by: "at least 10 % faster"
fails, and the same ratio then shows "as fast, ± 10 %".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from deepclaims.evidence.bootstrap_law import Studentised
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.law import Binomial, Newcombe, Student, Unanimous

SAME = 1e-9
"""Relative difference up to which two numbers are one."""

READINGS: tuple[Callable[[float], float], ...] = (
    lambda x: x,
    lambda x: -x,
    lambda x: 1.0 - x,
    lambda x: 1.0 / x if x else math.inf,
)
"""As it is; a loss as a gain; a share as that of the others; a ratio upside down.

Exact numbers are small and round, and only the first two of these make them one and the same."""

ORIGINS = (0.0, 1.0)
"""From where a quantity may be told: a difference from nothing, a ratio or a share from one."""

TRIVIAL = (0.0, 1.0)
"""Exact results that any two identities share."""

COUNTS = (Binomial, Newcombe, Unanimous)
"""Laws of counts, which are few: two may be the same by chance, where nine digits never are."""


def repeats(some: Sequence[Estimate], others: Sequence[Estimate]) -> bool:
    """Whether any of some estimates is any of others, or follows from it by a reading."""
    return any(True for _ in _repeated(some, others))


def are_two(
    some: Sequence[Estimate],
    others: Sequence[Estimate],
    elsewhere: Iterable[tuple[Sequence[Estimate], Sequence[Estimate]]],
) -> bool:
    """Whether estimates that repeat are shown to do so by chance: those of other data do not.

    That is asked only of counts. Data show it only where they give counts as well, other ones than
    were measured on both sides: what stays was not put to the test.

    Args:
        some: estimates.
        others: estimates that they repeat.
        elsewhere: both, of other data.
    """
    pairs = list(_repeated(some, others))
    if not all(_is_count(some[i]) and _is_count(others[j]) for i, j in pairs):
        return False
    mine, theirs = ({pair[side] for pair in pairs} for side in (0, 1))
    return any(
        _are_new(some, one, mine) and _are_new(others, other, theirs) and not repeats(one, other)
        for one, other in elsewhere
    )


def _repeated(some: Sequence[Estimate], others: Sequence[Estimate]) -> Iterator[tuple[int, int]]:
    for i, one in enumerate(some):
        yield from ((i, j) for j, other in enumerate(others) if _is_read_from(one, other))


def _is_count(estimate: Estimate) -> bool:
    return isinstance(estimate.law, COUNTS)


def _are_new(before: Sequence[Estimate], after: Sequence[Estimate], places: set[int]) -> bool:
    """Whether each estimate at these places is another number of the same law."""
    return len(before) == len(after) and all(
        type(before[i].law) is type(after[i].law)
        and (before[i].value, before[i].law) != (after[i].value, after[i].law)
        for i in places
    )


def _is_read_from(one: Estimate, other: Estimate) -> bool:
    if not _says_something(one) or not _says_something(other) or one.n != other.n:
        return False
    mine = (one.value, *sorted((one.low, one.high)))
    for reading in READINGS if one.low != one.high else READINGS[:2]:
        value, low, high = map(reading, (other.value, other.low, other.high))
        if all(_same(*pair) for pair in zip(mine, (value, *sorted((low, high))), strict=True)):
            return True
    return _is_rescaled(one, other)


def _is_rescaled(one: Estimate, other: Estimate) -> bool:
    """Whether one is another told from another origin, in other units, or its logarithm.

    How many standard errors a number is from nothing, or from one, is then the same; to the ninth
    digit no two measurements agree in it by chance.
    """
    mine, theirs = _with_error(one), _with_error(other)
    if not mine or not theirs:
        return False
    return any(
        _same(far, away) for far in _distances(one, *mine) for away in _distances(other, *theirs)
    )


def _with_error(estimate: Estimate) -> tuple[float, float] | None:
    """The number that its law is about, and its standard error; none of other laws, or without."""
    law, value = estimate.law, estimate.value
    if not isinstance(law, Student | Studentised) or not 0 < law.se < math.inf:
        return None
    return (math.log(value) if isinstance(law, Student) and law.log else value), law.se


def _distances(estimate: Estimate, value: float, error: float) -> Iterator[float]:
    """How many standard errors it is from each origin that it is not on; a logarithm from 0."""
    is_log = isinstance(estimate.law, Student) and estimate.law.log
    for origin in ORIGINS[:1] if is_log else ORIGINS:
        if value != origin:
            yield abs(value - origin) / error


def _says_something(estimate: Estimate) -> bool:
    if not math.isfinite(estimate.low) or not math.isfinite(estimate.high):
        return False
    return estimate.low != estimate.high or estimate.value not in TRIVIAL


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-15)
