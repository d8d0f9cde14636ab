"""The tidy table of a claim's runs, and the few ways in which judging reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.claim import Claim, Part
from deepclaims.claims.tuning import Score, Tune
from deepclaims.errors import ClaimError
from deepclaims.evidence.choice import Choice, Value


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
        table = self._of.get((part, metric), self.metrics.iloc[:0])
        for axis in where or {}:
            if axis not in table:
                raise ClaimError(f"{self.claim.name}: its table has no axis '{axis}'")
        wanted = {**({} if arm is None else {"arm": arm}), **(where or {})}
        masks = [self._mask(part, metric, table[axis], value) for axis, value in wanted.items()]
        return table[np.logical_and.reduce(masks)] if masks else table.copy()

    @cached_property
    def _of(self) -> dict[tuple[str, str], pd.DataFrame]:
        """The rows by part and metric, in order: judging asks for each of them many times.

        Words are held as Python's: a hundred selections from Arrow's cost a hundred copies.
        """
        words = self.metrics.select_dtypes("string").columns
        metrics = self.metrics.astype(dict.fromkeys(words, object))
        groups = metrics.groupby(["part", "metric"], sort=False)
        return {
            (str(part), str(metric)): rows.sort_values(["seed", "step"], kind="stable")
            for (part, metric), rows in groups
        }

    def _mask(self, part: str, metric: str, column: pd.Series, value: Any) -> np.ndarray:
        """Where a column of the rows of a part and metric has a value, found once, `(rows,)`."""
        asked = (part, metric, column.name, type(value), repr(value))
        if asked not in self._masks:
            self._masks[asked] = _matches(column, value).fillna(False).to_numpy(dtype=bool)
        return self._masks[asked]

    @cached_property
    def _masks(self) -> dict[tuple[Any, ...], np.ndarray]:
        return {}

    @cached_property
    def _tuned(self) -> dict[str, Tuned]:
        return {}

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

    def table(
        self,
        name: str,
        part: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Rows of one structured result; the arguments of `rows`.

        Raises:
            ClaimError: when nothing of that name was measured in the part.
        """
        table = self.tables.get(name, pd.DataFrame({"part": []}))
        chosen = table["part"] == part
        if not chosen.any():
            raise ClaimError(
                f"{self.claim.name}: its measurements have no table '{name}' of part {part}; "
                f"measure it again: deepclaims measure claim={self.claim.name}"
            )
        if arm is not None:
            chosen &= table["arm"] == arm
        for axis, value in (where or {}).items():
            chosen &= _matches(table[axis], value)
        return table[chosen]

    def curve(
        self,
        part: str,
        metric: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """A curve of one cell: steps, shape (steps,), and values, shape (seeds, steps).

        NaN where a seed did not reach a step, or its value was none.

        Raises:
            ClaimError: when nothing matches, or more than one cell does.
        """
        rows = self.rows(part, metric, arm, where)
        if rows["step"].isna().all():
            raise ClaimError(f"{self.claim.name}: no curve {metric} in part {part}")
        return _wide(rows)

    def axis(self, part: str, name: str) -> list[Any]:
        """The values of an axis in the order of the claim's grid."""
        return list(self.claim.part(part).grid[name])

    def tuned(
        self,
        part: str,
        arm: str | None = None,
        where: Mapping[str, Any] | None = None,
        by: str = "",
    ) -> Tuned:
        """One side of a comparison at what its choosing seeds chose.

        Args:
            part: a part with `tune` in the claim's file.
            arm: its arm, None where the part has one.
            where: values of the axes that are not tuned.
            by: which of the scores chooses, where there are several.

        Raises:
            ClaimError: when the part is not tuned, or not by that score.
        """
        tune = self.claim.part(part).tune
        if tune is None or by not in tune.by:
            known = f"; its scores: {', '.join(tune.by)}" if tune else ""
            raise ClaimError(f"{self.claim.name}: part {part} is not tuned by '{by}'{known}")
        side = Tuned(self, self.claim.part(part), tune, by, arm, dict(where or {}))
        asked = repr((part, by, arm, sorted(side.where.items())))
        return self._tuned.setdefault(asked, side)  # so that it chooses once

    def every_choice(self, part: Part) -> list[Tuned]:
        """All that is chosen in a part: by each score, for each arm and value of the other axes."""
        if part.tune is None:
            return []
        return [
            self.tuned(part.name, arm or None, where, by)
            for arm, where in part.untuned()
            for by in part.tune.by
        ]

    def void(self) -> list[str]:
        """The choices that fell on an end of their grid, where that makes a comparison void."""
        chosen = (each for part in self.claim.parts for each in self.every_choice(part))
        return [str(each) for each in chosen if each.on_edge]


@dataclass(frozen=True)
class Tuned:
    """One side of a comparison: what its choosing seeds chose, what its reporting seeds then gave.

    Made by `Results.tuned`.
    """

    results: Results
    part: Part
    tune: Tune
    by: str
    arm: str | None
    where: Mapping[str, Any]

    def __str__(self) -> str:
        place = [self.part.name, self.arm or "", *(f"{k}={v}" for k, v in self.where.items())]
        chosen = ", ".join(f"{axis}={value}" for axis, value in self.value.items())
        return f"{' '.join(word for word in place if word)}: {chosen}"

    @cached_property
    def choice(self) -> Choice:
        """What was tried, how it scored, and which value is the best."""
        score = self.tune.by[self.by]
        if self.tune.stacked:
            tried = self._stacked(score.metric)
        else:
            tried = [(value, self._scores(score, value)) for value in self._tried(score)]
        values, scores = zip(*tried, strict=True)
        return Choice.of(values, scores, self.tune.natural)

    @property
    def value(self) -> Value:
        """Axis -> chosen value."""
        return self.choice.value

    def __getitem__(self, axis: str) -> Any:
        """The chosen value of an axis."""
        return self.value[axis]

    @property
    def on_edge(self) -> bool:
        """Whether a value outside the grid might have been better."""
        return self.choice.on_edge

    def score(self, metric: str, value: Value) -> np.ndarray:
        """A metric of the choosing seeds at one of the values they tried, `(choosing seeds,)`."""
        if self.tune.stacked:
            return next(each for known, each in self._stacked(metric) if _same(known, value))
        rows = self._rows(metric, value, self.tune.seeds)
        return rows.loc[rows["step"].isna(), "value"].to_numpy(dtype=float)

    def reported(self, metric: str, value: Value | None = None) -> np.ndarray:
        """A metric of the reporting seeds, `(seeds,)`, at the chosen value or one of `also`.

        Raises:
            ClaimError: when it was not measured there.
        """
        rows = self._rows(metric, value or self.value, self.part.seeds)
        at = (rows["step"] == 0).fillna(False) if self.tune.stacked else False
        found = rows.loc[rows["step"].isna() | at, "value"].to_numpy(dtype=float)
        if found.size != len(self.part.seeds):
            raise ClaimError(
                f"{self.results.claim.name}: {metric} of {self} has {found.size} replicas of "
                f"{len(self.part.seeds)}; measured are the chosen value and those of tune.also"
            )
        return found

    def table(self, name: str, value: Value | None = None) -> pd.DataFrame:
        """A structured result of the reporting seeds, at the chosen value or one of `also`."""
        where = {**self.where, **(value or self.value)}
        rows = self.results.table(name, self.part.name, self.arm, where)
        return rows[rows["seed"].isin(self.part.seeds)]

    def curve(self, metric: str, value: Value | None = None) -> tuple[np.ndarray, np.ndarray]:
        """A curve of the reporting seeds: steps, `(steps,)`, and values, `(seeds, steps)`."""
        return _wide(self._rows(metric, value or self.value, self.part.seeds))

    def steps_below(self, metric: str, target: float, value: Value | None = None) -> np.ndarray:
        """First steps at which a curve of the reporting seeds is below a target, `(seeds,)`.

        Infinite where a seed never gets there.
        """
        rows = self._rows(metric, value or self.value, self.part.seeds)
        return _first_below(rows, self.part.seeds, target)

    def _scores(self, score: Score, value: Value) -> np.ndarray:
        if score.below is None:
            return self.score(score.metric, value)
        rows = self._rows(score.metric, value, self.tune.seeds)
        return _first_below(rows, self.tune.seeds, score.below)

    def _tried(self, score: Score) -> list[dict[str, Any]]:
        """What the choosing seeds tried: the grid, and what it was widened by."""
        grid = self.tune.combinations(self.part.grid)
        found = self._places(score.metric)
        return [*grid, *(each for each in found if not any(_same(each, known) for known in grid))]

    def _stacked(self, metric: str) -> list[tuple[dict[str, Any], np.ndarray]]:
        """The combinations of every stack of the choosing seeds, `(choosing seeds,)` a score."""
        found = []
        for fixed in ({}, *self._widened(metric)):
            where = {**dict.fromkeys(self.tune.axes), **fixed}
            steps, values = _wide(self._rows(metric, where, self.tune.seeds))
            scores = dict(zip(steps.tolist(), values.T, strict=True))
            found += [
                (each, np.asarray(scores.get(number, ())))
                for number, each in enumerate(self.tune.combinations(self.part.grid, fixed))
            ]
        return found

    def _widened(self, metric: str) -> list[dict[str, Any]]:
        """The values that the stacks beyond the grid were of, by axis."""
        known = ({axis: value for axis, value in place.items() if not pd.isna(value)}
                 for place in self._places(metric))  # fmt: skip
        return [fixed for fixed in known if fixed]

    def _places(self, metric: str) -> list[dict[str, Any]]:
        """The tuned axes' values of the choosing seeds' cells; NA where a stack has all of them."""
        rows = self._rows(metric, {}, self.tune.seeds)
        axes = [axis for axis in self.tune.axes if axis in rows]
        places = rows[axes].drop_duplicates().to_dict("records") if axes else [{}]
        return [{str(axis): value for axis, value in each.items()} for each in places]

    def _rows(self, metric: str, value: Value, seeds: tuple[int, ...]) -> pd.DataFrame:
        known = {axis: each for axis, each in value.items() if axis in self.results.metrics}
        rows = self.results.rows(self.part.name, metric, self.arm, {**self.where, **known})
        return rows[rows["seed"].isin(seeds)]


def _wide(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Steps `(steps,)` and values `(seeds, steps)` of a curve's rows, in the order of both.

    Raises:
        ClaimError: they are of several cells: a mean over them would be a curve of none.
    """
    rows = rows[rows["step"].notna()]
    seeds, places = np.unique(rows["seed"].to_numpy(), return_inverse=True)
    steps, columns = np.unique(rows["step"].to_numpy(dtype=int), return_inverse=True)
    if len(np.unique(places * len(steps) + columns)) != len(rows):
        raise ClaimError(f"{rows['key'].nunique()} cells match where one curve was asked for")
    values = np.full((len(seeds), len(steps)), np.nan)
    values[places, columns] = rows["value"].to_numpy(dtype=float)
    some = ~np.isnan(values).all(axis=0)
    return steps[some], values[:, some]


def _first_below(rows: pd.DataFrame, seeds: tuple[int, ...], target: float) -> np.ndarray:
    below = rows[rows["step"].notna() & (rows["value"] < target)]
    first = below.groupby("seed")["step"].min()
    return first.reindex(list(seeds)).astype(float).fillna(np.inf).to_numpy()


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(_is(one[axis], other[axis]) for axis in other)


def _is(found: Any, value: Any) -> bool:
    """What `_matches` says of a column, of a single entry of it."""
    if value is None:
        return bool(pd.isna(found))
    if isinstance(value, float):
        number = pd.to_numeric(found, errors="coerce")
        return bool(np.isclose(number, value, rtol=1e-9, atol=0.0))
    return bool(found == value)


def _matches(column: pd.Series, value: Any) -> pd.Series:
    if value is None:
        return column.isna()
    if isinstance(value, float):
        numbers = pd.to_numeric(column, errors="coerce")
        return pd.Series(np.isclose(numbers, value, rtol=1e-9, atol=0.0), index=column.index)
    return column == value
