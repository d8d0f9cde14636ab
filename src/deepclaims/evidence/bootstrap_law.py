"""The sampling law of the studentised bootstrap, known by its draws.

No p-value lies below 1/(draws + 1), and an interval asked for at a level that the draws do not
reach is open: nothing is extrapolated beyond the outermost draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

CAUTION = 2.0
"""By how much p-values of the studentised bootstrap are multiplied, and its tails divided.

Chosen on simulated patients: without it the interval of 22 heavy-tailed ones covers 90 to 93 % at
95 %, with it 93.5 to 97 % (`benchmarks/coverage.py`, docs/evidence.md).
"""


@dataclass(frozen=True)
class Studentised:
    """The bootstrap's t: (resampled − value) / resampled standard error, draw by draw.

    Hall 1988, *Theoretical comparison of bootstrap confidence intervals*, Annals of Statistics 16;
    Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, section 12.5.

    Args:
        draws: values of t in ascending order; infinite where a resample had no spread of its own.
        se: standard error of the value.
        low: the least that the quantity can be, whatever the data.
        high: the most that it can be.
        caution: what p-values are multiplied by; 1 for the textbook's interval.
    """

    draws: tuple[float, ...]
    se: float
    low: float = -math.inf
    high: float = math.inf
    caution: float = CAUTION
    kind: ClassVar[str] = "studentised"

    def interval(self, value: float, level: float) -> tuple[float, float]:
        """Value minus standard error times order statistics; open where draws are too few."""
        count = len(self.draws)
        place = math.floor((1 - level) / 2 / self.caution * (count + 1) + 1e-9)
        if place < 1:
            return self.low, self.high
        if self.se == 0:
            return value, value
        low = value - self.draws[count - place] * self.se
        high = value - self.draws[place - 1] * self.se
        return min(max(low, self.low), self.high), max(min(high, self.high), self.low)

    def p_above(self, value: float, bound: float) -> float:
        """Share of draws at or over the t that the bound asks for, times `caution`; never 0."""
        if bound < self.low:
            return 0.0
        under = int(np.searchsorted(self.draws, self._asked(value, bound), side="left"))
        return self._p(len(self.draws) - under)

    def p_below(self, value: float, bound: float) -> float:
        """Share of draws at or under the t that the bound asks for, times `caution`; never 0."""
        if bound > self.high:
            return 0.0
        return self._p(int(np.searchsorted(self.draws, self._asked(value, bound), side="right")))

    def _asked(self, value: float, bound: float) -> float:
        """The t at which the interval ends on the bound."""
        if self.se > 0:
            return (value - bound) / self.se
        return math.copysign(math.inf, value - bound) if value != bound else 0.0

    def _p(self, beyond: int) -> float:
        return min(1.0, self.caution * (beyond + 1) / (len(self.draws) + 1))
