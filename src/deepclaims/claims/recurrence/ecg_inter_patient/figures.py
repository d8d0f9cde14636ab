"""The figures of ecg-inter-patient that are made of counts and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from deepclaims.claims.recurrence.beat_ensemble import Ensemble, unweighted
from deepclaims.claims.recurrence.beat_ensemble import reliability as reliability_of
from deepclaims.claims.recurrence.class_scores import (
    CLASSES,
    HEADLINE,
    Confusions,
    f1,
    positive_predictivity,
    sensitivity,
)
from deepclaims.claims.recurrence.inter_patient_scores import (
    DE_CHAZAL,
    DOMINANT,
    NIU,
    TWICE,
    Score,
    ensemble,
    macro,
    scored,
    single_nets,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.resampling import bootstrap
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO, figure, measured, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


DRAWS = 499  # enough to draw an interval; judging takes more


INK = "#222222"


COLOURS = {
    "N": OKABE_ITO["grey"], "S": OKABE_ITO["vermilion"], "V": OKABE_ITO["blue"],
    "macro": OKABE_ITO["green"],
}  # fmt: skip


def classes(results: Results, drawing: Drawing) -> Figure:
    """Se, +P and F1 by class, on DS2 and swapped, with the patients that weigh most left out."""
    language = drawing.language
    made, axes = figure(2, 3, sharey=True, sharex="col", height=7.4)
    everybody = ensemble(results, "ds2").confusions()
    swapped = ensemble(results, "swap").confusions()
    scores: tuple[tuple[Score, str], ...] = (
        (sensitivity, say(language, "sensibilidad Se", "sensitivity Se")),
        (positive_predictivity, say(language, "valor predictivo +P", "positive predictivity +P")),
        (f1, "F1"),
    )
    without = say(language, "sin", "without")
    rows = (
        (
            "ds2",
            {
                say(language, "los 22 pacientes", "all 22 patients"): everybody,
                f"{without} {DOMINANT}": everybody.without({DOMINANT}),
                f"{without} {TWICE}": everybody.without({TWICE}),
            },
        ),
        ("swap", {say(language, "los 22 pacientes", "all 22 patients"): swapped}),
    )
    for line, (part, subsets) in zip(axes, rows, strict=True):
        alone = single_nets(results, part)
        for ax, (score, _) in zip(line, scores, strict=True):
            _subsets(ax, score, subsets)
            _nets(ax, score, alone, say(language, "cada red", "each net"))
            if part == "ds2":
                _published(ax, score)
            ax.set_xticks(range(len(CLASSES)), CLASSES)
            ax.grid(visible=False, axis="x")
            ax.set_ylim(-0.03, 1.03)
    axes[0, 0].set_ylabel(say(language, "DS1 → DS2: puntaje", "DS1 → DS2: score"))
    axes[1, 0].set_ylabel(say(language, "DS2 → DS1: puntaje", "DS2 → DS1: score"))
    for ax in axes[1]:
        ax.set_xlabel(say(language, "clase AAMI", "AAMI class"))
    panel_titles(axes, [title for _, title in scores] * 2)
    for ax in axes[:, -1]:
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def confusion(results: Results, drawing: Drawing) -> Figure:
    """True against predicted class: counts, coloured by the share of the true class."""
    language = drawing.language
    made, axes = figure(1, 2, width=9.6, height=4.3)
    beats = ensemble(results, "ds2").confusions()
    for ax, counted in zip(axes, (beats, beats.without({DOMINANT})), strict=True):
        counts = counted.counts[0].sum(axis=0)
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for (true, told), n in np.ndenumerate(counts):
            text = f"{int(n)}\n{_decimal(f'{100 * share[true, told]:.1f} %', language)}"
            colour = "white" if share[true, told] > 0.6 else INK
            ax.text(told, true, text, ha="center", va="center", color=colour, fontsize=9)
        ax.set_xticks(range(len(CLASSES)), CLASSES)
        ax.set_yticks(range(len(CLASSES)), CLASSES)
        ax.grid(visible=False)
        ax.set_xlabel(say(language, "clase dada por las redes", "class given by the nets"))
        ax.set_ylabel(say(language, "clase anotada", "annotated class"))
    panel_titles(
        axes,
        [
            say(language, "los 22 pacientes de DS2", "all 22 patients of DS2"),
            say(language, f"sin {DOMINANT}", f"without {DOMINANT}"),
        ],
    )
    return made


def patients(results: Results, drawing: Drawing) -> Figure:
    """Ectopic beats of each patient of DS2: annotated, found, and called so wrongly."""
    language = drawing.language
    made, axes = figure(2, 1, sharex=True, width=10.0, height=6.0)
    beats = ensemble(results, "ds2").confusions()
    for ax, label in zip(axes, ("S", "V"), strict=True):
        k = CLASSES.index(label)
        counts = beats.counts[0]
        annotated, found = counts[:, k].sum(axis=-1), counts[:, k, k]
        wrongly = counts[:, :, k].sum(axis=-1) - found
        x = np.arange(len(beats.records))
        found, wrongly = (np.where(n > 0, n, np.nan) for n in (found, wrongly))
        ax.vlines(x, np.nan_to_num(found), annotated, color="#BBBBBB", linewidth=2.0, zorder=1)
        ax.plot(x, annotated, "o", markerfacecolor="white", color=INK, markersize=7,
                linestyle="none", label=say(language, "anotados", "annotated"))  # fmt: skip
        ax.plot(x, found, "o", color=OKABE_ITO["green"], markersize=4.5, linestyle="none",
                label=say(language, "encontrados", "found"))  # fmt: skip
        ax.plot(x, wrongly, "x", color=OKABE_ITO["vermilion"], markersize=6, linestyle="none",
                label=say(language, "falsas alarmas", "false alarms"))  # fmt: skip
        ax.set_yscale("symlog", linthresh=1, linscale=0.6)
        ax.set_ylim(-0.3, max(float(counts.sum(axis=(1, 2)).max()), 1.0))
        ax.set_yticks([0, 1, 10, 100, 1000], ["0", "1", "10", "100", "1000"])
        ax.set_ylabel(say(language, f"latidos {label}", f"{label} beats"))
        ax.set_xticks(x, [str(record) for record in beats.records], rotation=90)
        ax.grid(visible=False, axis="x")
    axes[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes[1].set_xlabel(say(language, "paciente (registro de DS2)", "patient (record of DS2)"))
    return made


def controls(results: Results, drawing: Drawing) -> Figure:
    """The ensemble beside its controls: leak, shuffled labels, the majority, the swap."""
    language = drawing.language
    made, axes = figure(1, 2, sharey=True, width=10.0, height=4.2)
    net, leak = ensemble(results, "ds2"), ensemble(results, "intra")
    everybody = net.confusions()
    same = net.where(leak).confusions()
    rows: dict[str, Confusions] = {
        say(language, "DS1 → DS2", "DS1 → DS2"): everybody,
        say(language, "DS2 → DS1 (cruzada)", "DS2 → DS1 (swapped)"): ensemble(
            results, "swap"
        ).confusions(),
        say(language, "DS1 → mitad de DS2", "DS1 → half of DS2"): same,
        say(language, "con fuga, esa mitad", "with the leak, that half"): leak.confusions(),
        say(language, "etiquetas mezcladas", "shuffled labels"): ensemble(
            results, "shuffled"
        ).confusions(),
        say(language, "todo N", "all N"): everybody.majority(),
    }
    for ax, left_out in zip(axes, ((), (DOMINANT,)), strict=True):
        kept = {name: beats.without(left_out) for name, beats in rows.items()}
        _compared(ax, kept, language)
    axes[0].set_yticks(range(len(rows)), list(rows))
    panel_titles(
        axes,
        [
            say(language, "todos los pacientes", "all patients"),
            say(language, f"sin {DOMINANT}", f"without {DOMINANT}"),
        ],
    )
    axes[1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def folds(results: Results, drawing: Drawing) -> Figure:
    """The recipe and its alternatives on patients of DS1, each tested on folds not trained on."""
    language = drawing.language
    part = next(part for part in results.claim.parts if part.name == "folds")
    made, ax = figure(width=8.4, height=1.6 + 0.55 * len(part.arms))
    names = FOLD_ARMS.get(language, {})
    rows = {names.get(arm, arm): ensemble(results, "folds", arm).confusions() for arm in part.arms}
    _compared(ax, rows, language)
    n = max(len(beats.records) for beats in rows.values())
    ax.set_title(say(language, f"{n} pacientes de DS1", f"{n} patients of DS1"))
    ax.set_yticks(range(len(rows)), list(rows))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


FOLD_ARMS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "recipe": "la elegida: diferencia, BiLSTM",
        "raw": "latido crudo, sin restar referencia",
        "alone": "cada latido solo, sin recurrencia",
        "causal": "rasgos que sólo ven el pasado",
    },
    "en": {
        "recipe": "the one chosen: difference, BiLSTM",
        "raw": "raw beat, no reference subtracted",
        "alone": "each beat alone, no recurrence",
        "causal": "features that see the past only",
    },
}
"""What differs in each arm of the folds."""


def _subsets(ax: Axes, score: Score, subsets: Mapping[str, Confusions]) -> None:
    styles: list[dict[str, Any]] = [
        {"colour": OKABE_ITO["blue"], "marker": "o"},
        {"colour": OKABE_ITO["vermilion"], "marker": "s", "markerfacecolor": "white"},
        {"colour": OKABE_ITO["green"], "marker": "^", "markerfacecolor": "white"},
    ]
    shifts = np.linspace(-0.24, 0.24, len(styles)) if len(subsets) > 1 else [0.0]
    across = np.arange(len(CLASSES))
    for (name, beats), shift, style in zip(subsets.items(), shifts, styles, strict=False):
        found = [scored(beats, score, label, DRAWS) for label in CLASSES]
        measured(
            ax, across + shift, [e.value for e in found], [e.low for e in found],
            [e.high for e in found], name, linestyle="none", band=False, **style,
        )  # fmt: skip


def _nets(ax: Axes, score: Score, alone: Confusions, name: str) -> None:
    values = score(alone.counts.sum(axis=1))
    for k in range(len(CLASSES)):
        ax.plot(
            np.full(len(values), k - 0.36), values[:, k], ".", color=OKABE_ITO["grey"],
            markersize=4, label=name if k == 0 else None,
        )  # fmt: skip


def _published(ax: Axes, score: Score) -> None:
    """What others report for the same division, at the right of each class."""
    for label, (Se, P) in DE_CHAZAL.items():
        values: dict[Score, float] = {sensitivity: Se, positive_predictivity: P}
        value = values.get(score, 2 * Se * P / (Se + P))
        ax.plot(
            [CLASSES.index(label) + 0.38], [value], "x", color=INK,
            label="de Chazal 2004" if label == "N" else None,
        )  # fmt: skip
    if score is f1:
        ax.plot(
            [CLASSES.index(label) + 0.38 for label in NIU], list(NIU.values()), "+", color=INK,
            markersize=8, linestyle="none", label="Niu 2019",
        )  # fmt: skip


def _compared(ax: Axes, rows: Mapping[str, Confusions], language: str) -> None:
    """F1 of S and of V and macro-F1, one row an ensemble."""
    for name, shift, marker in (("S", -0.22, "o"), ("V", 0.0, "s"), ("macro", 0.22, "D")):
        for y, beats in enumerate(rows.values()):
            found = macro(beats, DRAWS) if name == "macro" else scored(beats, f1, name, DRAWS)
            _bar(ax, y + shift, found, COLOURS[name], marker,
                 ("macro-F1 (N, S, V)" if name == "macro" else f"F1 {name}")
                 if y == 0 else None)  # fmt: skip
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(
        say(language, "F1 e intervalo del 95 % (pacientes)", "F1 and 95 % interval (patients)")
    )


def _bar(ax: Axes, y: float, found: Estimate, colour: str, marker: str, label: str | None) -> None:
    ends = np.array([[found.value - found.low], [found.high - found.value]])
    ends = np.where(np.isfinite(ends), np.maximum(ends, 0.0), 0.0)
    ax.errorbar([found.value], [y], xerr=ends, color=colour, marker=marker, linestyle="none",
                linewidth=1.6, label=label)  # fmt: skip


def _decimal(text: str, language: str) -> str:
    return text.replace(".", say(language, ",", "."))


BINS = 10


FEW = 20
"""Bins with fewer beats, or with beats of one patient alone, are not drawn."""


def reliability(results: Results, drawing: Drawing) -> Figure:
    """How often a beat is what it is said to be with probability p."""
    language = drawing.language
    made, axes = figure(1, 3, sharey=True, height=4.2)
    net = ensemble(results, "ds2")
    honest = unweighted(net.p, class_weights(results))
    for ax, label in zip(axes, HEADLINE, strict=True):
        k = CLASSES.index(label)
        ax.plot(
            [0, 1], [0, 1], color=OKABE_ITO["grey"], linestyle=(0, (5, 2.5)), linewidth=1.3,
            label=say(language, "calibradas", "calibrated"),
        )  # fmt: skip
        x, found = _calibration(net, net.p[:, k], k)
        measured(
            ax, x, [e.value for e in found], [e.low for e in found], [e.high for e in found],
            say(language, "como salen de las redes", "as the nets give them"),
            COLOURS[label] if label != "N" else INK, band=False,
        )  # fmt: skip
        x, found = _calibration(net, honest[:, k], k)
        ax.plot(
            x, [e.value for e in found], marker="s", markerfacecolor="white", linestyle=":",
            color=OKABE_ITO["green"],
            label=say(language, "sin los pesos de clase", "class weights undone"),
        )  # fmt: skip
        ax.set_xlabel(
            say(language, f"probabilidad dada a {label}", f"probability given to {label}")
        )
        ax.set_xlim(-0.02, 1.02)
        ax.set_ylim(-0.02, 1.02)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[0].set_ylabel(say(language, "fracción de esa clase en DS2", "share of that class in DS2"))
    panel_titles(axes, HEADLINE)
    return made


def class_weights(results: Results) -> list[float]:
    """How much a beat of each class counted in training, as the claim's file says."""
    base = next(part.base for part in results.claim.parts if part.name == "ds2")
    word = next(line for line in base if line.startswith("fit.class_weights="))
    return [float(weight) for weight in yaml.safe_load(word.partition("=")[2])]


def _calibration(net: Ensemble, p: np.ndarray, label: int) -> tuple[np.ndarray, list[Estimate]]:
    """Mean probability and observed share in each bin that has beats of more than one patient."""
    sums = reliability_of(net, p, label, np.linspace(0, 1, BINS + 1))
    x, found = [], []
    for beats in sums.swapaxes(0, 1):
        if (beats[:, 0] > 0).sum() < 2 or beats[:, 0].sum() < FEW:
            continue
        x.append(beats[:, 1].sum() / beats[:, 0].sum())
        found.append(
            bootstrap(lambda b: float(b[:, 2].sum() / max(b[:, 0].sum(), 1)), beats, draws=DRAWS)
        )
    return np.array(x), found


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


def strips(results: Results, drawing: Drawing) -> Figure:
    """A stretch of ECG for each kind of answer that occurs among the candidates."""
    language = drawing.language
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
