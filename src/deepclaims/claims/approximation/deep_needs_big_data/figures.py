"""Errors of each method and of the chosen ones, against samples and against inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.approximation.deep_needs_big_data.judge import (
    CLASSICAL,
    DEEP,
    SAMPLES,
    TEN,
    at_inputs,
    common,
    dimensions,
    permuted,
    saved,
    side,
)
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS, MARKERS

SLIDE = (30_000, 40_000)
"""Samples that the slide names."""
METHODS: tuple[tuple[str, tuple[str, ...], Text], ...] = (
    (CLASSICAL, ("logistic",), ("regresión logística", "logistic regression")),
    (CLASSICAL, ("forest",), ("bosque aleatorio", "random forest")),
    (CLASSICAL, ("svm_soft", "svm"), ("SVM de núcleo gaussiano", "RBF SVM")),
    (DEEP, ("mlp",), ("perceptrón de tres capas", "perceptron of three layers")),
    (DEEP, ("max", "average", "whole"), ("red convolucional", "convolutional net")),
)
"""Side, values of `method` and name of what is drawn apart."""


def samples(results: Results, drawing: Drawing) -> None:
    """Against the training samples: error of each method, and what the deep side saves."""
    sizes = results.axis(f"{DEEP}_{SAMPLES}", SAMPLES)
    titles = (("error de cada método", "error of each method"),
              ("lo que ahorra la red profunda", "what the deep net saves"))  # fmt: skip
    errors, saving = drawing.panels(1, 2, titles, width=11.0, height=4.3)
    _errors(errors, results, [(SAMPLES, n) for n in sizes], sizes)
    _across(
        errors, ("imágenes de entrenamiento", "training images"), "error (%)", log="xy", decimal="y"
    )
    found = [mean_interval(saved(results, SAMPLES, n)) for n in sizes]
    saving.measured(sizes, found, ("MNIST", "MNIST"), 0)
    size = results.axis("deep_permuted", SAMPLES)[0]
    label = ("píxeles sin orden (control)", "pixels in no order (control)")
    saving.measured([size], [mean_interval(permuted(results))], label, 1, linestyle="none")
    saving.ax.axvspan(*SLIDE, color="0.85", label=saving.say(("la filmina", "the slide")))
    saving.level(0.0)
    _across(saving, ("imágenes de entrenamiento", "training images"), _points(), log="x")


def dimension(results: Results, drawing: Drawing) -> None:
    """The same against the number of inputs."""
    inputs = dimensions(results)
    places = [at_inputs(results, d) for d in inputs]
    titles = (("error de cada método", "error of each method"),
              ("lo que ahorra la red profunda", "what the deep net saves"))  # fmt: skip
    errors, saving = drawing.panels(1, 2, titles, width=11.0, height=4.3)
    _errors(errors, results, places, inputs)
    _across(errors, ("entradas (píxeles)", "inputs (pixels)"), "error (%)", log="xy", decimal="y")
    found = [mean_interval(each) for each in common([saved(results, *at) for at in places])]
    saving.measured(inputs, found, ("MNIST", "MNIST"), 0)
    saving.ax.axvline(TEN, color="0.6", label=saving.say(("la filmina: 10", "the slide: 10")))
    saving.level(0.0)
    _across(saving, ("entradas (píxeles)", "inputs (pixels)"), _points(), log="x")


def _errors(
    panel: Panel, results: Results, where: Sequence[tuple[str, int]], places: Sequence[int]
) -> None:
    """Validation error of each method at its best dial, and test error of the two chosen."""
    for series, (kind, methods, name) in enumerate(METHODS):
        best = [_best(side(results, kind, *each), methods) for each in where]
        panel.points(
            places, 100 * np.array(best), name, series, linestyle=":", markerfacecolor="white"
        )
    for kind, name in ((CLASSICAL, ("la clásica elegida, test", "chosen classical, test")),
                       (DEEP, ("la profunda elegida, test", "chosen deep, test"))):  # fmt: skip
        tested = common([side(results, kind, *each).reported("test_error") for each in where]).T
        colour = "black" if kind == CLASSICAL else COLOURS[4]
        marker = MARKERS[kind == DEEP]
        panel.over_seeds(places, 100 * tested, name, colour=colour, marker=marker)


def _best(net: Tuned, methods: tuple[str, ...]) -> float:
    pairs = zip(net.choice.values, net.choice.scores, strict=True)
    return min(score for value, score in pairs if value["method"] in methods)


def _points() -> Text:
    return ("error clásico − profundo (puntos)", "classical − deep error (points)")


def _across(panel: Panel, x: Text, y: Text, **look: str) -> None:
    panel.axes(x=x, y=y, **look)
    panel.legend(fontsize="small")
