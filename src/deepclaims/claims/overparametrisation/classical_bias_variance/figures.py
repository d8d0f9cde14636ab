"""The U, and what it is the sum of."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.classical_bias_variance.judge import (
    CLEAN,
    NOISY,
    curve,
    problem,
    theory,
)
from deepclaims.claims.overparametrisation.size_panels import SIZE, classical_u
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Text, credible

NAMES: dict[str, Text] = {
    "test": ("error de test (otra mitad)", "test error (other half)"),
    "bias2": ("sesgo²", "bias²"),
    "variance": ("varianza", "variance"),
}


def decomposition(results: Results, drawing: Drawing) -> None:
    """(a) Test error, bias² and variance; (b) the test error without noise and with ridge."""
    titles = (
        ("la U clásica y sus sumandos", "the classical U and its terms"),
        (
            "sin ruido no vuelve a subir; con ridge, casi nada",
            "no second rise without noise, hardly one with ridge",
        ),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    degrees, _ = curve(results, "test")
    size = (degrees + 1) / problem(results).points
    errors, biases, variances = theory(results)
    measured = {name: _over_seeds(results, name) for name in NAMES}
    exact = {"test": errors, "bias2": biases, "variance": variances}
    classical_u(left, size, measured, exact, NAMES)
    left.level(problem(results).sigma ** 2, ("ruido σ²", "noise σ²"))
    left.axes(y=("error cuadrático medio", "mean squared error"))
    left.legend()
    controls: list[tuple[str, str, Text]] = [
        ("test", NOISY, ("con ruido, mínimos cuadrados", "noise, least squares")),
        ("ridge_test", NOISY, ("con ruido, ridge elegido", "noise, chosen ridge")),
        ("test", CLEAN, ("sin ruido", "no noise")),
    ]
    for series, (metric, arm, label) in enumerate(controls):
        right.measured(
            size, _over_seeds(results, metric, arm), label, series, linestyle="-", markersize=4
        )
    right.axes(x=SIZE, y=("error de test", "test error"))
    right.ax.axvline(size[int(np.argmin(errors))], color="0.6", linestyle=":")
    right.legend()


def _over_seeds(results: Results, metric: str, arm: str = NOISY) -> list[Estimate]:
    _, values = curve(results, metric, arm)
    return credible([mean_interval(column) for column in values.T])
