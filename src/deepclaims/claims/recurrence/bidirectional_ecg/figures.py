"""Gains by both scores, scores by class, every patient's gain, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.claims.recurrence.bidirectional_ecg.judge import (
    ARMS,
    CELLS,
    DIRECTIONS,
    confusions,
    patient_gain,
    patient_scores,
    r_squared,
)
from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT
from deepclaims.evidence.class_scores import CLASSES, f1, macro_f1, resampled
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.beat_classes import (
    DRAWS,
    SCORES,
    by_class,
    class_axes,
)
from deepclaims.report.panel import BESIDE, Drawing, Text
from deepclaims.report.style import OKABE_ITO, THEORY

COLOURS = {"rnn": OKABE_ITO["vermilion"], "lstm": OKABE_ITO["blue"]}

MARKERS = {"uni": "o", "bi": "D"}

EACH: dict[str, Any] = {"marker": "o", "linewidth": 2.0}
POOLED: dict[str, Any] = {"marker": "s", "linewidth": 1.2, "markerfacecolor": "white"}
"""Looks of the two scores."""

ASKED: dict[str, Text] = {
    "next": ("al final del tramo:\nno hay futuro", "at the end of the run:\nthere is no future"),
    "every": (
        "en cada latido del tramo:\nla respuesta está en la entrada",
        "at every beat of the run:\nthe answer is in the input",
    ),
    "cut": (
        "entrenada en cada latido,\npreguntada al final",
        "trained at every beat,\nasked at the end",
    ),
}
"""Where the question about the next RR interval is put."""

WITHOUT: Text = (f"sin {DOMINANT}", f"without {DOMINANT}")

Pair = tuple[Text, str, str, str]
"""Name of a pair of arms, the first arm, the second, and the colour."""


def gain(results: Results, drawing: Drawing) -> None:
    """What reading both ways gains, in the average patient and with pooled beats."""
    pairs = [(cell.upper(), f"{cell}_bi", f"{cell}_uni", COLOURS[cell]) for cell in CELLS]
    across = (
        "puntaje de la bidireccional menos el de la unidireccional",
        "score of the bidirectional net minus that of the unidirectional",
    )
    _differences(drawing, results, pairs, across)


def cells(results: Results, drawing: Drawing) -> None:
    """LSTM against RNN, read in either way."""
    pairs = [
        (("un sentido", "one way"), "lstm_uni", "rnn_uni", OKABE_ITO["grey"]),
        (("los dos sentidos", "both ways"), "lstm_bi", "rnn_bi", OKABE_ITO["green"]),
    ]
    across = ("puntaje de la LSTM menos el de la RNN", "score of the LSTM minus that of the RNN")
    _differences(drawing, results, pairs, across)


def _differences(drawing: Drawing, results: Results, pairs: Sequence[Pair], across: Text) -> None:
    """The difference of two arms by both scores, with everybody and without the odd patient."""
    panel = drawing.panel(width=8.0, height=3.6)
    beats = {arm: confusions(results, arm) for arm in ARMS}
    rows: list[Text] = []
    for name, first, second, colour in pairs:
        for left_out in ((), (DOMINANT,)):
            one, other = (beats[arm].without(left_out) for arm in (first, second))
            each = patient_gain(one, other, DRAWS)
            pooled = resampled(macro_f1, one, other, DRAWS)
            panel.across([len(rows) - 0.13], [each], color=colour, **EACH)
            panel.across([len(rows) + 0.17], [pooled], color=colour, **POOLED)
            said = ("todos", "everybody") if not left_out else WITHOUT
            rows.append(f"{panel.say(name)}, {panel.say(said)}")
    for name, look in (
        (("paciente medio", "average patient"), EACH),
        (("macro-F1, latidos juntos", "macro-F1, pooled beats"), POOLED),
    ):
        panel.points([], [], name, color=OKABE_ITO["grey"], linestyle="-", **look)
    panel.axes(x=across)
    panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    panel.ax.axvline(0.0, color=THEORY, linewidth=1.2, zorder=1)
    panel.places("y", rows)
    panel.ax.invert_yaxis()


def classes(results: Results, drawing: Drawing) -> None:
    """Se, +P and F1 of each class and arm, and the baseline that calls every beat N."""
    titles = [title for _, title in SCORES]
    panels = drawing.panels(1, 3, titles, sharey=True, height=4.3)
    beats = {arm: confusions(results, arm) for arm in ARMS}
    (baseline,) = beats[ARMS[0]].majority().totals[:1]
    for panel, (score, _) in zip(panels, SCORES, strict=True):
        for arm, shift in zip(ARMS, (-0.27, -0.09, 0.09, 0.27), strict=True):
            found = by_class(beats[arm], score)
            if score is f1:
                found.append(resampled(macro_f1, beats[arm], draws=DRAWS))
            cell, direction = arm.split("_")
            panel.measured(
                np.arange(len(found)) + shift, found, f"{cell.upper()} {direction}",
                linestyle="none", **_look(cell, direction),
            )  # fmt: skip
        values = [*score(baseline), float(macro_f1(baseline))][: len(found)]
        at = np.arange(len(found))
        panel.ax.hlines(values, at - 0.38, at + 0.38, color=THEORY, linestyle=":", linewidth=1.4,
                        label=panel.say(("todo N", "all N")))  # fmt: skip
        class_axes(panel, [*CLASSES, "macro\nNSV"][: len(found)])
    panels[0].axes(y=("puntaje", "score"))
    panels[1].axes(x=("clase AAMI", "AAMI class"))
    panels[-1].legend(**BESIDE)


def patients(results: Results, drawing: Drawing) -> None:
    """The gain of every patient, from the one who loses most to the one who gains most."""
    titles = [cell.upper() for cell in CELLS]
    panels = drawing.panels(2, 1, titles, sharey=True, width=10.0, height=6.0)
    for panel, cell in zip(panels, CELLS, strict=True):
        uni, bi = (confusions(results, f"{cell}_{direction}") for direction in DIRECTIONS)
        gains = (patient_scores(bi) - patient_scores(uni)).mean(axis=0)
        order, colour = np.argsort(gains, kind="stable"), COLOURS[cell]
        panel.ax.vlines(range(len(order)), 0.0, gains[order], color=colour, linewidth=1.6)
        panel.points(range(len(order)), gains[order], marker="o", markersize=4, color=colour)
        panel.ax.axhline(gains.mean(), color=colour, linestyle="--", linewidth=1.2,
                         label=panel.say(("media", "mean")))  # fmt: skip
        panel.ax.axhline(0.0, color=THEORY, linewidth=1.0, zorder=1)
        panel.places("x", [str(bi.records[k]) for k in order], rotation=90)
        panel.axes(y=("ganancia", "gain"))
        panel.legend(loc="best")
    panels[-1].axes(x=("paciente (registro)", "patient (record)"))


def forecast(results: Results, drawing: Drawing) -> None:
    """R² of both directions, by where the question is put."""
    panel = drawing.panel(width=7.6, height=4.2)
    names = (
        ("LSTM unidireccional", "unidirectional LSTM"),
        ("LSTM bidireccional", "bidirectional LSTM"),
    )
    for direction, name, shift in zip(DIRECTIONS, names, (-0.2, 0.12), strict=True):
        values = [r_squared(results, asked, direction) for asked in ASKED]
        found, look = list(map(mean_interval, values)), _look("lstm", direction)
        colour = look.pop("colour")
        for x, seeds in enumerate(values):
            panel.points(x + shift - 0.04, seeds, color=colour, alpha=0.35, markersize=3.5, **look)
            mean = found[x].value
            panel.ax.annotate(panel.number(mean, ".2f"), (x + shift + 0.07, mean), va="center",
                              fontsize="small")  # fmt: skip
        panel.measured(np.arange(len(found)) + shift + 0.03, found, name, colour=colour,
                       linestyle="none", **look)  # fmt: skip
    panel.ax.axhline(0.0, color=THEORY, linewidth=1.0, zorder=1)
    panel.places("x", list(ASKED.values()))
    panel.axes(y=("R² del próximo RR, pacientes de DS2", "R² of the next RR, patients of DS2"),
               xlim=(-0.5, len(ASKED) - 0.5))  # fmt: skip
    panel.legend(loc="upper left")


def _look(cell: str, direction: str) -> dict[str, Any]:
    """Colour of a cell; hollow where it reads one way."""
    colour = COLOURS[cell]
    face = "white" if direction == "uni" else colour
    return {"colour": colour, "marker": MARKERS[direction], "markerfacecolor": face}
