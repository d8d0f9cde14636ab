"""Errors over parameters, in place and permuted; and parameters over the side."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.convolution_saves_parameters import judge
from deepclaims.claims.convolution.convolution_saves_parameters.judge import (
    CONV,
    EQUAL,
    LARGER,
    LARGEST,
    WIDER,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS


def errors(results: Results, drawing: Drawing) -> None:
    """Each seed, and the mean with its interval, of every net."""
    titles = (
        ("píxeles en su lugar", "pixels in place"),
        ("píxeles permutados (control)", "pixels permuted (control)"),
    )
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.3, sharey=True)
    kinds = (
        ((CONV, WIDER), ("convolucional", "convolutional")),
        ((EQUAL, LARGER, LARGEST), ("densa", "dense")),
    )
    for panel, permuted in zip(panels, (False, True), strict=True):
        for index, (arms, label) in enumerate(kinds):
            sizes = [judge.parameters(results, arm) for arm in arms]
            each = [judge.errors(results, arm, permuted=permuted) for arm in arms]
            for size, values in zip(sizes, each, strict=True):
                panel.points(1.13 * size, values, None, index, markersize=3, alpha=0.4)
            panel.measured(sizes, [mean_interval(values) for values in each], label, index)
        panel.axes(x=("parámetros de la red", "parameters of the net"), log="x")
        ticks = [judge.parameters(results, arm) for arm in (EQUAL, LARGER, LARGEST)]
        panel.ticks("x", ticks, list(map(panel.count, ticks)))
    panels[0].axes(y=("error de test (%)", "test error (%)"), ylim=(0, None))
    panels[0].legend()


def parameters(results: Results, drawing: Drawing) -> None:
    """Parameters of one neuron, a filter's and a dense unit's."""
    panel = drawing.panel()
    kinds = (
        ("dense", ("unidad densa", "dense unit"), r"$h\,w + 1$"),
        ("filter", ("filtro de 3×3", "3×3 filter"), r"$k^2 + 1$"),
    )
    for index, (kind, label, formula) in enumerate(kinds):
        sides, values = results.curve("layers", kind)
        panel.points(sides, values[0], label, index)
        across = np.linspace(sides.min(), sides.max(), 50)
        known = across**2 + 1 if kind == "dense" else np.full_like(across, 10.0)
        panel.theory(across, known, formula, colour=COLOURS[index])
    panel.axes(
        x=("lado de la imagen (píxeles)", "side of the image (pixels)"),
        y=("parámetros de una neurona", "parameters of one neuron"),
        log="y",
    )
    panel.legend()
