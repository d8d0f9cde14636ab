"""Learning rates tuned alike: the first seeds choose a rate on validation, the others report.

Every seed trains at every rate of the grid. The rate with the best mean validation score over the
tuning seeds is the method's; what is said of the method is what the other seeds gave at that rate,
on splits and with seeds that had no part in the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from deepclaims.claims.results import Results

LR = "optimizer.lr"
TUNING = 6
"""Seeds that choose; half of them where there are fewer than twelve."""


@dataclass(frozen=True)
class Tuned:
    """A method with its rates, in one part of a claim.

    Args:
        results: of the claim.
        part: where the method was trained over the axis `optimizer.lr`.
        arm: its arm there, None where the part has one.
        score: what the rate is chosen by, the less the better.
        where: values of the part's other axes.
        choosers: tuning seeds.
    """

    results: Results
    part: str
    arm: str | None = None
    score: str = "validation_error"
    where: dict[str, Any] = field(default_factory=dict)
    choosers: int = TUNING

    @property
    def rates(self) -> list[float]:
        """The grid, ascending."""
        return sorted(float(rate) for rate in self.results.axis(self.part, LR))

    @cached_property
    def scores(self) -> list[float]:
        """Mean score of the tuning seeds at each rate; infinite where one has diverged."""
        means = [self._tuning(self.at(rate, self.score)).mean() for rate in self.rates]
        return [float(mean) if np.isfinite(mean) else np.inf for mean in means]

    @property
    def rate(self) -> float:
        """The chosen rate."""
        return self.rates[int(np.argmin(self.scores))]

    @property
    def on_the_edge(self) -> bool:
        """Whether a rate outside the grid might have been better."""
        return self.rate in (self.rates[0], self.rates[-1])

    def at(self, rate: float, metric: str) -> np.ndarray:
        """A metric of all seeds at a rate, `(seeds,)`."""
        return self.results.values(self.part, metric, self.arm, {LR: rate, **self.where})

    def reported(self, metric: str, rate: float | None = None) -> np.ndarray:
        """A metric of the reporting seeds, `(seeds − choosers,)`, at the chosen or another rate."""
        return self._reporting(self.at(self.rate if rate is None else rate, metric))

    def curve(self, metric: str, rate: float | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Steps `(steps,)`, and a curve of the reporting seeds, `(seeds − choosers, steps)`."""
        where = {LR: self.rate if rate is None else rate, **self.where}
        steps, values = self.results.curve(self.part, metric, self.arm, where)
        return steps, self._reporting(values)

    def steps_to(self, target: float, metric: str = "train_loss") -> np.ndarray:
        """Steps until a curve is first below a target, `(seeds − choosers,)`.

        At the rate that takes the tuning seeds least; infinite where a seed never gets there.
        """
        each = [self._first_below(rate, metric, target) for rate in self.rates]
        fastest = int(np.argmin([self._tuning(steps).mean() for steps in each]))
        return self._reporting(each[fastest])

    def _first_below(self, rate: float, metric: str, target: float) -> np.ndarray:
        where = {LR: rate, **self.where}
        steps, values = self.results.curve(self.part, metric, self.arm, where)
        below = values < target
        if not steps.size:  # diverged before the first point
            return np.full(len(values), np.inf)
        return np.where(below.any(axis=1), steps[below.argmax(axis=1)], np.inf)

    def _split(self, count: int) -> int:
        return min(self.choosers, count // 2)

    def _tuning(self, values: np.ndarray) -> np.ndarray:
        return values[: self._split(len(values))]

    def _reporting(self, values: np.ndarray) -> np.ndarray:
        return values[self._split(len(values)) :]


def share_on_the_edge(methods: Sequence[Tuned]) -> float:
    """Share of methods whose chosen rate is an end of its grid."""
    return float(np.mean([method.on_the_edge for method in methods]))
