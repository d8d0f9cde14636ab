"""A stretch of ECG for each kind of answer."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from deepclaims.claims.recurrence.ecg_inter_patient.judge import ensemble
from deepclaims.claims.results import Results
from deepclaims.evidence.class_scores import CLASSES
from deepclaims.report.ecg_strip import Beat, draw_strip
from deepclaims.report.panel import Drawing

SHOWN = tuple(tuple(pair) for pair in ("SS", "SN", "VV", "VN", "NN", "NS", "FN", "FV"))
"""Annotated and given class of each panel: right on the left, wrong on the right, F at the end."""


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


def strips(results: Results, drawing: Drawing) -> None:
    """A stretch of ECG for each kind of answer that occurs among the candidates."""
    rows = len(SHOWN) // 2
    panels = drawing.panels(rows, 2, sharex=True, sharey=False, width=11.0, height=2.1 * rows + 0.4)
    told = ensemble(results, "ds2").answers()
    candidates = told_strips(results.tables["strips"], told)
    for panel, (true, given) in zip(panels, SHOWN, strict=True):
        heading = panel.say(
            (f"anotado {true}, clasificado {given}", f"annotated {true}, given {given}")
        )
        strip = typical(candidates, CLASSES.index(true), CLASSES.index(given))
        if strip is None:
            none = panel.say(("ninguno entre los candidatos", "none among the candidates"))
            panel.axes(title=f"{heading}: {none}")
            panel.ax.set_axis_off()
            continue
        signal, near = (_of(results.tables[name], strip) for name in ("strips", "strip_beats"))
        draw_strip(panel, signal["seconds"].to_numpy(), signal["signal"].to_numpy(),
                   _beats(near, told.loc[strip.record]))  # fmt: skip
        record = panel.say(("registro", "record"))
        p = panel.number(strip.p, ".2f")
        panel.axes(title=f"{heading} (p = {p}), {record} {strip.record}")
    for panel in panels[-2:]:
        panel.axes(x=("tiempo (s)", "time (s)"))
        panel.ax.tick_params(labelbottom=True)
    for panel in panels[::2]:
        panel.axes(y="MLII (QRS = 1)")


def told_strips(strips: pd.DataFrame, told: pd.DataFrame) -> list[Strip]:
    """The candidates, each with the answer to the beat in its middle."""
    names = strips[["record", "place"]].drop_duplicates().astype(int)
    known = told.loc[told.index.intersection(pd.MultiIndex.from_frame(names))]
    return [
        Strip(int(record), int(place), int(row.true), int(row.told), float(row.p))
        for (record, place), row in known.iterrows()
    ]


def typical(candidates: list[Strip], true: int, told: int) -> Strip | None:
    """Of the candidates with this answer the one of median probability; None if there are none."""
    same = [strip for strip in candidates if (strip.true, strip.told) == (true, told)]
    same.sort(key=lambda strip: (strip.p, strip.record, strip.place))
    return same[len(same) // 2] if same else None


def _beats(near: pd.DataFrame, told: pd.DataFrame) -> list[Beat]:
    """The beats of a strip that were asked about, with their classes."""
    asked = near[near["neighbour"].isin(told.index)]
    answers = told.loc[asked["neighbour"], ["true", "told"]].astype(int)
    return [
        Beat(seconds, CLASSES[true], CLASSES[given])
        for seconds, true, given in zip(
            asked["seconds"], answers["true"], answers["told"], strict=True
        )
    ]


def _of(table: pd.DataFrame, strip: Strip) -> pd.DataFrame:
    return table[(table["record"] == strip.record) & (table["place"] == strip.place)]
