"""Beats told right and beats told wrong, as ECG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from deepclaims.claims.recurrence.beat_ensemble import Ensemble
from deepclaims.claims.recurrence.class_scores import CLASSES
from deepclaims.claims.recurrence.inter_patient_scores import ensemble
from deepclaims.report.style import OKABE_ITO, figure, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from deepclaims.claims.results import Results

SHOWN = tuple(tuple(pair) for pair in ("SS", "SN", "VV", "VN", "NN", "NS", "FN", "FV"))
"""Annotated and given class of each panel: right on the left, wrong on the right, F at the end."""
RIGHT, WRONG = OKABE_ITO["green"], OKABE_ITO["vermilion"]


@dataclass(frozen=True)
class Strip:
    """A candidate, and what the ensemble says of the beat in its middle.

    Args:
        record: number of the record.
        place: of the beat in the record.
        true: its annotated class, by number.
        told: the class given.
        p: the probability of that class.
    """

    record: int
    place: int
    true: int
    told: int
    p: float


def right_and_wrong(results: Results, language: str) -> Figure:
    """A stretch of ECG for each kind of answer that occurs among the candidates."""
    net = ensemble(results, "ds2")
    told = answers(net)
    candidates = told_strips(results.tables["strips"], told)
    rows = len(SHOWN) // 2
    made, axes = figure(rows, 2, sharex=True, sharey=False, width=11.0, height=2.1 * rows + 0.4)
    for ax, (true, given) in zip(axes.flat, SHOWN, strict=True):
        wanted = (CLASSES.index(true), CLASSES.index(given))
        strip = typical(candidates, *wanted)
        heading = say(
            language, f"anotado {true}, clasificado {given}", f"annotated {true}, given {given}"
        )
        if strip is None:
            none = say(language, "ninguno entre los candidatos", "none among the candidates")
            ax.set_title(f"{heading}: {none}")
            ax.set_axis_off()
            continue
        _draw_strip(ax, results, strip, told)
        p = f"{strip.p:.2f}".replace(".", say(language, ",", "."))
        ax.set_title(f"{heading} (p = {p}), {say(language, 'registro', 'record')} {strip.record}")
    for ax in axes[-1]:
        ax.set_xlabel(say(language, "tiempo (s)", "time (s)"))
        ax.tick_params(labelbottom=True)
    for ax in axes[:, 0]:
        ax.set_ylabel(say(language, "MLII (QRS = 1)", "MLII (QRS = 1)"))
    return made


def answers(net: Ensemble) -> pd.DataFrame:
    """Every beat's class as given, indexed by record and place: columns `told, p`."""
    told = net.predicted
    p = net.p[np.arange(len(told)), told]
    index = pd.MultiIndex.from_arrays([net.record, net.place], names=["record", "place"])
    return pd.DataFrame({"true": net.true, "told": told, "p": p}, index=index)


def told_strips(strips: pd.DataFrame, told: pd.DataFrame) -> list[Strip]:
    """The candidates, each with the answer to the beat in its middle."""
    names = strips[["record", "place"]].drop_duplicates().astype(int)
    known = told.loc[told.index.intersection(pd.MultiIndex.from_frame(names))]
    columns = (known[name].to_numpy() for name in ("true", "told", "p"))
    return [
        Strip(int(record), int(place), int(true), int(given), float(p))
        for (record, place), true, given, p in zip(known.index, *columns, strict=True)
    ]


def typical(candidates: list[Strip], true: int, told: int) -> Strip | None:
    """Of the candidates with this answer the one of median probability; None if there are none."""
    same = [strip for strip in candidates if (strip.true, strip.told) == (true, told)]
    return sorted(same, key=lambda strip: (strip.p, strip.record, strip.place))[
        len(same) // 2
    ] if same else None  # fmt: skip


def _draw_strip(ax: Axes, results: Results, strip: Strip, told: pd.DataFrame) -> None:
    signal, beats = (_of(results.tables[name], strip) for name in ("strips", "strip_beats"))
    ax.plot(signal["seconds"], signal["signal"], color="#222222", linewidth=0.9)
    low, high = float(signal["signal"].min()), float(signal["signal"].max())
    height = max(high - low, 0.5)
    known = told.loc[strip.record]
    edge = float(signal["seconds"].max()) - 0.1
    shown = beats[beats["neighbour"].isin(known.index) & (beats["seconds"].abs() < edge)]
    for place, seconds in zip(shown["neighbour"], shown["seconds"], strict=True):
        true, given = known.loc[place, ["true", "told"]].astype(int)
        text = CLASSES[true] if given == true else f"{CLASSES[true]}→{CLASSES[given]}"
        ax.text(
            float(seconds), high + 0.12 * height, text, ha="center", fontsize=9,
            color=RIGHT if given == true else WRONG,
            fontweight="bold" if place == strip.place else "normal",
        )  # fmt: skip
    ax.axvspan(-0.3, 0.3, color="#EEEEEE", zorder=0)
    ax.set_ylim(low - 0.08 * height, high + 0.3 * height)
    ax.set_xlim(float(signal["seconds"].min()), float(signal["seconds"].max()))


def _of(table: pd.DataFrame, strip: Strip) -> pd.DataFrame:
    return table[(table["record"] == strip.record) & (table["place"] == strip.place)]
