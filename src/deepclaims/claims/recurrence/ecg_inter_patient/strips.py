"""A stretch of ECG for each kind of answer."""

from __future__ import annotations

import pandas as pd

from deepclaims.claims.recurrence.ecg_inter_patient.judge import ensemble, point
from deepclaims.claims.results import Results
from deepclaims.evidence.class_scores import CLASSES
from deepclaims.report.ecg_strip import Beat, draw_strip
from deepclaims.report.panel import Drawing

SHOWN = tuple(tuple(pair) for pair in ("SS", "SN", "VV", "VN", "NN", "NS", "FN", "FV"))
"""Annotated and given class of each panel: right on the left, wrong on the right, F at the end."""


def strips(results: Results, drawing: Drawing) -> None:
    """A stretch of ECG for each kind of answer that occurs among the candidates."""
    rows = len(SHOWN) // 2
    panels = drawing.panels(rows, 2, sharex=True, sharey=False, width=11.0, height=2.1 * rows + 0.4)
    told = ensemble(results, "ds2", point(results)).answers()
    candidates = told_strips(results.tables["strips"], told)
    for panel, (true, given) in zip(panels, SHOWN, strict=True):
        heading = panel.say(
            (f"anotado {true}, clasificado {given}", f"annotated {true}, given {given}")
        )
        name = typical(candidates, CLASSES.index(true), CLASSES.index(given))
        if name is None:
            none = panel.say(("ninguno entre los candidatos", "none among the candidates"))
            panel.axes(title=f"{heading}: {none}")
            panel.ax.set_axis_off()
            continue
        signal, near = (_of(results.tables[table], name) for table in ("strips", "strip_beats"))
        beats = _beats(near, told.loc[name[0]])
        draw_strip(panel, signal["seconds"].to_numpy(), signal["signal"].to_numpy(), beats)
        record = f"{panel.say(('registro', 'record'))} {name[0]}"
        p = panel.number(float(told.loc[name, "p"]), ".2f")
        panel.axes(title=f"{heading} (p = {p}), {record}")
    for panel in panels[-2:]:
        panel.axes(x=("tiempo (s)", "time (s)"))
        panel.ax.tick_params(labelbottom=True)
    for panel in panels[::2]:
        panel.axes(y="MLII (QRS = 1)")


def told_strips(strips: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The answers to the beats in the middle of the candidates, as `Ensemble.answers` has them."""
    names = strips[["record", "place"]].drop_duplicates().astype(int)
    return told.loc[told.index.intersection(pd.MultiIndex.from_frame(names))]


def typical(candidates: pd.DataFrame, true: int, told: int) -> tuple[int, int] | None:
    """Record and place of the candidate with this answer whose p is the median; None: of none."""
    same = candidates[(candidates["true"] == true) & (candidates["told"] == told)]
    if same.empty:
        return None
    record, place = same.sort_values(["p", "record", "place"]).index[len(same) // 2]
    return int(record), int(place)


def _beats(near: pd.DataFrame, told: pd.DataFrame) -> list[Beat]:
    """The beats of a strip that were asked about, with their classes."""
    asked = near[["seconds", "neighbour"]].merge(told, left_on="neighbour", right_index=True)
    classes = (asked[column].astype(int).map(CLASSES.__getitem__) for column in ("true", "told"))
    return list(map(Beat, asked["seconds"], *classes))


def _of(table: pd.DataFrame, name: tuple[int, int]) -> pd.DataFrame:
    record, place = name
    return table[(table["record"] == record) & (table["place"] == place)]
