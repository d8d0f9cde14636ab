"""What the page of `orthogonal-initialisation` shows: the gradient untrained, and in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.recurrence.gradient_gain import tanh_rate
from deepclaims.claims.recurrence.orthogonal_initialisation import (
    TRANSIENT,
    over_training,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.style import COLOURS, figure, level_line, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def start_figure(results: Results, language: str) -> Figure:
    """log₁₀ of the gradient over steps: linear recurrence beside tanh."""
    made, (linear, tanh) = figure(1, 2, width=10.0, height=4.2)
    for index, matrix in enumerate(results.axis("linear", "matrix")):
        t, logs = results.curve("linear", "log_gain", where={"matrix": matrix})
        _band(linear, t, logs, _matrix(matrix, language), COLOURS[index])
    theory(linear, [0, t[-1]], [0, 0], say(language, "norma conservada", "norm kept"))
    linear.set_ylim(-40, 22)
    for index, u in enumerate(results.axis("tanh", "input")):
        colour = COLOURS[index]
        where = {"input": float(u)}
        t, logs = results.curve("tanh", "log_gain", where={"matrix": "orthogonal", **where})
        label = say(language, f"entrada de desvío {u:g}", f"input of deviation {u:g}")
        _band(tanh, t, logs, label.replace(".", ",") if language == "es" else label, colour)
        gaussian = results.curve("tanh", "log_gain", where={"matrix": "gaussian", **where})[1]
        tanh.plot(t, gaussian.mean(axis=0), linestyle=":", color=colour)
        settled = np.array([TRANSIENT, t[-1]])
        start = logs.mean(axis=0)[TRANSIENT - 1]
        theory(tanh, settled, start + tanh_rate(1.0, u) * (settled - TRANSIENT))
    tanh.plot(
        [], [], linestyle=":", color="black", label=say(language, "W gaussiana", "Gaussian W")
    )
    theory(tanh, [], [], say(language, "campo medio", "mean field"))
    for ax in (linear, tanh):
        ax.set_xlabel(say(language, "pasos t", "steps t"))
        ax.legend(loc="lower left")
    linear.set_ylabel(r"$\log_{10}\, \|\partial h_t/\partial h_0\|_F / \sqrt{n}$")
    titles = (
        ("recurrencia lineal", "linear recurrence"),
        ("a través de la tanh", "through the tanh"),
    )
    panel_titles([linear, tanh], [say(language, *title) for title in titles])
    return made


def training_figure(results: Results, language: str) -> Figure:
    """Departure from orthogonality and gradient along training."""
    made, axes = figure(1, 2, width=10.0, height=4.2)
    table = results.tables["training"]
    steps = np.unique(table["step"])
    for ax, quantity in zip(axes, ("departure", "log_gain"), strict=True):
        for index, matrix in enumerate(results.axis("training", "matrix")):
            values = over_training(results, matrix, quantity)
            ax.plot(steps, values.T, color=COLOURS[index], alpha=0.18, linewidth=0.8)
            _band(ax, steps, values, _matrix(matrix, language), COLOURS[index])
        ax.set_xlabel(say(language, "pasos de Adam", "steps of Adam"))
        ax.legend()
    level_line(axes[1], 0.0)
    axes[0].set_ylabel(r"$\|W^T W - I\|_F / \sqrt{n}$")
    axes[1].set_ylabel(r"$\log_{10}\, \|\partial h_T/\partial h_1\|_F / \sqrt{n}$")
    titles = (("ortogonalidad", "orthogonality"), ("gradiente", "gradient"))
    panel_titles(axes, [say(language, *title) for title in titles])
    return made


def _band(ax: Axes, x: np.ndarray, values: np.ndarray, label: str, colour: str) -> None:
    found = [mean_interval(column) for column in values.T]
    mean = np.array([each.value for each in found])
    low, high = (np.array([getattr(each, end) for each in found]) for end in ("low", "high"))
    finite = np.isfinite(low)
    measured(
        ax, x, mean, np.where(finite, low, mean), np.where(finite, high, mean), label, colour,
        band=True,
    )  # fmt: skip


def _matrix(name: str, language: str) -> str:
    comma = say(language, "{,}", ".")
    gaussian = say(language, "gaussiana, desvío", "Gaussian, deviation")
    return {
        "orthogonal": say(language, "ortogonal", "orthogonal"),
        "gaussian": rf"{gaussian} $1/\sqrt{{n}}$",
        "shrunk": rf"{gaussian} $0{comma}5/\sqrt{{n}}$",
        "grown": rf"{gaussian} $1{comma}5/\sqrt{{n}}$",
    }[name]
