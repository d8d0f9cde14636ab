"""Errors against the size of the model, and why they peak where they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deepclaims.claims.overparametrisation.double_descent_width.judge import (
    Series,
    features_series,
    mlp_series,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing, Panel, Text, credible
from deepclaims.report.style import MARKERS, OKABE_ITO, THEORY

NOISY, CLEAN, CONTROL = OKABE_ITO["vermilion"], OKABE_ITO["blue"], OKABE_ITO["green"]
FLOOR = 1e-9
"""Training losses below this are drawn here: nothing is learnt from how far below they are."""


def features(results: Results, drawing: Drawing) -> None:
    """Test error of random features against N/n, and the norm of the fit."""
    titles = (
        ("error de test", "test error"),
        ("por qué: la norma explota en el umbral", "why: the norm explodes at the threshold"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    noise, clean = _levels(results)
    for level, colour, marker in ((noise, NOISY, 0), (clean, CLEAN, 1)):
        label = _labels(level)
        _mean(left, features_series(results, "test_error", level), label, colour, marker)
        _mean(right, features_series(results, "norm", level), label, colour, marker, log=True)
    control = ("ridge óptimo (control)", "optimal ridge (control)")
    _mean(left, features_series(results, "ridge_error", noise), control, CONTROL, 2)
    train = features_series(results, "train_error", noise)
    trained = f"{left.say(('en entrenamiento', 'in training'))}: {left.say(_labels(noise))}"
    left.ax.plot(
        train.size, train.values.mean(0), color=OKABE_ITO["grey"], linewidth=1.2, label=trained
    )
    for panel in (left, right):
        _threshold(panel, ("umbral $N=n$", "threshold $N=n$"))
        panel.axes(x=("features sobre muestras, $N/n$", "features over samples, $N/n$"))
    left.axes(y=("fracción de errores", "share of errors"))
    left.ax.set_ylim(bottom=0)
    norm = (r"norma de los pesos $\|\theta\|$", r"norm of the weights $\|\theta\|$")
    right.axes(y=norm, log="y")
    left.legend(loc="upper left")


def perceptrons(results: Results, drawing: Drawing) -> None:
    """Test error and training loss of trained perceptrons against P/(n·K)."""
    titles = (
        ("error de test", "test error"),
        ("a la derecha del umbral, se interpola", "right of the threshold, nets interpolate"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    noise, clean = _levels(results)
    parts: tuple[tuple[str, Text, str], ...] = (
        ("mlp", _labels(noise), NOISY),
        ("mlp_clean", _labels(clean), CLEAN),
        ("mlp_decay", "weight decay (control)", CONTROL),
    )
    for marker, (part, label, colour) in enumerate(parts):
        _mean(left, mlp_series(results, part), label, colour, marker)
        loss = mlp_series(results, part, "train_loss")
        floored = replace(loss, values=np.maximum(loss.values, FLOOR))
        _mean(right, floored, label, colour, marker, log=True)
    size = ("parámetros sobre ecuaciones, $P/(nK)$", "parameters over equations, $P/(nK)$")
    for panel in (left, right):
        _threshold(panel, "$P=nK$")
        panel.axes(x=size)
    left.axes(y=("fracción de errores", "share of errors"))
    left.ax.set_ylim(bottom=0)
    right.axes(y=("costo cuadrático de entrenamiento", "squared training loss"), log="y")
    left.legend(loc="lower left")


def _levels(results: Results) -> tuple[float, float]:
    levels = results.axis("features", "label_noise")
    return max(levels), min(levels)


def _labels(noise: float) -> Text:
    if noise == 0:
        return ("etiquetas correctas", "correct labels")
    share = f"{100 * noise:g} %"
    return (f"{share} de etiquetas erradas", f"{share} wrong labels")


def _mean(
    panel: Panel, series: Series, label: Text, colour: str, marker: int, *, log: bool = False
) -> None:
    found = credible(map(ratio_interval if log else mean_interval, series.values.T))
    panel.measured(series.size, found, label, colour=colour, marker=MARKERS[marker])


def _threshold(panel: Panel, label: Text) -> None:
    """The theory's interpolation threshold, dashed, and an axis of sizes that reads in numbers."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    panel.ax.axvline(
        1, label=panel.say(label), zorder=1, color=THEORY, linestyle=(0, (5, 2.5)), linewidth=1.5
    )
    panel.ax.set_xscale("log")
    panel.ax.xaxis.set_major_locator(FixedLocator([0.03, 0.1, 0.3, 1, 3, 10]))
    panel.ax.xaxis.set_minor_locator(NullLocator())
    panel.ax.xaxis.set_major_formatter(FuncFormatter(lambda size, _: panel.number(size)))
