"""Results of experiments that never were: to see whether two estimates are made of one number.

Two shares of 32 nets may be 0 and 1, and read like one another by chance. Where replicas have each
other's outcomes they stay one number only if one is made of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from deepclaims.pipeline.deposit import VOLATILE

if TYPE_CHECKING:
    from deepclaims.claims.results import Results

WORLDS, SEED = 100, 1
"""How often outcomes are dealt out anew at most, and the seed of that."""

REPLICA = ["key", "seed"]
"""The columns that say whose a row is."""

Outcome = tuple[bytes, ...]


def shuffled(results: Results) -> Iterator[Results]:
    """The same replicas with each other's outcomes, several times.

    An outcome is all that a replica left, every metric and the rows of every table, and moves
    whole. Replicas with the same outcome keep the same one, in whatever cells they are. Those that
    choose a tuned value keep theirs, so that what was chosen is chosen, and so do their copies.
    A table that does not say whose its rows are stays.
    """
    tables = {name: each for name, each in results.tables.items() if {*REPLICA} <= {*each.columns}}
    replicas = pd.MultiIndex.from_frame(
        pd.concat([each[REPLICA] for each in (results.metrics, *tables.values())]).drop_duplicates()
    )
    metrics = _Rows.of_metrics(results.metrics, replicas)
    known = set(results.metrics.columns) - {"metric", "step", "value"}
    rows = {name: _Rows.of_table(each, replicas, known) for name, each in tables.items()}
    alike = _alike([metrics, *rows.values()], metrics.replica[_choosing(results)], len(replicas))
    for world in range(WORLDS):
        origin = _exchanged(alike, len(replicas), np.random.default_rng((SEED, world)))
        moved = {name: each.moved(origin) for name, each in rows.items()}
        yield replace(results, metrics=metrics.moved(origin), tables={**results.tables, **moved})


@dataclass(frozen=True)
class _Rows:
    """A table, and of each of its rows whose it is.

    Args:
        table: what was measured.
        told: its columns that are outcomes.
        replica: number of a row's replica, `(rows,)`.
        place: which of the replica's rows it is, `(rows,)`; a cell that two parts share has its
            rows twice, with the same places.
    """

    table: pd.DataFrame
    told: list[str]
    replica: np.ndarray
    place: np.ndarray

    @classmethod
    def of_metrics(cls, metrics: pd.DataFrame, replicas: pd.MultiIndex) -> Self:
        """The metrics; a row's place is its metric and step."""
        place = metrics.groupby(["metric", "step"], dropna=False).ngroup()
        return cls(metrics, ["value"], _numbers(metrics, replicas), place.to_numpy())

    @classmethod
    def of_table(cls, table: pd.DataFrame, replicas: pd.MultiIndex, known: set[str]) -> Self:
        """A structured table, whose columns are outcomes but for the known ones."""
        whose = [name for name in (*REPLICA, "part", "arm") if name in table]
        place = table.groupby(whose, dropna=False).cumcount()
        told = [name for name in table if name not in known]
        return cls(table, told, _numbers(table, replicas), place.to_numpy())

    def moved(self, origin: np.ndarray) -> pd.DataFrame:
        """The table with the outcomes of others.

        Args:
            origin: number of the replica that each replica's outcome comes from.
        """
        codes, first = self._first
        rows = first[np.searchsorted(codes, self._code(origin[self.replica]))]
        return self.table.assign(**{name: self.table[name].array.take(rows) for name in self.told})

    def outcomes(self) -> Mapping[int, tuple[bytes, bytes]]:
        """Of each replica which rows it has, and what these say but for what is volatile."""
        _, first = self._first
        words = [name for name in self.told if not name.startswith(VOLATILE)]
        said = pd.util.hash_pandas_object(self.table[words].take(first), index=False).to_numpy()
        owners, starts = np.unique(self.replica[first], return_index=True)
        places, ends = self.place[first], np.append(starts, len(first))[1:]
        return {
            int(owner): (places[start:end].tobytes(), said[start:end].tobytes())
            for owner, start, end in zip(owners, starts, ends, strict=True)
        }

    @property
    def _first(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes of replicas and places in order, and the row of each, both `(codes,)`."""
        codes, first = np.unique(self._code(self.replica), return_index=True)
        return codes, first

    def _code(self, replica: np.ndarray) -> np.ndarray:
        return replica * (self.place.max(initial=0) + 1) + self.place


def _numbers(table: pd.DataFrame, replicas: pd.MultiIndex) -> np.ndarray:
    found: np.ndarray = replicas.get_indexer(pd.MultiIndex.from_frame(table[REPLICA]))
    return found


def _choosing(results: Results) -> np.ndarray:
    """Which rows of the metrics are of replicas that choose, `(rows,)`."""
    metrics, chosen = results.metrics, np.zeros(len(results.metrics), dtype=bool)
    for part in results.claim.parts:
        if part.tune:
            its = (metrics["part"] == part.name) & metrics["seed"].isin(part.tune.seeds)
            chosen |= its.to_numpy(dtype=bool)
    return chosen


def _alike(rows: list[_Rows], fixed: np.ndarray, count: int) -> list[list[list[int]]]:
    """Replicas by what they left: groups of the same rows, in these sets of the same outcome.

    Args:
        rows: of each table.
        fixed: numbers of the replicas that stay; a set with one of them is left out.
        count: of replicas.
    """
    left = [each.outcomes() for each in rows]
    groups: dict[Outcome, dict[Outcome, list[int]]] = {}
    for replica in range(count):
        has, says = zip(*(each.get(replica, (b"", b"")) for each in left), strict=True)
        groups.setdefault(has, {}).setdefault(says, []).append(replica)
    stay = set(fixed.tolist())
    return [
        [copies for copies in group.values() if stay.isdisjoint(copies)]
        for group in groups.values()
    ]


def _exchanged(
    alike: list[list[list[int]]], count: int, generator: np.random.Generator
) -> np.ndarray:
    """The replica that each one's outcome comes from, `(count,)`."""
    origin = np.arange(count)
    for outcomes in alike:
        for place, other in enumerate(generator.permutation(len(outcomes))):
            if other != place:
                origin[outcomes[place]] = outcomes[other][0]
    return origin
