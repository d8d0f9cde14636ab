"""What the page of `memory-beyond-kernel` shows: accuracy and gradient against distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.recurrence.causal_convolution import receptive_field
from deepclaims.claims.recurrence.memory_beyond_kernel import accuracy, field
from deepclaims.claims.results import Results
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def distance_figure(results: Results, language: str) -> Figure:
    """Mean test accuracy of each kind of net at each distance, and what theory says of the CNN."""
    made, ax = figure(width=7.2)
    distances = sorted(results.axis("cue", "distance"))
    places = range(len(distances))  # 16 and 17 would touch on an axis in steps
    for index, kind in enumerate(results.axis("cue", "kind")):
        found = [accuracy(results, kind, d) for d in distances]
        measured(
            ax,
            [place + 0.14 * (index - 1) for place in places],
            [each.value for each in found],
            [each.low for each in found],
            [each.high for each in found],
            _name(kind, language),
            COLOURS[index],
            marker=MARKERS[index],
            linestyle="none",
        )
    seen = field(results)
    edge, last = sum(d < seen for d in distances) - 0.5, len(distances) - 0.5
    theory(
        ax, [-0.5, edge, edge, last], [1, 1, 0.5, 0.5],
        say(language, f"convolucional, según r = {seen}", f"convolutional, by r = {seen}"),
    )  # fmt: skip
    ax.set(xlim=(-0.5, last), ylim=(0.4, 1.04))
    ax.set_xticks(places, [str(d) for d in distances])
    ax.set_xlabel(say(language, "distancia al signo d (pasos)", "distance to the sign d (steps)"))
    ax.set_ylabel(say(language, "exactitud en test", "test accuracy"))
    made.legend(loc="outside lower center", ncols=2)
    return made


def gradient_figure(results: Results, language: str) -> Figure:
    """Size of ∂y/∂x against distance in untrained nets, until it is exactly zero."""
    made, ax = figure(width=7.2)
    taps = max(results.axis("reach", "taps"))
    layers = max(results.axis("reach", "layers"))
    for index, growth in enumerate(results.axis("reach", "growth")):
        where = {"taps": taps, "layers": layers, "growth": growth}
        dilations = [growth**layer for layer in range(layers)]
        _curve(
            ax, *results.curve("reach", "gradient", where=where), _kernel(taps, dilations), index
        )
        edge = receptive_field(taps, dilations)
        theory(ax, [edge - 0.5] * 2, [1e-4, 10], colour=COLOURS[index])
        ax.annotate(
            f"r = {edge}", (edge - 0.5, 1.5e-4), (4, 0), textcoords="offset points",
            color=COLOURS[index], fontsize="small",
        )  # fmt: skip
    _curve(ax, *results.curve("reach_lstm", "gradient"), "LSTM ($b_f = 4$)", 2)
    ax.set(yscale="log", ylim=(1e-4, 10))
    ax.set_xlabel(say(language, "distancia d (pasos)", "distance d (steps)"))
    ax.set_ylabel(r"$\|\partial y_T / \partial x_{T-d}\|$")
    made.legend(loc="outside lower center", ncols=3)
    return made


def _curve(ax: Axes, steps: np.ndarray, values: np.ndarray, label: str, index: int) -> None:
    with np.errstate(divide="ignore"):
        logs = np.log10(np.where(values > 0, values, np.nan))
    mean = 10 ** logs.mean(axis=0)
    measured(
        ax, steps, mean, 10 ** logs.min(axis=0), 10 ** logs.max(axis=0), label, COLOURS[index],
        band=True,
    )  # fmt: skip


def _kernel(taps: int, dilations: list[int]) -> str:
    return f"k = {taps}, δ = {', '.join(map(str, dilations))}"


def _name(kind: str, language: str) -> str:
    return {
        "cnn": say(language, "convolucional", "convolutional"),
        "dilated": say(language, "convolucional dilatada", "dilated convolutional"),
        "lstm": say(language, "LSTM, olvido abierto", "LSTM, forget gate open"),
    }[kind]
