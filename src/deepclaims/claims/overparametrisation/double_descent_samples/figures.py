"""Errors against the number of samples, of digits and where theory is exact."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation import threshold_panels as panels
from deepclaims.claims.overparametrisation.double_descent_samples.judge import (
    by_samples,
    larger_model,
    perceptrons,
)
from deepclaims.claims.overparametrisation.double_descent_samples.measure import expected_excess
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO

TICKS = (0.2, 0.5, 1, 2, 5)


def features(results: Results, drawing: Drawing) -> None:
    """Random features and perceptrons of a fixed size, by the number of samples."""
    titles = (
        ("features aleatorias, $N$ fijo", "random features, $N$ fixed"),
        ("perceptrones entrenados, ancho fijo", "trained perceptrons, width fixed"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.6)
    levels = results.axis("features", "label_noise")
    noise = max(levels)
    for marker, (level, colour) in enumerate(((noise, panels.NOISY), (min(levels), panels.CLEAN))):
        size, error = by_samples(results, "test_error", level)
        panels.curve(left, size, error, panels.labels_of(level), colour, marker)
    size, ridge = by_samples(results, "ridge_error", noise)
    label = ("ridge, λ elegido en validación", "ridge, λ chosen on validation")
    panels.curve(left, size, ridge, label, panels.REMEDY, 2)
    larger, error = larger_model(results)
    label = ("modelo 10 veces mayor (control)", "model 10 times as large (control)")
    panels.curve(left, larger, error, label, OKABE_ITO["purple"], 3)
    trained = ("en entrenamiento", "in training")
    panels.trained(left, size, by_samples(results, "train_error", noise)[1], trained)
    arms = (
        ("perceptron", panels.labels_of(noise), panels.NOISY),
        ("perceptron_clean", panels.labels_of(0), panels.CLEAN),
        ("perceptron_decay", ("weight decay", "weight decay"), panels.REMEDY),
    )
    for marker, (part, name, colour) in enumerate(arms):
        panels.curve(right, *perceptrons(results, "test_error", part), name, colour, marker)
    size = perceptrons(results, "train_error")[0]
    panels.trained(right, size, perceptrons(results, "train_error")[1], trained)
    panels.threshold(left, ("umbral $n=N$", "threshold $n=N$"), TICKS)
    panels.threshold(right, "$nK=P$", TICKS)
    left.axes(x=("muestras sobre features, $n/N$", "samples over features, $n/N$"))
    right.axes(x=("ecuaciones sobre parámetros, $nK/P$", "equations over parameters, $nK/P$"))
    for panel in (left, right):
        panel.axes(y=("fracción de errores", "share of errors"), ylim=(0, 1.05))
    left.legend(loc="upper right", fontsize=7.5)
    right.legend(loc="upper right", fontsize=7.5)


def linear(results: Results, drawing: Drawing) -> None:
    """The linear model's excess risk, measured and exact."""
    panel = drawing.panel()
    params = results.claim.part("linear").params
    d = params["inputs"]
    counts, excess = results.curve("linear", "excess")
    found = [mean_interval(column) for column in excess.T]
    panel.measured(counts / d, found, ("medido", "measured"), 0, linestyle="none")
    for side, label in (((1, d - 1), ("exacto", "exact")), ((d + 2, 3 * d + 1), None)):
        n = np.arange(*side)
        exact = [expected_excess(int(each), d, params["noise"]) for each in n]
        panel.theory(n / d, exact, label)
    panel.axes(
        x=("muestras sobre parámetros, $n/d$", "samples over parameters, $n/d$"),
        y=(r"exceso de riesgo $\|\hat\theta-\theta\|^2$", r"excess risk $\|\hat\theta-\theta\|^2$"),
        log="y",
    )
    panel.legend()
