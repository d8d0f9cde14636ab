"""The tidy table of a claim's runs, and the few ways in which judging reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.claim import Claim
from deepclaims.errors import ClaimError


@dataclass(frozen=True)
class Results:
    """What a claim's cells measured.

    Args:
        claim: the claim, with the grid of the profile that was run.
        metrics: one row per replica, metric and step: `part, arm, key, seed, metric, step, value`
            and a column for each axis (NA where a part lacks it); `step` is NA for scalars.
        tables: the structured results by name, with the same identifying columns.
    """

    claim: Claim
    metrics: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def rows(
        self,
        part: str,
        metric: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Rows of one metric, ordered by seed and step.

        Args:
            part: the part's name.
            metric: the metric's or curve's name.
            arm: the arm's name; all arms when None.
            where: axis -> value; an axis left out is not restricted.
        """
        table = self.metrics
        chosen = (table["part"] == part) & (table["metric"] == metric)
        if arm is not None:
            chosen &= table["arm"] == arm
        for axis, value in (where or {}).items():
            if axis not in table:
                raise ClaimError(f"{self.claim.name}: its table has no axis '{axis}'")
            chosen &= _matches(table[axis], value)
        return table[chosen].sort_values(["seed", "step"], kind="stable")

    def values(
        self,
        part: str,
        metric: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> np.ndarray:
        """A scalar metric of one cell, one value per seed in the order of seeds, shape (seeds,).

        Raises:
            ClaimError: when nothing matches, or more than one cell does.
        """
        rows = self.rows(part, metric, arm, where)
        rows = rows[rows["step"].isna()]
        if rows.empty or rows["key"].nunique() != 1:
            raise ClaimError(
                f"{self.claim.name}: {rows['key'].nunique()} cells match part={part} "
                f"metric={metric} arm={arm} {dict(where or {})}; expected one"
            )
        return rows["value"].to_numpy(dtype=float)

    def curve(
        self,
        part: str,
        metric: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """A curve of one cell: steps, shape (steps,), and values, shape (seeds, steps).

        Steps that not every seed reached are left out.
        """
        rows = self.rows(part, metric, arm, where)
        rows = rows[rows["step"].notna()]
        if rows.empty:
            raise ClaimError(f"{self.claim.name}: no curve {metric} in part {part}")
        wide = rows.pivot_table(index="seed", columns="step", values="value", dropna=False)
        wide = wide.dropna(axis=1, how="all")
        return wide.columns.to_numpy(dtype=int), wide.to_numpy(dtype=float)

    def axis(self, part: str, name: str) -> list[Any]:
        """The values of an axis in the order of the claim's grid."""
        for candidate in self.claim.parts:
            if candidate.name == part:
                return list(candidate.grid[name])
        raise ClaimError(f"{self.claim.name}: no part '{part}'")


def _matches(column: pd.Series, value: Any) -> pd.Series:
    if value is None:
        return column.isna()
    if isinstance(value, float) and not isinstance(value, bool):
        numbers = pd.to_numeric(column, errors="coerce")
        return pd.Series(np.isclose(numbers, value, rtol=1e-9, atol=0.0), index=column.index)
    return column == value
