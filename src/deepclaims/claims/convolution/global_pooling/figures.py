"""Errors of shifted digits, areas over lengths, patient by patient, and how rates were chosen."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.global_pooling.judge import (
    AVERAGE,
    FLATTEN,
    MAX,
    over_patients,
    patient_areas,
    patients,
    shift_errors,
    trained_on,
)
from deepclaims.claims.results import Results, Tuned
from deepclaims.data.aami import DS1, DS2
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS

NAMES = {
    FLATTEN: ("flatten", "flatten"),
    MAX: ("global pooling, máximo", "global pooling, maximum"),
    AVERAGE: ("global pooling, promedio", "global pooling, average"),
}
IN_PIECES = ("flatten, por pedazos de 3 s", "flatten, in pieces of 3 s")
RECORDS = sorted((*DS1, *DS2))
"""Numbers of the prepared records, by row."""


def digits(results: Results, drawing: Drawing) -> None:
    """Errors over the shift, and what global pooling saves."""
    titles = (("dígitos", "digits"), ("frente a flatten", "against flatten"))
    left, right = drawing.panels(1, 2, titles, width=9.6, height=4.2)
    pixels = list(results.claim.part("digits").params["shift"])
    errors = {head: shift_errors(results, head).T for head in NAMES}
    for index, head in enumerate(NAMES):
        left.measured(pixels, list(map(mean_interval, errors[head])), NAMES[head], index)
        if head != FLATTEN:
            saved = list(map(paired_difference, errors[FLATTEN], errors[head]))
            right.measured(pixels, saved, NAMES[head], index)
    right.level(0.0)
    left.axes(y=("error de test (%)", "test error (%)"), ylim=(0, None))
    right.axes(y=("error que ahorra (puntos)", "error that it saves (points)"))
    for panel in (left, right):
        panel.axes(x=("corrimiento en test (píxeles)", "shift on test (pixels)"), xticks=pixels)
        panel.legend(loc="upper left")


def segments(results: Results, drawing: Drawing) -> None:
    """Areas over the length of the stretch, and patient by patient at the length trained on."""
    titles = (
        ("media de los pacientes", "mean over patients"),
        ("paciente por paciente, 3 s", "patient by patient, 3 s"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.5, height=4.6)
    tenths = np.array(results.claim.part("segments").params["lengths"])
    for index, head in enumerate(NAMES):
        which, label = ("fitted", IN_PIECES) if head == FLATTEN else ("area", NAMES[head])
        found = [over_patients(patient_areas(results, head, int(n), which)) for n in tenths]
        left.measured(tenths / 10 * (1 + 0.02 * (index - 1)), found, label, index)
    left.axes(
        x=("largo del tramo de test (s)", "length of the test stretch (s)"),
        y=("área bajo la curva ROC", "area under the ROC curve"),
        log="x",
    )
    left.ticks("x", (tenths / 10).tolist())
    left.legend(loc="best")
    _patients(right, results)


def _patients(panel: Panel, results: Results) -> None:
    rows = patients(results)
    for index, head in enumerate(NAMES):
        each = patient_areas(results, head, trained_on(results)).T
        across = np.arange(len(rows)) + 0.2 * (index - 1)
        found = list(map(mean_interval, each))
        panel.measured(across, found, NAMES[head], index, linestyle="none")
    panel.places("x", [str(RECORDS[row]) for row in rows], rotation=90)
    panel.axes(x=("paciente (registro de DS1)", "patient (record of DS1)"), ylim=(None, 1.02))


def rates(results: Results, drawing: Drawing) -> None:
    """The score on validation against the rate, and the rate that was chosen."""
    panels = drawing.panels(1, 2, (("dígitos", "digits"), "ECG"), width=9.6, height=4.2)
    for panel, part in zip(panels, ("digits", "segments"), strict=True):
        tuned = [results.tuned(part, where={"head": head}) for head in NAMES]
        for index, (head, each) in enumerate(zip(NAMES, tuned, strict=True)):
            _choice(panel, each, head, index)
        panel.axes(x=("tasa α", "learning rate α"), log="x")
        panel.ticks("x", sorted({float(v["rate"]) for each in tuned for v in each.choice.values}))
    panels[0].axes(y=("error de validación (%)", "validation error (%)"))
    panels[1].axes(y=("1 − área media (%)", "1 − mean area (%)"))
    panels[0].legend(loc="best")


def _choice(panel: Panel, tuned: Tuned, head: str, index: int) -> None:
    scored = sorted(
        (float(value["rate"]), 100 * score)
        for value, score in zip(tuned.choice.values, tuned.choice.scores, strict=True)
    )
    x, y = np.array(scored).T
    panel.points(x, y, NAMES[head], index, linestyle="-", markerfacecolor="white")
    chosen = x == float(tuned["rate"])
    panel.points(x[chosen], y[chosen], color=COLOURS[index], marker=MARKERS[index], markersize=9)
