"""What one replica measured: numbers, curves, and tables where numbers do not suffice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Curve:
    """A quantity over steps: `steps` and `values` have the same length."""

    steps: Sequence[int]
    values: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.steps) != len(self.values):
            raise ValueError(f"{len(self.steps)} steps but {len(self.values)} values")


@dataclass(frozen=True)
class Outcome:
    """The result of one replica (one seed of one cell). NaN is a result, not an error.

    Args:
        metrics: scalar results by name.
        curves: results over training steps (or time), by name.
        tables: structured results by name, e.g. a confusion count per patient. The columns
            `claim`, `part`, `key` and `seed` are added on export and must not be present.
    """

    metrics: Mapping[str, float]
    curves: Mapping[str, Curve] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def moments(name: str, values: Any) -> dict[str, float]:
    """Two metrics from which errors over the trajectories of all seeds can be pooled.

    Args:
        name: of the mean over trajectories; the mean of squares is `<name>_square`.
        values: one a trajectory, an array or tensor `(trajectories,)`.
    """
    return {name: float(values.mean()), f"{name}_square": float((values**2).mean())}
