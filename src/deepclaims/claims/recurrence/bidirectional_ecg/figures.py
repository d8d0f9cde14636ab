"""The figures of bidirectional-ecg."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.recurrence.bidirectional_gains import (
    ARMS,
    CELLS,
    DIRECTIONS,
    confusions,
    forecast_squares,
    r_squared,
)
from deepclaims.claims.recurrence.bidirectional_gains import (
    gain as gain_of,
)
from deepclaims.claims.recurrence.class_scores import (
    CLASSES,
    HEADLINE,
    f1,
    macro_f1,
    positive_predictivity,
    sensitivity,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import bootstrap, mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO, figure, measured, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from deepclaims.claims.recurrence.class_scores import Confusions


COLOURS = {"rnn": OKABE_ITO["vermilion"], "lstm": OKABE_ITO["blue"]}


MARKERS = {"uni": "o", "bi": "D"}


SUBSETS: tuple[tuple[int, ...], ...] = ((), (202,), (232,), (202, 232))
"""Records left out: 202 is the person of DS1's 201, and 232 has 3 of 4 of all S beats of DS2."""


DE_CHAZAL = {"N": (0.869, 0.992), "S": (0.759, 0.385), "V": (0.777, 0.819)}
"""Se and +P on DS2 (de Chazal, O'Dwyer & Reilly 2004)."""


DRAWS = 499  # enough to draw an interval; judging takes more


def gain(results: Results, drawing: Drawing) -> Figure:
    """Both intervals of each gain, with and without the two odd patients."""
    language = drawing.language
    pairs = {cell.upper(): (f"{cell}_bi", f"{cell}_uni", COLOURS[cell]) for cell in CELLS}
    made, ax = _differences(results, language, pairs)
    ax.set_xlabel(
        say(
            language,
            "macro-F1 (N, S, V) de la bidireccional menos la de la unidireccional",
            "macro-F1 (N, S, V) of the bidirectional net minus that of the unidirectional",
        )
    )
    return made


def cells(results: Results, drawing: Drawing) -> Figure:
    """LSTM against RNN, read in either way, with and without the two odd patients."""
    language = drawing.language
    names = {
        "uni": say(language, "un sentido", "one way"),
        "bi": say(language, "los dos sentidos", "both ways"),
    }
    colours = {"uni": OKABE_ITO["grey"], "bi": OKABE_ITO["green"]}
    pairs = {names[d]: (f"lstm_{d}", f"rnn_{d}", colours[d]) for d in DIRECTIONS}
    made, ax = _differences(results, language, pairs)
    ax.set_xlabel(
        say(
            language,
            "macro-F1 (N, S, V) de la LSTM menos la de la RNN",
            "macro-F1 (N, S, V) of the LSTM minus that of the RNN",
        )
    )
    return made


def _differences(
    results: Results, language: str, pairs: Mapping[str, tuple[str, str, str]]
) -> tuple[Figure, Axes]:
    """Both intervals of the difference of two arms, for each subset of patients.

    Args:
        results: of the claim.
        language: es or en.
        pairs: name of a pair -> first arm, second arm, colour.
    """
    made, ax = figure(width=8.0, height=4.6)
    beats = {arm: confusions(results, arm) for arm in ARMS}
    rows = [(name, left_out) for name in pairs for left_out in SUBSETS]
    for y, (name, left_out) in enumerate(rows):
        first, second, colour = pairs[name]
        seeds, patients = gain_of(
            beats[first].without(left_out), beats[second].without(left_out), DRAWS
        )
        _bar(ax, y - 0.13, seeds, colour, filled=True)
        _bar(ax, y + 0.17, patients, colour, filled=False)
    _legend_of_intervals(ax, language)
    ax.axvline(0.0, color="#222222", linewidth=1.2, zorder=1)
    ax.axhline(len(SUBSETS) - 0.5, color="#BBBBBB", linewidth=0.8)
    ax.set_yticks(range(len(rows)), [_row(name, out, language) for name, out in rows])
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    return made, ax


def classes(results: Results, drawing: Drawing) -> Figure:
    """Se, +P and F1 of each class and arm, and the baseline that calls every beat N."""
    language = drawing.language
    made, axes = figure(1, 3, sharey=True, height=4.3)
    beats = {arm: confusions(results, arm) for arm in ARMS}
    scores = (
        (sensitivity, say(language, "sensibilidad Se", "sensitivity Se")),
        (positive_predictivity, say(language, "valor predictivo +P", "positive predictivity +P")),
        (f1, "F1"),
    )
    places = np.array([-0.27, -0.09, 0.09, 0.27])
    for ax, (score, _) in zip(axes, scores, strict=True):
        across = np.arange(len(CLASSES) + (score is f1))
        for arm, shift in zip(ARMS, places, strict=True):
            cell, direction = arm.split("_")
            found = [_score(beats[arm], score, k) for k in range(len(CLASSES))]
            if score is f1:
                found.append(_macro(beats[arm]))
            measured(
                ax,
                across + shift,
                [each.value for each in found],
                [each.low for each in found],
                [each.high for each in found],
                f"{cell.upper()} {direction}",
                COLOURS[cell],
                marker=MARKERS[direction],
                markerfacecolor="white" if direction == "uni" else COLOURS[cell],
                linestyle="none",
                band=False,
            )
        baseline = beats[ARMS[0]].majority().counts
        values = [*score(baseline[0].sum(axis=0))]
        if score is f1:
            values.append(macro_f1(baseline)[0])
        ax.hlines(
            values, across - 0.38, across + 0.38, color="#222222", linestyle=":", linewidth=1.4,
            label=say(language, "todo N", "all N"),
        )  # fmt: skip
        published = [_published(score, label) for label in DE_CHAZAL]
        ax.plot(
            across[: len(published)] + 0.42, published, "x", color="#222222",
            label="de Chazal 2004",
        )  # fmt: skip
        ax.set_xticks(across, [*CLASSES, "macro\nNSV"][: len(across)])
        ax.grid(visible=False, axis="x")
        ax.set_ylim(-0.03, 1.03)
    axes[0].set_ylabel(say(language, "puntaje en DS2", "score on DS2"))
    axes[1].set_xlabel(say(language, "clase AAMI", "AAMI class"))
    panel_titles(axes, [title for _, title in scores])
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def patients(results: Results, drawing: Drawing) -> Figure:
    """The gain when one patient is left out: whose beats it rests on."""
    language = drawing.language
    made, axes = figure(2, 1, sharex=True, sharey=True, width=9.2, height=5.2)
    for ax, cell in zip(axes, CELLS, strict=True):
        bi, uni = (confusions(results, f"{cell}_{direction}") for direction in ("bi", "uni"))
        records = bi.records
        left = [
            float(np.mean(macro_f1(bi.without({r}).counts) - macro_f1(uni.without({r}).counts)))
            for r in records
        ]
        whole = float(np.mean(macro_f1(bi.counts) - macro_f1(uni.counts)))
        ax.vlines(range(len(records)), whole, left, color=COLOURS[cell], linewidth=1.6)
        ax.plot(range(len(records)), left, "o", color=COLOURS[cell])
        ax.axhline(
            whole, color=COLOURS[cell], linestyle="--", linewidth=1.2,
            label=say(language, "con todos", "with all of them"),
        )  # fmt: skip
        ax.axhline(0.0, color="#222222", linewidth=1.0, zorder=1)
        ax.set_xticks(range(len(records)), [str(r) for r in records], rotation=90)
        ax.grid(visible=False, axis="x")
        ax.set_ylabel(say(language, "ganancia\n(macro-F1 NSV)", "gain\n(macro-F1 NSV)"))
        ax.legend(loc="best")
    axes[-1].set_xlabel(say(language, "paciente que se deja afuera", "patient left out"))
    panel_titles(axes, [cell.upper() for cell in CELLS])
    return made


def forecast(results: Results, drawing: Drawing) -> Figure:
    """R² of both directions, by where the question is put."""
    language = drawing.language
    made, ax = figure(width=7.6, height=4.2)
    asked = {
        "next": say(
            language,
            "al final del tramo:\nno hay futuro",
            "at the end of the run:\nthere is no future",
        ),
        "every": say(
            language,
            "en cada latido del tramo:\nla respuesta está en la entrada",
            "at every beat of the run:\nthe answer is in the input",
        ),
        "cut": say(
            language,
            "entrenada en cada latido,\npreguntada al final",
            "trained at every beat,\nasked at the end",
        ),
    }
    names = {
        "uni": say(language, "unidireccional", "unidirectional"),
        "bi": say(language, "bidireccional", "bidirectional"),
    }
    for direction, shift in zip(DIRECTIONS, (-0.2, 0.12), strict=True):
        colour = COLOURS["lstm"]
        face = "white" if direction == "uni" else colour
        values = [r_squared(forecast_squares(results, each, direction)) for each in asked]
        for x, seeds in enumerate(values):
            mean = mean_interval(seeds)
            spread = [x + shift - 0.04] * len(seeds)
            ax.plot(spread, seeds, MARKERS[direction], color=colour, alpha=0.35, markersize=3.5,
                    markerfacecolor=face, linestyle="none")  # fmt: skip
            measured(
                ax, [x + shift + 0.03], [mean.value], [mean.low], [mean.high],
                f"LSTM {names[direction]}" if x == 0 else None, colour,
                marker=MARKERS[direction], markerfacecolor=face, linestyle="none",
            )  # fmt: skip
            ax.annotate(
                _decimal(f"{mean.value:.2f}", language), (x + shift + 0.07, mean.value),
                va="center", fontsize="small",
            )  # fmt: skip
    ax.axhline(0.0, color="#222222", linewidth=1.0, zorder=1)
    ax.set_xlim(-0.5, len(asked) - 0.5)
    ax.set_xticks(range(len(asked)), list(asked.values()))
    ax.grid(visible=False, axis="x")
    ax.set_ylabel(
        say(language, "R² del próximo RR, pacientes de DS2", "R² of the next RR, patients of DS2")
    )
    ax.legend(loc="upper left")
    return made


def _bar(ax: Axes, y: float, estimate: Estimate, colour: str, *, filled: bool) -> None:
    ends = np.array([[estimate.value - estimate.low], [estimate.high - estimate.value]])
    ends = np.where(np.isfinite(ends), np.maximum(ends, 0.0), 0.0)
    style: dict[str, Any] = {
        "marker": "o" if filled else "s",
        "markerfacecolor": colour if filled else "white",
        "linewidth": 2.0 if filled else 1.2,
    }
    ax.errorbar([estimate.value], [y], xerr=ends, color=colour, **style)


def _legend_of_intervals(ax: Axes, language: str) -> None:
    grey: dict[str, Any] = {"color": OKABE_ITO["grey"]}
    ax.plot([], [], "o-", linewidth=2.0, label=say(language, "semillas (t)", "seeds (t)"), **grey)
    ax.plot(
        [], [], "s-", linewidth=1.2, markerfacecolor="white",
        label=say(language, "semillas × pacientes (bootstrap)", "seeds × patients (bootstrap)"),
        **grey,
    )  # fmt: skip
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def _row(name: str, left_out: tuple[int, ...], language: str) -> str:
    if not left_out:
        return say(language, f"{name}, todos", f"{name}, everybody")
    names = say(language, " ni ", " and ").join(map(str, left_out))
    return say(language, f"sin {names}", f"without {names}")


def _score(beats: Confusions, score: Any, label: int) -> Estimate:
    def mean(counts: np.ndarray) -> float:
        return float(score(counts.sum(axis=1))[:, label].mean())

    return bootstrap(mean, beats.counts, across=2, draws=DRAWS)


def _macro(beats: Confusions) -> Estimate:
    return bootstrap(
        lambda counts: float(macro_f1(counts, HEADLINE).mean()), beats.counts, across=2, draws=DRAWS
    )


def _published(score: Any, label: str) -> float:
    Se, P = DE_CHAZAL[label]
    return {sensitivity: Se, positive_predictivity: P}.get(score, 2 * Se * P / (Se + P))


def _decimal(text: str, language: str) -> str:
    return text.replace(".", say(language, ",", "."))
