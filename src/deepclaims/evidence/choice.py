"""Which of the values that were tried is chosen, and whether one beyond them might be better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Value = Mapping[str, Any]
"""Axis -> value: one combination of what is tuned."""


@dataclass(frozen=True)
class Choice:
    """What the choosing seeds preferred among the values they tried.

    Args:
        values: the combinations, as they were tried.
        ranks: of each, how many choosing seeds diverged or never got there, and the mean score of
            the others.
        natural: values that may end a grid.
    """

    values: tuple[Value, ...]
    ranks: tuple[tuple[int, float], ...]
    natural: tuple[Any, ...] = ()

    @classmethod
    def of(
        cls, values: Sequence[Value], scores: Sequence[np.ndarray], natural: Sequence[Any] = ()
    ) -> Choice:
        """The choice from the scores `(choosing seeds,)` of every value."""
        return cls(tuple(values), tuple(map(_rank, scores)), tuple(natural))

    @property
    def scores(self) -> tuple[float, ...]:
        """Mean score of each over the choosing seeds; infinite where one failed."""
        return tuple(math.inf if failed else mean for failed, mean in self.ranks)

    @property
    def value(self) -> Value:
        """The combination with the fewest failures; of those the best, of equals the first."""
        return self.values[self.ranks.index(min(self.ranks))]

    @property
    def on_edge(self) -> bool:
        """Whether some number of the choice is an end of what was tried, and not a natural one."""
        return bool(self.open_ends())

    def open_ends(self) -> dict[str, bool]:
        """Axis -> whether the choice is its upper end; axes whose choice lies inside are left out.

        An axis of one value has no inside: its only value is an end.
        """
        found = {}
        for axis, chosen in self.value.items():
            tried = sorted({each[axis] for each in self.values if _is_number(each[axis])})
            if not _is_number(chosen) or chosen in self.natural:
                continue
            if chosen in (tried[0], tried[-1]):
                found[axis] = chosen == tried[-1]
        return found

    def wider(self) -> Iterator[dict[str, Any]]:
        """What to try next where the choice is at an end: one step further, at the grid's ratio."""
        for axis, upper in self.open_ends().items():
            tried = sorted({float(each[axis]) for each in self.values})
            if len(tried) < 2 or tried[0] <= 0:
                continue
            end, before = (tried[-1], tried[-2]) if upper else (tried[0], tried[1])
            yield {**self.value, axis: float(f"{end * end / before:.6g}")}


def _rank(scores: np.ndarray) -> tuple[int, float]:
    """Failures, and the mean of what did not fail."""
    reached = [float(each) for each in scores if math.isfinite(each)]
    return len(scores) - len(reached), fmean(reached) if reached else math.inf


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
