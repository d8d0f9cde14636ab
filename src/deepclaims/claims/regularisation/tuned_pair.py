"""A net with a regulariser and the same net without, each at what it was tuned to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from deepclaims.claims.results import Results, Tuned


@dataclass(frozen=True)
class TunedPair:
    """Both sides of "does it generalise better", on the same reporting seeds.

    Args:
        without: the net alone; its learning rate is tuned.
        with_it: the net with the regulariser, whose strength is tuned too.
    """

    without: Tuned
    with_it: Tuned

    @classmethod
    def of(cls, results: Results, without: str, with_it: str, arm: str | None = None) -> Self:
        """The pair of two parts; `arm` is of the one that has the regulariser."""
        return cls(results.tuned(without), results.tuned(with_it, arm))

    def gain(self) -> np.ndarray:
        """Test error saved, in percentage points, `(seeds,)`."""
        before, after = (each.reported("test_error") for each in (self.without, self.with_it))
        return 100 * (before - after)

    def gap_closed(self) -> np.ndarray:
        """By how much the gap test − train error closes, in percentage points, `(seeds,)`."""
        return _gap(self.without) - _gap(self.with_it)

    def train_loss_added(self) -> np.ndarray:
        """Training cross-entropy with the regulariser less that without, `(seeds,)`."""
        return self.with_it.reported("train_loss") - self.without.reported("train_loss")


def _gap(net: Tuned) -> np.ndarray:
    return 100 * (net.reported("test_error") - net.reported("train_error"))
