"""Gains with both their intervals, scores by class, patients left out, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.claims.recurrence.bidirectional_ecg.judge import (
    ARMS,
    CELLS,
    DIRECTIONS,
    confusions,
    r_squared,
)
from deepclaims.claims.recurrence.bidirectional_ecg.judge import gain as gain_of
from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT, TWICE
from deepclaims.evidence.class_scores import CLASSES, Confusions, f1, macro_f1, resampled
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.beat_classes import (
    DRAWS,
    SCORES,
    by_class,
    class_axes,
    published,
)
from deepclaims.report.panel import BESIDE, Drawing, Panel, Text
from deepclaims.report.style import OKABE_ITO, THEORY

COLOURS = {"rnn": OKABE_ITO["vermilion"], "lstm": OKABE_ITO["blue"]}

MARKERS = {"uni": "o", "bi": "D"}

SUBSETS: tuple[tuple[int, ...], ...] = ((), (TWICE,), (DOMINANT,), (TWICE, DOMINANT))
"""Records left out."""

OVER_SEEDS: dict[str, Any] = {"marker": "o", "linewidth": 2.0}
OVER_PATIENTS: dict[str, Any] = {"marker": "s", "linewidth": 1.2, "markerfacecolor": "white"}
"""Looks of the two intervals."""

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

Pair = tuple[Text, str, str, str]
"""Name of a pair of arms, the first arm, the second, and the colour."""


def gain(results: Results, drawing: Drawing) -> None:
    """Both intervals of each gain, with and without the two odd patients."""
    pairs = [(cell.upper(), f"{cell}_bi", f"{cell}_uni", COLOURS[cell]) for cell in CELLS]
    across = (
        "macro-F1 (N, S, V) de la bidireccional menos la de la unidireccional",
        "macro-F1 (N, S, V) of the bidirectional net minus that of the unidirectional",
    )
    _differences(drawing, results, pairs, across)


def cells(results: Results, drawing: Drawing) -> None:
    """LSTM against RNN, read in either way, with and without the two odd patients."""
    pairs = [
        (("un sentido", "one way"), "lstm_uni", "rnn_uni", OKABE_ITO["grey"]),
        (("los dos sentidos", "both ways"), "lstm_bi", "rnn_bi", OKABE_ITO["green"]),
    ]
    across = (
        "macro-F1 (N, S, V) de la LSTM menos la de la RNN",
        "macro-F1 (N, S, V) of the LSTM minus that of the RNN",
    )
    _differences(drawing, results, pairs, across)


def _differences(drawing: Drawing, results: Results, pairs: Sequence[Pair], across: Text) -> None:
    """Both intervals of the difference of two arms, for each subset of patients."""
    panel = drawing.panel(width=8.0, height=4.6)
    beats = {arm: confusions(results, arm) for arm in ARMS}
    rows: list[Text] = []
    for name, first, second, colour in pairs:
        for left_out in SUBSETS:
            one, other = (beats[arm].without(left_out) for arm in (first, second))
            seeds, patients = gain_of(one, other, DRAWS)
            panel.across([len(rows) - 0.13], [seeds], color=colour, **OVER_SEEDS)
            panel.across([len(rows) + 0.17], [patients], color=colour, **OVER_PATIENTS)
            rows.append(_row(panel, name, left_out))
    for name, look in (
        (("semillas (t)", "seeds (t)"), OVER_SEEDS),
        (("semillas × pacientes (bootstrap)", "seeds × patients (bootstrap)"), OVER_PATIENTS),
    ):
        panel.points([], [], name, color=OKABE_ITO["grey"], linestyle="-", **look)
    panel.axes(x=across)
    panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    panel.ax.axvline(0.0, color=THEORY, linewidth=1.2, zorder=1)
    panel.ax.axhline(len(SUBSETS) - 0.5, color="#BBBBBB", linewidth=0.8)
    panel.places("y", rows)
    panel.ax.invert_yaxis()


def _row(panel: Panel, name: Text, left_out: tuple[int, ...]) -> str:
    if not left_out:
        return f"{panel.say(name)}, {panel.say(('todos', 'everybody'))}"
    records = panel.say((" ni ", " and ")).join(map(str, left_out))
    return f"{panel.say(('sin', 'without'))} {records}"


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
        published(panel, score)
        class_axes(panel, [*CLASSES, "macro\nNSV"][: len(found)])
    panels[0].axes(y=("puntaje en DS2", "score on DS2"))
    panels[1].axes(x=("clase AAMI", "AAMI class"))
    panels[-1].legend(**BESIDE)


def patients(results: Results, drawing: Drawing) -> None:
    """The gain when one patient is left out: whose beats it rests on."""
    titles = [cell.upper() for cell in CELLS]
    panels = drawing.panels(2, 1, titles, sharex=True, sharey=True, width=9.2, height=5.2)
    for panel, cell in zip(panels, CELLS, strict=True):
        uni, bi = (confusions(results, f"{cell}_{direction}") for direction in DIRECTIONS)
        whole, colour = _mean_gain(bi, uni), COLOURS[cell]
        left = [_mean_gain(bi.without({r}), uni.without({r})) for r in bi.records]
        panel.ax.vlines(range(len(left)), whole, left, color=colour, linewidth=1.6)
        panel.points(range(len(left)), left, marker="o", color=colour)
        panel.ax.axhline(whole, color=colour, linestyle="--", linewidth=1.2,
                         label=panel.say(("con todos", "with all of them")))  # fmt: skip
        panel.ax.axhline(0.0, color=THEORY, linewidth=1.0, zorder=1)
        panel.places("x", list(map(str, bi.records)), rotation=90)
        panel.axes(y=("ganancia\n(macro-F1 NSV)", "gain\n(macro-F1 NSV)"))
        panel.legend(loc="best")
    panels[-1].axes(x=("paciente que se deja afuera", "patient left out"))


def _mean_gain(first: Confusions, second: Confusions) -> float:
    return float(np.mean(macro_f1(first.totals) - macro_f1(second.totals)))


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
