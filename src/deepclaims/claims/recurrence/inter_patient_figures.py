"""The figures of ecg-inter-patient that are made of counts and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.recurrence.class_scores import (
    CLASSES,
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
from deepclaims.report.style import OKABE_ITO, figure, measured, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from deepclaims.claims.results import Results
    from deepclaims.evidence.estimate import Estimate

DRAWS = 499  # enough to draw an interval; judging takes more
INK = "#222222"
COLOURS = {
    "N": OKABE_ITO["grey"], "S": OKABE_ITO["vermilion"], "V": OKABE_ITO["blue"],
    "macro": OKABE_ITO["green"],
}  # fmt: skip


def class_scores(results: Results, language: str) -> Figure:
    """Se, +P and F1 by class, on DS2 and swapped, with the patients that weigh most left out."""
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


def confusion(results: Results, language: str) -> Figure:
    """True against predicted class: counts, coloured by the share of the true class."""
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


def patients(results: Results, language: str) -> Figure:
    """Ectopic beats of each patient of DS2: annotated, found, and called so wrongly."""
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


def controls(results: Results, language: str) -> Figure:
    """The ensemble beside its controls: leak, shuffled labels, the majority, the swap."""
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


def folds(results: Results, language: str) -> Figure:
    """The recipe and its alternatives on patients of DS1, each tested on folds not trained on."""
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
