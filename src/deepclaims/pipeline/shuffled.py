"""Results of experiments that never were: to see whether two estimates are made of one number.

Two shares of 32 nets may be 0 and 1, and read like one another by chance. With outcomes dealt out
anew among the replicas they stay one number only if one is made of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from deepclaims.claims.results import Results

WORLDS, SEED = 5, 1
"""How often outcomes are dealt out anew, and the seed of that."""


def shuffled(results: Results) -> Iterator[Results]:
    """The same replicas with each other's outcomes, several times.

    A replica gets the metrics of one that has the same ones, all together; the scores that a part
    is tuned by stay, so that what was chosen is chosen. In a structured table each column of
    fractions is dealt out among its rows.
    """
    chosen_by = {
        score.metric for part in results.claim.parts if part.tune for score in part.tune.by.values()
    }
    for world in range(WORLDS):
        generator = np.random.default_rng((SEED, world))
        metrics = _exchanged(results.metrics, chosen_by, generator)
        tables = {name: _dealt(table, generator) for name, table in results.tables.items()}
        yield replace(results, metrics=metrics, tables=tables)


def _exchanged(
    metrics: pd.DataFrame, fixed: set[str], generator: np.random.Generator
) -> pd.DataFrame:
    moved = metrics[~metrics["metric"].isin(fixed)]
    moved = moved.assign(step=moved["step"].fillna(-1)).sort_values(
        ["key", "seed", "metric", "step"]
    )
    values, rows = moved["value"].to_numpy(copy=True), moved.index.to_numpy()
    alike: dict[tuple[tuple[str, int], ...], list[np.ndarray]] = {}
    for _, each in moved.reset_index(drop=True).groupby(["key", "seed"], sort=False):
        what = tuple(zip(each["metric"], each["step"], strict=True))
        alike.setdefault(what, []).append(each.index.to_numpy())
    for group in alike.values():
        places = np.stack(group)
        values[places] = values[generator.permutation(places)]
    found = metrics["value"].copy()
    found.loc[rows] = values
    return metrics.assign(value=found)


def _dealt(table: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    fractions = table.select_dtypes("float").columns
    return table.assign(**{name: generator.permutation(table[name]) for name in fractions})
