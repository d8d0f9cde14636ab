"""Errors of shifted digits, areas over lengths, and patient by patient."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.global_pooling.judge import (
    AVERAGE,
    FLATTEN,
    MAX,
    digit_errors,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.panel import Drawing, Panel

NAMES = {
    FLATTEN: ("flatten", "flatten"),
    MAX: ("global pooling, máximo", "global pooling, maximum"),
    AVERAGE: ("global pooling, promedio", "global pooling, average"),
}
IN_PIECES = ("flatten, por pedazos de 3 s", "flatten, in pieces of 3 s")


def digits(results: Results, drawing: Drawing) -> None:
    """Errors over the shift, and what global pooling saves."""
    titles = (("dígitos", "digits"), ("frente a flatten", "against flatten"))
    left, right = drawing.panels(1, 2, titles, width=9.6, height=4.2)
    pixels, _ = results.curve("digits", "shift_error", where={"head": FLATTEN})
    each = {head: [digit_errors(results, head, step) for step in pixels] for head in NAMES}
    for index, head in enumerate(NAMES):
        left.measured(pixels, list(map(mean_interval, each[head])), NAMES[head], index)
        if head != FLATTEN:
            saved = list(map(paired_difference, each[FLATTEN], each[head]))
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
        ("tramos de otro largo", "stretches of other lengths"),
        ("paciente por paciente, 3 s", "patient by patient, 3 s"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.2, height=4.6)
    tenths, _ = results.curve("segments", "auc", where={"head": MAX})
    seconds = tenths / 10
    for index, head in enumerate(results.axis("segments", "head")):
        pieces = head == FLATTEN
        curve = results.curve("segments", "fitted_auc" if pieces else "auc", where={"head": head})
        label = IN_PIECES if pieces else NAMES[head]
        left.over_seeds(seconds * (1 + 0.02 * (index - 1)), curve[1], label, index)
    left.axes(
        x=("largo del tramo de test (s)", "length of the test stretch (s)"),
        y=("área bajo la curva ROC", "area under the ROC curve"),
        log="x",
    )
    left.ticks("x", seconds.tolist())
    left.legend(loc="best")
    _patients(right, results)


def _patients(panel: Panel, results: Results) -> None:
    table = results.tables["patients"]
    records = sorted(table["record"].unique())
    for index, head in enumerate(results.axis("segments", "head")):
        own = table[table["head"] == head]
        found = [mean_interval(own[own["record"] == each]["auc"]) for each in records]
        across = np.arange(len(records)) + 0.2 * (index - 1)
        panel.measured(across, found, NAMES[head], index, linestyle="none")
    panel.ticks("x", range(len(records)), records)
    panel.axes(x=("registro (paciente)", "record (patient)"))
