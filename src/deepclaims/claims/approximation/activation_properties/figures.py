"""The four functions with their slopes, and how floats lose 1 − g."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.claims.approximation.activation_properties.formulas import ALPHA
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS, OKABE_ITO

TITLES: dict[str, Text] = {
    "sigmoid": ("sigmoide", "sigmoid"),
    "tanh": ("tangente hiperbólica", "hyperbolic tangent"),
    "relu": "ReLU",
    "elu": (f"α-ELU, α = {ALPHA}", f"α-ELU, α = {ALPHA}"),
}
BOUNDS: dict[str, tuple[float, ...]] = {
    "sigmoid": (0.0, 0.25, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0,),
    "elu": (-float(ALPHA),),
}
"""What values and slopes cannot cross."""

SHOWN = 6.0

LOOKS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "markersize": 8, "markerfacecolor": "none"},
    {"marker": "s", "markersize": 3},
)
"""Of float32, whose points lie on those of float64, and of that."""


def functions(results: Results, drawing: Drawing) -> None:
    """Values and slopes of each, with their bounds."""
    panels = drawing.panels(2, 2, list(TITLES.values()), width=9.2, height=6.4)
    for name, panel in zip(TITLES, panels, strict=True):
        trace = results.table("trace", "formulas", where={"activation": name})
        trace = trace[trace["z"].abs() <= SHOWN]
        z = trace["z"].to_numpy()
        panel.points(z, trace["value"], "$g(z)$", color=COLOURS[0], linestyle="-")
        slope = np.where(z <= 0, trace["left"], trace["right"])
        broken = np.insert(slope, len(z) // 2 + 1, np.nan)  # left and right slope differ at 0
        panel.points(np.insert(z, len(z) // 2 + 1, 0.0), broken, "$g'(z)$",
                     color=COLOURS[1], linestyle="-")  # fmt: skip
        for number, bound in enumerate(BOUNDS[name]):
            panel.theory([-SHOWN, SHOWN], [bound] * 2, None if number else ("cota", "bound"))
        if name == "relu":
            panel.theory(z, z, "$z$", colour=OKABE_ITO["green"])
        panel.axes(x="$z$", ylim=(min(-1.3, *BOUNDS[name]) - 0.3, 2.6))
        panel.legend(loc="upper left")


def ends(results: Results, drawing: Drawing) -> None:
    """1 − g in real numbers and in floats, which stop where it is rounded to 0."""
    titles = (("sigmoide", "sigmoid"), ("tangente hiperbólica", "hyperbolic tangent"))
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.0)
    for name, panel in zip(("sigmoid", "tanh"), panels, strict=True):
        _gap(panel, results, name)
    panels[0].legend(loc="lower left")


def _gap(panel: Panel, results: Results, name: str) -> None:
    z = np.linspace(0, 45, 200)
    rate, factor = (1, 1) if name == "sigmoid" else (2, 2)
    panel.theory(z, factor / (np.exp(rate * z) + 1), ("en los reales", "in real numbers"))
    for series, dtype in enumerate(results.axis("ends", "dtype")):
        gaps = results.table("gaps", "ends", where={"dtype": dtype})
        kept = gaps[(gaps[name] > 0)]
        panel.points(kept["z"], kept[name], dtype, series, **LOOKS[series])
        (end,) = results.values("ends", f"{name}_is_one", where={"dtype": dtype})
        panel.ax.axvline(end, color=COLOURS[series], linewidth=1, linestyle=":")
        panel.ax.text(end + 0.6, 1.0, f"z = {panel.number(end, '.2f')}", rotation=90,
                      color=COLOURS[series], va="top")  # fmt: skip
    panel.axes(x="$z$", y="$1-g(z)$", log="y", ylim=(1e-20, 2), xlim=(0, 45))
