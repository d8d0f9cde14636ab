"""The diagnosis of every trained cell of a claim: what its pages show, and decides nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims import pattern
from deepclaims.claims.claim import Part
from deepclaims.data import PREPARED
from deepclaims.data.bayes import Reference, References
from deepclaims.evidence.diagnosis import DiagnosedCell, Diagnosis
from deepclaims.evidence.record import REAL_SOURCES
from deepclaims.pipeline.deposit import VOLATILE
from deepclaims.pipeline.judging import Measured
from deepclaims.sweep.compose import Composer

if TYPE_CHECKING:
    import pandas as pd

    from deepclaims.claims.results import Results

LOSS, POINTS = "train_loss", 12
"""The curve that is shown of a cell, and at how many steps."""
TRAIN, HELD_OUT = "train_error", ("validation", "test")
"""The metric, and the splits that may be held out, the first that was scored."""
DATA = re.compile(r"\+*data\b")
"""How overrides begin that say what is trained on: others need not be composed for it."""
IDENTITY = ("part", "arm", "key", "seed", "metric", "step", "value", "registration")


def diagnose_one(measured: Measured, conf: Path) -> tuple[DiagnosedCell, ...]:
    """Diagnose every cell of a claim that has errors on train and on something held out.

    Args:
        measured: the claim.
        conf: the folder of configs, which has the Bayes errors.
    """
    return tuple(_cells(measured.results(), measured.about["sources"], conf))


def _cells(results: Results, sources: Mapping[str, str], conf: Path) -> Iterator[DiagnosedCell]:
    metrics = _by_place(results.metrics)
    rows = metrics[metrics["step"].isna()]
    trained = rows.loc[rows["metric"] == TRAIN, "key"].unique()
    rows = rows[rows["key"].isin(trained)]
    curves = _curves(metrics, trained)
    composer, references = Composer(conf), References.read(conf)
    for (part, arm, key), own in rows.groupby(["part", "arm", "key"], sort=False):
        errors = own.pivot(index="seed", columns="metric", values="value")
        split = next((each for each in HELD_OUT if f"{each}_error" in errors), "")
        if not split:
            continue
        errors = errors[[TRAIN, f"{split}_error"]].dropna()
        if errors.empty:
            continue
        axes = _axes(own)
        data = _data(results.claim.part(part), arm, axes, composer)
        reference = _reference(references, data, sources)
        train, held_out = (float(each) for each in errors.mean())
        yield DiagnosedCell(
            part, arm, axes, len(errors), split, reference.kind, reference.source,
            Diagnosis(train, held_out, reference.error), curves.get((part, arm, key), ()),
        )  # fmt: skip


def _by_place(metrics: pd.DataFrame) -> pd.DataFrame:
    """The same rows, with one key for each place of a grid.

    The seeds that choose score no test split, so at what was chosen they have a key of their own;
    and a stand-in may have made two places one config.
    """
    axes = [each for each in metrics if each not in IDENTITY and not each.startswith(VOLATILE)]
    places = metrics.groupby(["part", "arm", *axes], dropna=False, sort=False)
    return metrics.assign(key=places.ngroup())


def _curves(metrics: pd.DataFrame, keys: Collection[str]) -> dict[Any, tuple[float, ...]]:
    """The training loss of cells, by part, arm and key: means over seeds, at `POINTS` steps."""
    rows = metrics[(metrics["metric"] == LOSS) & metrics["step"].notna()]
    rows = rows[rows["key"].isin(keys) & np.isfinite(rows["value"])]
    means = rows.groupby(["part", "arm", "key", "step"], sort=True)["value"].mean()
    found = {}
    for cell, own in means.groupby(level=["part", "arm", "key"], sort=False):
        places = np.linspace(0, len(own) - 1, min(POINTS, len(own))).round().astype(int)
        found[cell] = tuple(float(f"{value:.3g}") for value in own.to_numpy()[places])
    return found


def reference_of(
    references: References, parts: Mapping[str, Any], sources: Mapping[str, str]
) -> Reference:
    """The Bayes error of a cell of the run cache.

    Args:
        references: what is known of each data set.
        parts: what the cell's key is the hash of.
        sources: where its prepared data came from.
    """
    config = parts["config"]
    data = config.get("data")
    if not isinstance(data, Mapping):
        data = _named(list(parts["data"]), config)
    return _reference(references, data, sources)


def _data(part: Part, arm: str, axes: Mapping[str, Any], composer: Composer) -> Mapping[str, Any]:
    """The data set that a cell is trained on, with its options, as far as its part tells."""
    if part.task == pattern.TRAIN:
        overrides = [each for each in (*part.base, *part.arms[arm]) if DATA.match(each)]
        values = {axis: value for axis, value in axes.items() if DATA.match(axis)}
        data: Mapping[str, Any] = composer.cell(overrides, values)["data"]
        return data
    return _named(part.data, {**part.params, **axes})


def _named(names: Sequence[str], config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The config of a claim's own task as that of its data set, where it has one alone."""
    return {**config, "name": names[0] if len(names) == 1 else ""}


def _reference(
    references: References, data: Mapping[str, Any], sources: Mapping[str, str]
) -> Reference:
    source = sources.get(PREPARED.get(str(data.get("name")), ""), REAL_SOURCES[0])
    return references.of(data, stand_in=source not in REAL_SOURCES)


def _axes(rows: pd.DataFrame) -> dict[str, Any]:
    """The place of a cell on its grid, from its rows."""
    first = rows.drop(columns=[*IDENTITY], errors="ignore").iloc[0].dropna()
    return {
        str(axis): _plain(value)
        for axis, value in first.items()
        if not str(axis).startswith(VOLATILE)
    }


def _plain(value: Any) -> Any:
    """A value as the claim's file has it: a table holds whole numbers as floats where some lack."""
    plain = value.item() if hasattr(value, "item") else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
