"""Scores of the ensemble and its controls, by class and by patient, and its probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import yaml

from deepclaims.claims.recurrence.ecg_inter_patient import operating as points
from deepclaims.claims.recurrence.ecg_inter_patient.judge import ensemble, operating_points, point
from deepclaims.claims.recurrence.ecg_inter_patient.strips import strips
from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT, TWICE
from deepclaims.evidence.beat_ensemble import calibration, unweighted
from deepclaims.evidence.class_scores import (
    CLASSES,
    HEADLINE,
    Confusions,
    Score,
    f1,
    macro_f1,
    of_class,
    positive_predictivity,
    resampled,
    sensitivity,
)
from deepclaims.report.beat_classes import (
    DRAWS,
    SCORES,
    by_class,
    class_axes,
    cross,
    draw_confusion,
    published,
)
from deepclaims.report.panel import BESIDE, Drawing, Panel, Text
from deepclaims.report.style import OKABE_ITO, THEORY

__all__ = [
    "classes", "confusion", "controls", "folds", "operating", "patients", "reliability", "strips",
]  # fmt: skip

NIU = {"S": 0.766, "V": 0.897}
"""F1 on DS2 (Niu et al. 2019)."""

FARAG = {"S": 0.853, "V": 0.963}
"""Sensitivity on DS2 (Farag 2023)."""

COLOURS = {"N": THEORY, "S": OKABE_ITO["vermilion"], "V": OKABE_ITO["blue"]}

EVERYBODY = ("los 22 pacientes", "all 22 patients")
WITHOUT = (f"sin {DOMINANT}", f"without {DOMINANT}")
WITHOUT_BOTH = (f"sin {TWICE} ni {DOMINANT}", f"without {TWICE} and {DOMINANT}")

FOLD_ARMS: dict[str, Text] = {
    "recipe": ("la elegida: diferencia, BiLSTM", "the one chosen: difference, BiLSTM"),
    "raw": ("latido crudo, sin restar referencia", "raw beat, no reference subtracted"),
    "alone": ("cada latido solo, sin recurrencia", "each beat alone, no recurrence"),
    "causal": ("rasgos que sólo ven el pasado", "features that see the past only"),
}
"""What differs in each arm of the folds."""

ANNOTATED: dict[str, Any] = {
    "marker": "o",
    "markersize": 7.0,
    "color": THEORY,
    "markerfacecolor": "white",
}
FOUND: dict[str, Any] = {"marker": "o", "markersize": 4.5, "color": OKABE_ITO["green"]}
WRONGLY: dict[str, Any] = {"marker": "x", "markersize": 6.0, "color": OKABE_ITO["vermilion"]}
"""Looks of the beats of a patient."""

Row = tuple[Text, Confusions]
"""What is scored, and how it is called."""


def classes(results: Results, drawing: Drawing) -> None:
    """Se, +P and F1 by class, on DS2 and swapped, with the patients that weigh most left out."""
    titles = [title for _, title in SCORES] * 2
    panels = drawing.panels(2, 3, titles, sharey=True, sharex="col", height=7.4)
    at = point(results)
    everybody, swapped = (ensemble(results, part, at).confusions() for part in ("ds2", "swap"))
    others = everybody.without({DOMINANT, TWICE})
    for part, line, rows in (
        ("ds2", panels[:3], [(EVERYBODY, everybody), (WITHOUT_BOTH, others)]),
        ("swap", panels[3:], [(EVERYBODY, swapped)]),
    ):
        alone = _alone(results, part, at)
        for panel, (score, _) in zip(line, SCORES, strict=True):
            _by_class(panel, score, rows)
            _single_nets(panel, score, alone)
            if part == "ds2":
                published(panel, score)
            for own, known, marker, source in (
                (f1, NIU, "+", "Niu 2019"),
                (sensitivity, FARAG, "1", "Farag 2023"),
            ):
                for label, value in known.items():
                    if part == "ds2" and score is own:
                        cross(panel, label, value, marker, source)
            class_axes(panel)
        if part == "ds2":  # drawn in the first panel, named beside the last
            line[-1].points([], [], "Farag 2023", marker="1", markersize=6.5, color=THEORY)
        line[-1].legend(**BESIDE)
    panels[0].axes(y=("DS1 → DS2: puntaje", "DS1 → DS2: score"))
    panels[3].axes(y=("DS2 → DS1: puntaje", "DS2 → DS1: score"))
    for panel in panels[3:]:
        panel.axes(x=("clase AAMI", "AAMI class"))


def _alone(results: Results, part: str, at: points.Factors) -> Confusions:
    """The counts of each net of an ensemble by itself."""
    seeds = results.claim.part(part).seeds
    counted = [
        ensemble(results, part, at, seeds=(seed,)).counted().assign(seed=seed) for seed in seeds
    ]
    return Confusions.read(pd.concat(counted))


def _by_class(panel: Panel, score: Score, rows: Sequence[Row]) -> None:
    """A score of each class, the rows side by side."""
    shifts = (-0.15, 0.15) if len(rows) > 1 else (0.0,)
    for series, ((name, beats), shift) in enumerate(zip(rows, shifts, strict=True)):
        panel.measured(
            np.arange(len(CLASSES)) + shift, by_class(beats, score), name, series,
            linestyle="none", **({"markerfacecolor": "white"} if series else {}),
        )  # fmt: skip


def _single_nets(panel: Panel, score: Score, alone: Confusions) -> None:
    values = score(alone.counts.sum(axis=1))
    at = np.broadcast_to(np.arange(len(CLASSES)) - 0.36, values.shape)
    panel.points(at.ravel(), values.ravel(), ("cada red", "each net"), marker=".", markersize=4,
                 color=OKABE_ITO["grey"])  # fmt: skip


def operating(results: Results, drawing: Drawing) -> None:
    """+P against Se of S and V inside DS1 as the factors vary, the point chosen, and it on DS2."""
    titles = [(f"latidos {label}", f"{label} beats") for label in points.TARGETS]
    panels = drawing.panels(1, 2, titles, sharey=True, width=9.6, height=4.4)
    table = operating_points(results)
    at = points.chosen(table)
    picked = np.logical_and.reduce([table[f"times_{k}"] == times for k, times in at.items()])
    counts = ensemble(results, "ds2", at).confusions().totals[0]
    for panel, (label, target) in zip(panels, points.TARGETS.items(), strict=True):
        k, colour = CLASSES.index(label), COLOURS[label]
        x, y = table[f"Se_{label}"].to_numpy(), table[f"P_{label}"].to_numpy()
        panel.points(x, y, ("factores, DS1", "factors, DS1"), marker=".", color=OKABE_ITO["grey"])
        panel.points(x[picked], y[picked], ("el elegido, DS1", "the one chosen, DS1"), marker="o",
                     markersize=9, color=colour)  # fmt: skip
        panel.points([sensitivity(counts)[k]], [positive_predictivity(counts)[k]],
                     ("el mismo, DS2", "the same, DS2"), marker="s", markersize=8, color=colour,
                     markerfacecolor="white")  # fmt: skip
        panel.ax.axvline(target, color=THEORY, linestyle=":", linewidth=1.2)
        panel.axes(x=("sensibilidad Se", "sensitivity Se"), xlim=(0, 1.03), ylim=(0, 1.03))
    panels[0].axes(y=("valor predictivo +P", "positive predictivity +P"))
    panels[-1].legend(**BESIDE)


def confusion(results: Results, drawing: Drawing) -> None:
    """True against predicted class: counts, coloured by the share of the true class."""
    titles = (("los 22 pacientes de DS2", "all 22 patients of DS2"), WITHOUT)
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.3)
    beats = ensemble(results, "ds2", point(results)).confusions()
    for panel, counted in zip(panels, (beats, beats.without({DOMINANT})), strict=True):
        draw_confusion(panel, counted)


def patients(results: Results, drawing: Drawing) -> None:
    """Ectopic beats of each patient of DS2: annotated, found, and called so wrongly."""
    panels = drawing.panels(2, 1, sharex=True, width=10.0, height=6.0)
    beats = ensemble(results, "ds2", point(results)).confusions()
    for panel, label in zip(panels, ("S", "V"), strict=True):
        _found(panel, beats, label)
        panel.places("x", list(map(str, beats.records)), rotation=90)
    panels[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    panels[1].axes(x=("paciente (registro de DS2)", "patient (record of DS2)"))


def _found(panel: Panel, beats: Confusions, label: str) -> None:
    """Beats of one class in each patient."""
    k, counts, x = CLASSES.index(label), beats.counts[0], np.arange(len(beats.records))
    annotated, found = counts[:, k].sum(axis=-1), counts[:, k, k]
    wrongly = counts[:, :, k].sum(axis=-1) - found
    panel.ax.vlines(x, found, annotated, color="#BBBBBB", linewidth=2.0, zorder=1)
    for values, name, look in (
        (annotated, ("anotados", "annotated"), ANNOTATED),
        (np.where(found > 0, found, np.nan), ("encontrados", "found"), FOUND),
        (np.where(wrongly > 0, wrongly, np.nan), ("falsas alarmas", "false alarms"), WRONGLY),
    ):
        panel.points(x, values, name, **look)
    panel.ax.set_yscale("symlog", linthresh=1, linscale=0.6)
    panel.axes(
        y=(f"latidos {label}", f"{label} beats"),
        ylim=(-0.3, max(float(counts.sum(axis=(1, 2)).max()), 1.0)),
    )
    panel.ticks("y", [0, 1, 10, 100, 1000])


def controls(results: Results, drawing: Drawing) -> None:
    """The ensemble beside its controls: leak, shuffled labels, the majority, the swap."""
    titles = (("todos los pacientes", "all patients"), WITHOUT)
    panels = drawing.panels(1, 2, titles, sharey=True, width=10.0, height=4.2)
    at, few = point(results), results.claim.part("intra").seeds
    leak, same = ensemble(results, "intra", at), ensemble(results, "ds2", at, seeds=few)
    everybody, swapped, shuffled = (
        ensemble(results, part, at).confusions() for part in ("ds2", "swap", "shuffled")
    )
    rows: list[Row] = [
        ("DS1 → DS2", everybody),
        (("DS2 → DS1 (cruzada)", "DS2 → DS1 (swapped)"), swapped),
        (("DS1 → mitad de DS2", "DS1 → half of DS2"), same.where(leak).confusions()),
        (("con fuga, esa mitad", "with the leak, that half"), leak.confusions()),
        (("etiquetas mezcladas", "shuffled labels"), shuffled),
        (("todo N", "all N"), everybody.majority()),
    ]
    _compared(panels[0], rows)
    _compared(panels[1], [(name, beats.without({DOMINANT})) for name, beats in rows])
    panels[1].legend(**BESIDE)


def folds(results: Results, drawing: Drawing) -> None:
    """The recipe and its alternatives on patients of DS1, each tested on folds not trained on."""
    arms = results.claim.part("folds").arms
    panel = drawing.panel(width=8.4, height=1.6 + 0.55 * len(arms))
    at = point(results)
    rows = [
        (FOLD_ARMS.get(arm, arm), ensemble(results, "folds", at, arm).confusions()) for arm in arms
    ]
    _compared(panel, rows)
    n = max(len(beats.records) for _, beats in rows)
    panel.axes(title=panel.say((f"{n} pacientes de DS1", f"{n} patients of DS1")))
    panel.legend(**BESIDE)


def _compared(panel: Panel, rows: Sequence[Row]) -> None:
    """F1 of S and of V and macro-F1, one row an ensemble."""
    for label, summary, shift, colour, marker in (
        ("F1 S", of_class(f1, "S"), -0.22, COLOURS["S"], "o"),
        ("F1 V", of_class(f1, "V"), 0.0, COLOURS["V"], "s"),
        ("macro-F1 (N, S, V)", macro_f1, 0.22, OKABE_ITO["green"], "D"),
    ):
        found = [resampled(summary, beats, draws=DRAWS) for _, beats in rows]
        panel.across(np.arange(len(rows)) + shift, found, label, color=colour, marker=marker,
                     linewidth=1.6)  # fmt: skip
    panel.places("y", [name for name, _ in rows])
    panel.axes(
        x=("F1 e intervalo del 95 % (pacientes)", "F1 and 95 % interval (patients)"),
        xlim=(-0.03, 1.03),
        ylim=(len(rows) - 0.5, -0.5),
    )


def reliability(results: Results, drawing: Drawing) -> None:
    """How often a beat is what it is said to be with probability p."""
    panels = drawing.panels(1, 3, HEADLINE, sharey=True, height=4.2)
    net = ensemble(results, "ds2", {})
    honest = unweighted(net.p, class_weights(results))
    for panel, label in zip(panels, HEADLINE, strict=True):
        k = CLASSES.index(label)
        panel.theory([0, 1], [0, 1], ("calibradas", "calibrated"), colour=OKABE_ITO["grey"])
        panel.measured(
            *calibration(net, net.p[:, k], k, draws=DRAWS),
            ("como salen de las redes", "as the nets give them"), colour=COLOURS[label],
        )  # fmt: skip
        x, found = calibration(net, honest[:, k], k, draws=DRAWS)
        panel.points(
            x, [each.value for each in found], ("sin los pesos de clase", "class weights undone"),
            marker="s", markerfacecolor="white", linestyle=":", color=OKABE_ITO["green"],
        )  # fmt: skip
        panel.axes(
            x=(f"probabilidad dada a {label}", f"probability given to {label}"),
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
        )
    panels[0].axes(y=("fracción de esa clase en DS2", "share of that class in DS2"))
    panels[-1].legend(**BESIDE)


def class_weights(results: Results) -> list[float]:
    """How much a beat of each class counted in training, as the claim's file says."""
    base = results.claim.part("ds2").base
    word = next(line for line in base if line.startswith("fit.class_weights="))
    return [float(weight) for weight in yaml.safe_load(word.partition("=")[2])]
