"""How long it takes to find the plane, and what a hidden layer saves."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.autoencoder_is_like_pca.judge import excess, of_code, values
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing

WHITE = ("covarianza identidad", "identity covariance")


def plane(results: Results, drawing: Drawing) -> None:
    """Angle and excess error against the length of the training."""
    titles = (
        ("el plano", "the plane"),
        ("lo que cuesta", "what it costs"),
    )
    angle, error = drawing.panels(1, 2, titles, width=11.0, height=4.3)
    steps = results.axis("linear", "steps")
    drawn = (
        ("linear", "angle", ("decodificador", "decoder")),
        ("linear", "encoder_angle", ("codificador", "encoder")),
        ("isotropic", "angle", WHITE),
    )
    for series, (part, metric, label) in enumerate(drawn):
        lengths = results.axis(part, "steps")
        rows = np.array([values(results, part, metric, count) for count in lengths])
        angle.over_seeds(lengths, rows.T, label, series)
    random = values(results, "linear", "random_angle", max(steps)).mean()
    angle.theory(steps, np.full(len(steps), random), ("plano al azar", "random plane"))
    angle.level(5.0)
    for series, part, label in ((0, "linear", ("imágenes", "images")), (2, "isotropic", WHITE)):
        lengths = results.axis(part, "steps")
        rows = np.array([excess(results, part, "train", count) for count in lengths])
        look = {"alpha": 0.5, "markersize": 4}
        for seed, row in enumerate(rows.T):
            error.points(lengths, row, label if seed == 0 else None, series, **look)
    error.level(0.01)
    angle.axes(x=("pasos", "steps"), y=("ángulo (grados)", "angle (degrees)"), log="x")
    angle.axes(ylim=(0, 95))
    error.axes(
        x=("pasos", "steps"), y=("error en exceso (relativo)", "excess error (relative)"), log="xy"
    )
    angle.legend()
    error.legend(loc="lower left")


def sizes(results: Results, drawing: Drawing) -> None:
    """Errors against the size of the code."""
    panel = drawing.panel()
    codes = results.axis("nonlinear", "code")
    own, pca = (
        np.array([of_code(results, metric, code) for code in codes])
        for metric in ("test_mse", "test_pca")
    )
    panel.theory(codes, pca.mean(1), "PCA")
    longest = max(results.axis("linear", "steps"))
    linear = [values(results, "linear", "test_mse", longest)]
    panel.over_seeds(
        results.axis("linear", "code"), np.array(linear).T, ("lineal", "linear"), 0, markersize=9
    )
    panel.over_seeds(codes, own.T, ("no lineal", "non-linear"), 1)
    panel.axes(
        x=("números en el código, $k$", "numbers in the code, $k$"),
        y=("error cuadrático medio", "mean squared error"),
        log="x",
        decimal="x",
        ylim=(0, None),
    )
    panel.ticks("x", codes)
    panel.legend()
