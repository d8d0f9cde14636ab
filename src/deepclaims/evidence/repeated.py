"""Whether one estimate is another read the other way: the same number twice is one finding.

A statement that failed cannot be repaired with the number it failed by: "at least 10 % faster"
fails, and the same ratio then shows "as fast, ± 10 %".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from deepclaims.evidence.estimate import Estimate

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

TRIVIAL = (0.0, 1.0)
"""Exact results that any two identities share."""


def repeats(some: Sequence[Estimate], others: Sequence[Estimate]) -> bool:
    """Whether any of some estimates is any of others, or follows from it by a reading."""
    return any(_is_read_from(one, other) for one in some for other in others)


def _is_read_from(one: Estimate, other: Estimate) -> bool:
    if not _says_something(one) or not _says_something(other) or one.n != other.n:
        return False
    mine = (one.value, *sorted((one.low, one.high)))
    for reading in READINGS if one.low != one.high else READINGS[:2]:
        value, low, high = map(reading, (other.value, other.low, other.high))
        if all(_same(*pair) for pair in zip(mine, (value, *sorted((low, high))), strict=True)):
            return True
    return False


def _says_something(estimate: Estimate) -> bool:
    if not math.isfinite(estimate.low) or not math.isfinite(estimate.high):
        return False
    return estimate.low != estimate.high or estimate.value not in TRIVIAL


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-15)
