"""Errors against width: what polynomial units could reach, what others do, what training finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.claims.approximation.polynomial_activation_fails.judge import (
    ALMOST,
    floor,
    trained,
    trained_floor,
    trained_with,
    widths,
)
from deepclaims.claims.approximation.polynomial_activation_fails.polynomials import POLYNOMIALS
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing, Panel, Text, credible
from deepclaims.report.style import OKABE_ITO

LOOKS: Mapping[str, tuple[Text, str, str]] = {
    "identity": ("$z$", "grey", "o"),
    "square": ("$z^2$", "black", "s"),
    "cube": ("$z^3$", "orange", "^"),
    "mixed": ("$z^4-z$", "sky", "v"),
    "fifth": ("$z^5$", "purple", "D"),
    "sigmoid": (("sigmoide", "sigmoid"), "sky", "P"),
    "tanh": ("tanh", "vermilion", "X"),
    "relu": ("ReLU", "green", "*"),
    "elu": ("ELU", "blue", "P"),
    ALMOST: (r"$z^2+1\{z=0\}$", "black", "s"),
}
"""Name, colour and marker of each activation."""

TARGETS: Mapping[str, Text] = {
    "smooth": r"$e^x\cos 3x$",
    "kink": ("$|x-0{,}2|$", "$|x-0.2|$"),
    "oscillating": (r"$\mathrm{sen}\,12x$", r"$\sin 12x$"),
}
COULD: Text = ("lo mejor con {g}", "the best with {g}")
FLOOR: Text = ("menor error de un polinomio", "least error of a polynomial")


def reach(results: Results, drawing: Drawing) -> None:
    """Largest errors: the best output weights over polynomial units, and drawn nets of others."""
    panels = drawing.panels(1, 3, list(TARGETS.values()), width=12.5, height=5.2)
    for name, panel in zip(TARGETS, panels, strict=True):
        _spans(panel, results, name)
        for g in results.axis("others", "activation"):
            units, errors = results.curve("others", f"sup_{name}", where={"activation": g})
            hollow = {"markerfacecolor": "white", "linestyle": ":"} if g == ALMOST else {}
            _draw(panel, units, errors, g, panel.say(LOOKS[g][0]), **hollow)
        _widths(panel)
        panel.axes(y=("error máximo", "largest error"), log="y")
    entries = panels[0].ax.get_legend_handles_labels()
    drawing.figure.legend(*entries, loc="outside lower center", ncols=4)


def _spans(panel: Panel, results: Results, target: str) -> None:
    for number, g in enumerate(results.axis("spans", "activation")):
        where = {"activation": g}
        units, errors = results.curve("spans", f"minimax_{target}", where=where)
        label = panel.say(COULD).format(g=panel.say(LOOKS[g][0]))
        _draw(panel, units, errors, g, label, linestyle="none")
        panel.theory([units[0], units[-1]], [floor(results, g, target)] * 2,
                     None if number else FLOOR)  # fmt: skip


def training(results: Results, drawing: Drawing) -> None:
    """Root-mean-square errors of trained nets, and the least that their polynomials have."""
    panel = drawing.panel(width=8.2, height=4.6)
    drawn = False
    for g in trained_with(results):
        _draw(panel, widths(results), trained(results, g).T, g, panel.say(LOOKS[g][0]))
        if g in POLYNOMIALS:
            level = [trained_floor(g)] * 2
            panel.theory([widths(results)[0], widths(results)[-1]], level, None if drawn else FLOOR)
            drawn = True
    _widths(panel)
    panel.axes(y=("error cuadrático medio (raíz)", "root-mean-square error"), log="y")
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _draw(
    panel: Panel, units: ArrayLike, errors: np.ndarray, g: str, label: str, **look: Any
) -> None:
    """Geometric means over seeds, `errors` being `(seeds, widths)`."""
    _, colour, marker = LOOKS[g]
    found = credible(map(ratio_interval, errors.T))
    own = {"colour": OKABE_ITO[colour], "marker": marker, "linewidth": 1.4}
    panel.measured(units, found, label, **{**own, **look})


def _widths(panel: Panel) -> None:
    from matplotlib.ticker import FormatStrFormatter

    panel.ax.set_xscale("log", base=2)
    panel.ax.xaxis.set_major_formatter(FormatStrFormatter("%d"))
    panel.axes(x=("unidades ocultas $n$", "hidden units $n$"))
