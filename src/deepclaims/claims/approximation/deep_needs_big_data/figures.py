"""Errors of each method and of the chosen ones against samples; savings with and without order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.approximation.deep_needs_big_data.judge import (
    CLASSICAL,
    DEEP,
    SAMPLES,
    SIDE,
    compared,
    saved,
    side,
    without_order,
)
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS, MARKERS

SLIDE = (30_000, 40_000)
"""Samples that the slide names."""
METHODS: tuple[tuple[str, str, Text], ...] = (
    (CLASSICAL, "logistic", ("regresión logística", "logistic regression")),
    (CLASSICAL, "forest", ("bosque aleatorio", "random forest")),
    (CLASSICAL, "gaussian", ("SVM gaussiana", "Gaussian SVM")),
    (CLASSICAL, "polynomial", ("SVM polinomial", "polynomial SVM")),
    (DEEP, "dense", ("perceptrón de tres capas", "perceptron of three layers")),
    (DEEP, "convolutional", ("red convolucional", "convolutional net")),
)
"""Side, value of `method` and name of what is drawn apart."""
SAVING: Text = ("error clásico − profundo (puntos)", "classical − deep error (points)")


def samples(results: Results, drawing: Drawing) -> None:
    """Against the training samples: error of each method, and what the deep side saves."""
    sizes = results.axis(f"{DEEP}_{SAMPLES}", SAMPLES)
    titles = (("error de cada método", "error of each method"),
              ("lo que ahorra la red profunda", "what the deep net saves"))  # fmt: skip
    errors, saving = drawing.panels(1, 2, titles, width=11.0, height=4.3)
    _errors(errors, results, sizes)
    x = ("imágenes de entrenamiento", "training images")
    errors.axes(x=x, y="error (%)", log="xy", decimal="y")
    errors.legend(fontsize="small", loc="lower left")
    found = [mean_interval(saved(results, SAMPLES, n)) for n in sizes]
    saving.measured(sizes, found, ("MNIST", "MNIST"), 0)
    label = ("píxeles sin orden (control)", "pixels in no order (control)")
    unordered = mean_interval(without_order(results))
    saving.measured([compared(results)], [unordered], label, 1, linestyle="none")
    saving.ax.axvspan(*SLIDE, color="0.85", label=saving.say(("la filmina", "the slide")))
    saving.level(0.0)
    saving.axes(x=x, y=SAVING, log="x")
    saving.legend(fontsize="small")


def dimension(results: Results, drawing: Drawing) -> None:
    """What the deep side saves with few inputs, with many, and with many in no order."""
    (few,) = results.axis(f"{DEEP}_{SIDE}", SIDE)
    (many,) = results.axis(f"{DEEP}_{SAMPLES}", SIDE)
    size = compared(results)
    cases = [saved(results, SIDE, few), saved(results, SAMPLES, size), without_order(results)]
    names = [(f"{few**2} píxeles\nen orden", f"{few**2} pixels\nin order"),
             (f"{many**2} píxeles\nen orden", f"{many**2} pixels\nin order"),
             (f"{many**2} píxeles\nsin orden", f"{many**2} pixels\nin no order")]  # fmt: skip
    panel = drawing.panel()
    for place, values in enumerate(cases):
        spread = np.linspace(-0.12, 0.12, len(values))
        panel.points(place + spread, values, marker=".", color="0.6")
    places = range(len(cases))
    panel.measured(places, [mean_interval(each) for each in cases], None, 0, linestyle="none")
    panel.level(0.0)
    panel.places("x", names)
    panel.axes(y=SAVING)


def _errors(panel: Panel, results: Results, sizes: Sequence[int]) -> None:
    """Validation error of each method at its best dial, and test error of the two chosen."""
    for series, (kind, method, name) in enumerate(METHODS):
        best = [_best(side(results, kind, SAMPLES, n), method) for n in sizes]
        panel.points(
            sizes, 100 * np.array(best), name, series, linestyle=":", markerfacecolor="white"
        )
    for kind, name in ((CLASSICAL, ("la clásica elegida, test", "chosen classical, test")),
                       (DEEP, ("la profunda elegida, test", "chosen deep, test"))):  # fmt: skip
        tested = [side(results, kind, SAMPLES, n).reported("test_error") for n in sizes]
        colour = "black" if kind == CLASSICAL else COLOURS[5]
        marker = MARKERS[kind == DEEP]
        panel.over_seeds(sizes, 100 * np.stack(tested, 1), name, colour=colour, marker=marker)


def _best(net: Tuned, method: str) -> float:
    pairs = zip(net.choice.values, net.choice.scores, strict=True)
    return min(score for value, score in pairs if value["method"] == method)
