"""Errors against the size of the model, and why they peak where they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deepclaims.claims.overparametrisation import threshold_panels as panels
from deepclaims.claims.overparametrisation.double_descent_width.judge import (
    Series,
    features_series,
    mlp_series,
)
from deepclaims.claims.overparametrisation.threshold_panels import CLEAN, NOISY, REMEDY
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text

FLOOR = 1e-9
"""Training losses below this are drawn here: nothing is learnt from how far below they are."""
TICKS = (0.03, 0.1, 0.3, 1, 3, 10)


def features(results: Results, drawing: Drawing) -> None:
    """Test error of random features against N/n, and the norm of the fit."""
    titles = (
        ("error de test", "test error"),
        ("por qué: la norma explota en el umbral", "why: the norm explodes at the threshold"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    noise, clean = _levels(results)
    for level, colour, marker in ((noise, NOISY, 0), (clean, CLEAN, 1)):
        label = panels.labels_of(level)
        _mean(left, features_series(results, "test_error", level), label, colour, marker)
        _mean(right, features_series(results, "norm", level), label, colour, marker, log=True)
    control = ("ridge, λ elegido en validación", "ridge, λ chosen on validation")
    _mean(left, features_series(results, "ridge_error", noise), control, REMEDY, 2)
    train = features_series(results, "train_error", noise)
    panels.trained(left, train.size, train.values, ("en entrenamiento", "in training"))
    for place, regime in ((0.25, ("U clásica", "classical U")), (3, ("moderno", "modern"))):
        left.ax.text(place, 0.02, left.say(regime), ha="center", style="italic", fontsize=9)
    for panel in (left, right):
        panels.threshold(panel, ("umbral $N=n$", "threshold $N=n$"), TICKS)
        panel.axes(x=("features sobre muestras, $N/n$", "features over samples, $N/n$"))
    left.axes(y=("fracción de errores", "share of errors"))
    left.ax.set_ylim(bottom=0)
    norm = (r"norma de los pesos $\|\theta\|$", r"norm of the weights $\|\theta\|$")
    right.axes(y=norm, log="y")
    left.legend(loc="upper left")


def perceptrons(results: Results, drawing: Drawing) -> None:
    """Test and training errors, and the training loss, of trained perceptrons against P/(n·K)."""
    titles = (
        ("error de test", "test error"),
        ("a la derecha del umbral, se interpola", "right of the threshold, nets interpolate"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    noise, clean = _levels(results)
    parts: tuple[tuple[str, Text, str], ...] = (
        ("mlp", panels.labels_of(noise), NOISY),
        ("mlp_clean", panels.labels_of(clean), CLEAN),
        ("mlp_decay", "weight decay (control)", REMEDY),
    )
    for marker, (part, label, colour) in enumerate(parts):
        _mean(left, mlp_series(results, part), label, colour, marker)
        loss = mlp_series(results, part, "train_loss")
        floored = replace(loss, values=np.maximum(loss.values, FLOOR))
        _mean(right, floored, label, colour, marker, log=True)
    train = mlp_series(results, "mlp", "train_error")
    panels.trained(left, train.size, train.values, ("en entrenamiento", "in training"))
    size = ("parámetros sobre ecuaciones, $P/(nK)$", "parameters over equations, $P/(nK)$")
    for panel in (left, right):
        panels.threshold(panel, "$P=nK$", TICKS)
        panel.axes(x=size)
    left.axes(y=("fracción de errores", "share of errors"))
    left.ax.set_ylim(bottom=0)
    right.axes(y=("costo cuadrático de entrenamiento", "squared training loss"), log="y")
    left.legend(loc="lower left")


def _levels(results: Results) -> tuple[float, float]:
    levels = results.axis("features", "label_noise")
    return max(levels), min(levels)


def _mean(
    panel: Panel, series: Series, label: Text, colour: str, marker: int, *, log: bool = False
) -> None:
    panels.curve(panel, series.size, series.values, label, colour, marker, log=log)
