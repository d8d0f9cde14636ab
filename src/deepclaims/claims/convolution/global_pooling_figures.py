"""What the page of `global-pooling` shows: shifted digits, and ECG of several lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.convolution.global_pooling import (
    AVERAGE,
    FLATTEN,
    MAX,
    aucs,
    digit_errors,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEADS = (FLATTEN, MAX, AVERAGE)


def digits_figure(results: Results, language: str) -> Figure:
    """Errors over the shift, and what global pooling saves."""
    fig, (left, right) = figure(1, 2, width=9.6, height=4.2)
    pixels, _ = results.curve("digits", "shift_error", where={"head": FLATTEN})
    each = {head: [digit_errors(results, head, step) for step in pixels] for head in HEADS}
    for index, head in enumerate(HEADS):
        found = [mean_interval(values) for values in each[head]]
        _draw(left, pixels, found, _name(head, language), index)
        if head != FLATTEN:
            pairs = zip(each[FLATTEN], each[head], strict=True)
            saved = [paired_difference(flat, own) for flat, own in pairs]
            _draw(right, pixels, saved, _name(head, language), index)
    level_line(right, 0.0)
    left.set_ylim(bottom=0)
    for ax in (left, right):
        ax.set_xticks(pixels)
        ax.set_xlabel(say(language, "corrimiento en test (píxeles)", "shift on test (pixels)"))
        ax.legend(loc="upper left")
    left.set_ylabel(say(language, "error de test (%)", "test error (%)"))
    right.set_ylabel(say(language, "error que ahorra (puntos)", "error that it saves (points)"))
    titles = (("dígitos", "digits"), ("frente a flatten", "against flatten"))
    panel_titles([left, right], [say(language, *title) for title in titles])
    return fig


def segments_figure(results: Results, language: str) -> Figure:
    """Areas over the length of the stretch, and patient by patient at the length trained on."""
    fig, (left, right) = figure(1, 2, width=10.2, height=4.6)
    tenths, _ = results.curve("segments", "auc", where={"head": MAX})
    seconds = tenths / 10
    for index, head in enumerate(results.axis("segments", "head")):
        curve = "fitted_auc" if head == FLATTEN else "auc"
        found = [mean_interval(aucs(results, head, int(step), curve)) for step in tenths]
        label = _name(head, language)
        if head == FLATTEN:
            label += say(language, ", por pedazos de 3 s", ", in pieces of 3 s")
        _draw(left, seconds * (1 + 0.02 * (index - 1)), found, label, index)
    left.set_xscale("log")
    left.set_xticks(seconds, [f"{s:g}".replace(".", say(language, ",", ".")) for s in seconds])
    left.minorticks_off()
    left.set_xlabel(say(language, "largo del tramo de test (s)", "length of the test stretch (s)"))
    left.set_ylabel(say(language, "área bajo la curva ROC", "area under the ROC curve"))
    left.legend(loc="best")
    _patients(right, results, language)
    titles = (
        ("tramos de otro largo", "stretches of other lengths"),
        ("paciente por paciente, 3 s", "patient by patient, 3 s"),
    )
    panel_titles([left, right], [say(language, *title) for title in titles])
    return fig


def _patients(ax: Axes, results: Results, language: str) -> None:
    table = results.tables["patients"]
    records = sorted(table["record"].unique())
    for index, head in enumerate(results.axis("segments", "head")):
        own = table[table["head"] == head]
        found = [mean_interval(own[own["record"] == each]["auc"]) for each in records]
        across = np.arange(len(records)) + 0.2 * (index - 1)
        _draw(ax, across, found, _name(head, language), index, linestyle="none")
    ax.set_xticks(range(len(records)), records)
    ax.set_xlabel(say(language, "registro (paciente)", "record (patient)"))


def _draw(
    ax: Axes,
    x: np.ndarray,
    found: Sequence[Estimate],
    label: str,
    index: int,
    linestyle: str = "-",
) -> None:
    measured(
        ax, x, [one.value for one in found], [one.low for one in found],
        [one.high for one in found], label, COLOURS[index], marker=MARKERS[index], band=False,
        linestyle=linestyle,
    )  # fmt: skip


def _name(head: str, language: str) -> str:
    names = {
        FLATTEN: ("flatten", "flatten"),
        MAX: ("global pooling, máximo", "global pooling, maximum"),
        AVERAGE: ("global pooling, promedio", "global pooling, average"),
    }
    return say(language, *names[head])
