"""Accuracy and gradient against distance."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.memory_beyond_kernel.judge import KINDS, accuracy, field
from deepclaims.claims.results import Results
from deepclaims.nn.receptive_field import receptive_field
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, measured

NAMES = {
    "cnn": ("convolucional", "convolutional"),
    "dilated": ("convolucional dilatada", "dilated convolutional"),
    "lstm": ("LSTM, olvido abierto", "LSTM, forget gate open"),
}


def distance(results: Results, drawing: Drawing) -> None:
    """Mean test accuracy of each kind of net at each distance, and what theory says of the CNN."""
    panel = drawing.panel(width=7.2)
    distances = sorted(results.axis("cnn", "distance"))
    places = range(len(distances))  # 16 and 17 would touch on an axis in steps
    for index, kind in enumerate(KINDS):
        found = [accuracy(results, kind, d) for d in distances]
        across = [place + 0.14 * (index - 1) for place in places]
        panel.measured(across, found, NAMES[kind], index, linestyle="none")
    seen = field(results)
    edge, last = sum(d < seen for d in distances) - 0.5, len(distances) - 0.5
    panel.theory([-0.5, edge, edge, last], [1, 1, 0.5, 0.5],
                 (f"convolucional, según r = {seen}", f"convolutional, by r = {seen}"))  # fmt: skip
    panel.ticks("x", places, list(map(str, distances)))
    panel.axes(
        x=("distancia al signo d (pasos)", "distance to the sign d (steps)"),
        y=("exactitud en test", "test accuracy"),
        xlim=(-0.5, last),
        ylim=(0.4, 1.04),
    )
    drawing.figure.legend(loc="outside lower center", ncols=2)


def gradient(results: Results, drawing: Drawing) -> None:
    """Size of ∂y/∂x against distance in untrained nets, until it is exactly zero."""
    panel = drawing.panel(width=7.2)
    taps, layers = (max(results.axis("reach", axis)) for axis in ("taps", "layers"))
    for index, growth in enumerate(results.axis("reach", "growth")):
        where = {"taps": taps, "layers": layers, "growth": growth}
        dilations = [growth**layer for layer in range(layers)]
        kernel = f"k = {taps}, δ = {', '.join(map(str, dilations))}"
        _curve(panel, *results.curve("reach", "gradient", where=where), kernel, index)
        edge = receptive_field(taps, dilations)
        panel.theory([edge - 0.5] * 2, [1e-4, 10], colour=COLOURS[index])
        panel.ax.annotate(
            f"r = {edge}", (edge - 0.5, 1.5e-4), (4, 0), textcoords="offset points",
            color=COLOURS[index], fontsize="small",
        )  # fmt: skip
    _curve(panel, *results.curve("reach_lstm", "gradient"), "LSTM ($b_f = 4$)", 2)
    panel.axes(
        x=("distancia d (pasos)", "distance d (steps)"),
        y=r"$\|\partial y_T / \partial x_{T-d}\|$",
        log="y",
        ylim=(1e-4, 10),
    )
    drawing.figure.legend(loc="outside lower center", ncols=3)


def _curve(panel: Panel, steps: np.ndarray, values: np.ndarray, label: str, index: int) -> None:
    """Geometric mean over seeds, and the band from the least to the largest."""
    with np.errstate(divide="ignore"):
        logs = np.log10(np.where(values > 0, values, np.nan))
    mean, low, high = 10 ** np.stack([logs.mean(axis=0), logs.min(axis=0), logs.max(axis=0)])
    measured(panel.ax, steps, mean, low, high, label, COLOURS[index], band=True)
