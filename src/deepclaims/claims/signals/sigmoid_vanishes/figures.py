"""The gradient by layer, what a layer does to it by scale, and along training."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.sigmoid_vanishes.judge import cells, precisions, predicted, values
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS

LAYER: Text = ("capas recorridas hacia atrás", "layers passed backwards")
FACTOR: Text = ("factor del gradiente por capa", "gradient's factor a layer")
DIGITS: dict[str, Text] = {
    "single": ("en simple precisión", "in single precision"),
    "half": ("en media precisión", "in half precision"),
}


def depth(results: Results, drawing: Drawing) -> None:
    """(a) The gradient on its way back; (b) the same net in fewer digits."""
    titles = (
        ("el gradiente hacia atrás", "the gradient on its way back"),
        ("la misma red con menos dígitos", "the same net with fewer digits"),
    )
    way, digits = drawing.panels(1, 2, titles, sharey=True, width=10.5, height=4.3)
    scales = results.axis("usual", "scale")
    for series, scale in enumerate(scales):
        label = (f"sigmoide, d v = {scale}", f"sigmoid, d v = {scale}")
        layers = _way(way, results, "usual", "gradient", {"scale": scale}, label, series)
        way.theory(layers, predicted(scale) ** layers, linewidth=1.0)
    _way(way, results, "relu_he", "gradient", {}, "ReLU, d v = 2 (He)", 2)
    way.theory(layers, 1.0, r"$\left(d\,v\,E[\sigma'^2]\right)^{k/2}$", linewidth=1.0)
    first = {"scale": scales[0]}
    _way(digits, results, "usual", "gradient", first, ("doble", "double"), 0)
    for series, name in enumerate(precisions(results), start=3):
        _way(digits, results, "usual", f"gradient_{name}", first, DIGITS[name], series)
        end = {"single": 2.0**-149, "half": 2.0**-24}[name]
        digits.level(end, (f"menor número, {DIGITS[name][0]}",
                           f"least number {DIGITS[name][1]}"), COLOURS[series])  # fmt: skip
    way.axes(y=("gradiente (media cuadrática)", "gradient (root mean square)"))
    for panel in (way, digits):
        panel.axes(x=LAYER, log="y", ylim=(1e-66, 1e5))
        panel.legend()


def _way(
    panel: Panel,
    results: Results,
    part: str,
    metric: str,
    where: dict[str, float],
    label: Text,
    series: int,
) -> np.ndarray:
    """The median net's gradient, last layer first, as far as it is not 0; with all nets' range."""
    _, curves = results.curve(part, metric, where=where)
    back = np.where(curves > 0, curves, np.nan)[:, ::-1]
    back = back[:, np.isfinite(back).all(axis=0)]
    layers = np.arange(back.shape[1])
    panel.ax.plot(layers, np.median(back, axis=0), color=COLOURS[series], label=panel.say(label))
    low, high = back.min(axis=0), back.max(axis=0)
    panel.ax.fill_between(layers, low, high, color=COLOURS[series], alpha=0.25, linewidth=0)
    return layers


def factors(results: Results, drawing: Drawing) -> None:
    """(a) Forward and gradient factors by scale, over theory; (b) along training."""
    titles = (
        ("antes de entrenar, según la escala", "before training, by scale"),
        ("al entrenar (8 capas ocultas, MNIST)", "in training (8 hidden layers, MNIST)"),
    )
    before, along = drawing.panels(1, 2, titles, width=10.5, height=4.2)
    every = cells(results)
    scales = np.array([scale for _, scale in every], dtype=float)
    across = np.geomspace(scales.min() / 2, scales.max() * 2, 40)
    before.theory(across, [predicted(scale) for scale in across],
                  r"$\sqrt{d\,v\,E[\sigma'(z)^2]}$")  # fmt: skip
    before.theory(across, np.sqrt(across) / 4, r"$\sqrt{d\,v}\,/\,4$", colour=COLOURS[6])
    for series, (metric, label) in enumerate(
        (("gradient", ("gradiente", "gradient")), ("forward", ("activación", "activation")))
    ):
        found = [mean_interval(values(results, metric, *each)) for each in every]
        before.measured(scales, found, label, series, linestyle="none")
    before.level(1.0)
    rules: tuple[tuple[str, Text], ...] = (
        ("sgd", ("SGD con momentum", "SGD with momentum")),
        ("adam", "Adam"),
    )
    for series, (arm, name) in enumerate(rules, start=2):
        steps, curves = results.curve("training", "factor", arm)
        along.over_seeds(steps, curves, name, series)
    along.theory(steps, predicted(1.0), ("antes de entrenar", "before training"))
    before.axes(
        x=(r"escala $d\,v$ de los pesos", r"scale $d\,v$ of the weights"), log="xy", decimal="y",
        y=("factor por capa", "factor a layer"), ylim=(0.12, 6),
    )  # fmt: skip
    along.axes(x=("pasos", "steps"), y=FACTOR, ylim=(0, None))
    for panel in (before, along):
        panel.legend()
