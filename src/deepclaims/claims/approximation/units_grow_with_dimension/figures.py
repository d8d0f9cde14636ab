"""Widths against the dimension of the input."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.approximation.units_grow_with_dimension.judge import widths
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing, Text, credible
from deepclaims.report.style import COLOURS

DIMENSION: Text = ("dimensión de la entrada, d", "dimension of the input, d")
WIDTH: Text = ("unidades ocultas", "hidden units")


def width(results: Results, drawing: Drawing) -> None:
    """(a) What is proved; (b) what training needs, with the fitted line."""
    titles = (
        ("demostrado: signos en los vértices de un cubo", "proved: signs at a cube's corners"),
        ("entrenado: error fijo", "trained: fixed error"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.5, height=4.4)
    dimensions, least = results.curve("counted", "random")
    left.points(dimensions, least[0], ("al azar: al menos", "at random: at least"), 0)
    _, parity = results.curve("counted", "parity")
    left.points(dimensions, parity[0], ("paridad: alcanzan", "parity: enough"), 1)
    left.theory(dimensions, 2.0**dimensions / dimensions**2, "$2^d/d^2$")
    names: dict[str, Text] = {
        "product": ("producto de cosenos", "product of cosines"),
        "ridge": ("una sola proyección", "a single projection"),
    }
    axis = np.array(results.axis("needed", "dimension"), dtype=float)
    for series, (target, label) in enumerate(names.items()):
        found = widths(results, target)
        means = credible([ratio_interval(column) for column in found.T])
        right.measured(axis, means, label, series, linestyle="none")
        slope, level = np.polyfit(axis, np.log2(found).mean(axis=0), 1)
        fit = f"$\\propto 2^{{{right.number(slope, '.2f', maths=True)}\\,d}}$"
        right.theory(axis, 2.0 ** (level + slope * axis), fit, colour=COLOURS[series])
    right.ticks("x", axis.tolist())
    for panel in (left, right):
        panel.axes(x=DIMENSION, y=WIDTH)
        panel.ax.set_yscale("log", base=2)
        panel.legend(fontsize="small")


def errors(results: Results, drawing: Drawing) -> None:
    """Error against width at each dimension, every seed a line, and the fixed error."""
    titles = (
        ("producto de cosenos", "product of cosines"),
        ("una sola proyección", "a single projection"),
    )
    tolerance = results.claim.part("needed").params["tolerance"]
    for panel, target in zip(
        drawing.panels(1, 2, titles, width=10.5, height=4.2), ("product", "ridge"), strict=True
    ):
        for series, d in enumerate(results.axis("needed", "dimension")):
            rows = results.rows("needed", "errors", target, {"dimension": d})
            rows = rows[rows["step"].notna()]
            panel.points(rows["step"], rows["value"], f"d = {d}", series, alpha=0.6)
        panel.level(tolerance, ("error fijado", "fixed error"))
        panel.axes(x=WIDTH, y=("error / desvío", "error / deviation"), ylim=(0, None))
        panel.ax.set_xscale("log", base=2)
        panel.ticks("x", [1, 2, 4, 8, 16, 32, 64])
        panel.legend(fontsize="small")
