"""What linear solutions and nets leave wrong in each problem."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deepclaims.claims.approximation.linear_insufficient.judge import CURVED, STRAIGHT, error
from deepclaims.claims.approximation.linear_insufficient.theory import least_error
from deepclaims.claims.results import Results
from deepclaims.data.plane_problems import load_plane
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

NAMES: Mapping[str, Text] = {
    "moons": ("medialunas", "moons"),
    "ring": ("círculo", "circle"),
    "wave": (r"$\mathrm{sen}\,2x_1+x_2^2/4$", r"$\sin 2x_1+x_2^2/4$"),
    "line": ("recta (control)", "line (control)"),
    "slope": ("plano (control)", "plane (control)"),
}
SOLUTIONS: Mapping[str, Text] = {
    "hindsight": ("lineal, la mejor en el test", "linear, the best on the test set"),
    "fitted": ("lineal, ajustada al train", "linear, fitted to the training set"),
    "identity": ("la red sin g", "the net without g"),
    "relu": ("la red ReLU", "the ReLU net"),
}
"""From the luckiest linear one to the net."""

LEAST: Text = ("lo menos posible (ruido)", "the least possible (noise)")


def errors(results: Results, drawing: Drawing) -> None:
    """Each solution's error in each problem, with the least that any can have."""
    panel = drawing.panel(width=8.6, height=4.8)
    rows = [*CURVED, *STRAIGHT][::-1]
    for series, (solution, label) in enumerate(SOLUTIONS.items()):
        shown = [p for p in rows if solution != "identity" or p in CURVED]
        heights = [rows.index(problem) + 0.24 - 0.16 * series for problem in shown]
        found = [mean_interval(100 * error(results, solution, problem)) for problem in shown]
        panel.across(heights, found, label, color=COLOURS[series], marker=MARKERS[series])
    for height, problem in enumerate(rows):
        least = 100 * least_error(problem)
        panel.theory([least, least], [height - 0.4, height + 0.4], None if height else LEAST)
    panel.places("y", [NAMES[problem] for problem in rows])
    panel.axes(x=("error en test, % (de la varianza en regresión)",
                  "test error, % (of the variance in regression)"), xlim=(0, None))  # fmt: skip
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def problems(results: Results, drawing: Drawing) -> None:
    """The training set of the first seed, in the three curved problems."""
    panels = drawing.panels(1, 3, [NAMES[problem] for problem in CURVED], width=11.5, height=3.9)
    seed = min(results.claim.part("linear").seeds)
    for problem, panel in zip(CURVED, panels, strict=True):
        train = load_plane({"name": "plane", "problem": problem}, seed).train
        x, y = train.inputs[0].numpy(), train.targets.numpy().ravel()
        if problem == "wave":
            _coloured(panel, x, y)
        else:
            for label, colour in enumerate(("blue", "vermilion")):
                panel.points(*x[y == label].T, marker="os"[label], markersize=3,
                             color=OKABE_ITO[colour])  # fmt: skip
        panel.axes(x="$x_1$", y="$x_2$")


def _coloured(panel: Panel, x: np.ndarray, y: np.ndarray) -> None:
    dots = panel.ax.scatter(x[:, 0], x[:, 1], c=y, cmap="cividis", s=9)
    panel.ax.figure.colorbar(dots, ax=panel.ax, label="$y$")
