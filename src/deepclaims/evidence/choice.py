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
        scores: mean score of each over the choosing seeds; infinite where one diverged.
        natural: values that may end a grid.
    """

    values: tuple[Value, ...]
    scores: tuple[float, ...]
    natural: tuple[Any, ...] = ()

    @classmethod
    def of(
        cls, values: Sequence[Value], scores: Sequence[np.ndarray], natural: Sequence[Any] = ()
    ) -> Choice:
        """The choice from the scores `(choosing seeds,)` of every value."""
        means = [fmean(each) if len(each) else math.inf for each in scores]
        finite = tuple(mean if math.isfinite(mean) else math.inf for mean in means)
        return cls(tuple(values), finite, tuple(natural))

    @property
    def value(self) -> Value:
        """The best combination; of equals the first tried."""
        return self.values[self.scores.index(min(self.scores))]

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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
