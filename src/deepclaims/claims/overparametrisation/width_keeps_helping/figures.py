"""Errors against width, and the rates that were chosen."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.width_keeps_helping.judge import PARTS, at, by_width
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, credible
from deepclaims.report.style import OKABE_ITO


def width(results: Results, drawing: Drawing) -> None:
    """Test and training error over all widths; the rate of each."""
    titles = (
        ("error", "error"),
        ("$\\alpha$ elegido en validación", "$\\alpha$ chosen on validation"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.2)
    metrics = (("test_error", "test"), ("train_error", ("entrenamiento", "training")))
    for series, (metric, label) in enumerate(metrics):
        each = [by_width(results, part, metric) for part in PARTS]
        widths = np.concatenate([sizes for sizes, _ in each])
        found = [mean_interval(column) for _, values in each for column in values.T]
        left.measured(widths, credible(found), label, series, linestyle="-")
    first = results.axis("wide", "model.width")[0]
    left.ax.axvspan(
        first * 0.85, widths[-1] * 1.2, color=OKABE_ITO["grey"], alpha=0.12, linewidth=0
    )
    rates = [
        at(results, part, each)["optimizer.lr"]
        for part in PARTS
        for each in results.axis(part, "model.width")
    ]
    right.points(widths, rates, series=2, linestyle="-")
    right.axes(y="$\\alpha$", log="y", decimal="y")
    left.axes(y=("error (%)", "error (%)"), ylim=(-1, None))
    for panel in (left, right):
        panel.axes(x=("ancho (unidades)", "width (units)"), log="x")
        panel.ticks("x", widths.tolist())
    left.legend()
