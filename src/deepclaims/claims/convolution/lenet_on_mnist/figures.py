"""Validation error on the way, and the test error of every seed at the end."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.lenet_on_mnist.judge import (
    DENSE,
    LENET,
    PART,
    first_size,
    values,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Text
from deepclaims.report.style import OKABE_ITO

ARMS = (LENET, *DENSE)
NAMES = {
    "lenet": ("LeNet", "LeNet"),
    "mlp": ("densa, mismas épocas", "dense, as many epochs"),
    "mlp_long": ("densa, mismo cómputo", "dense, as much computation"),
}
LECUN_1998: dict[tuple[float, str], Text] = {
    (0.95, "#222222"): "LeNet-5, LeCun 1998",
    (0.8, OKABE_ITO["purple"]): ("LeNet-5, LeCun 1998, con distorsiones",
                                 "LeNet-5, LeCun 1998, with distortions"),
}  # fmt: skip
"""Published test error in per cent, and its colour: the digits alone, or distorted ones too."""

MULTIPLY_ADDS = {
    # Outputs times filter size (slide: 26x26x6 and 11x11x16), then the dense layers.
    "lenet": 26 * 26 * 6 * 9 + 11 * 11 * 16 * 9 * 6 + 400 * 120 + 120 * 84 + 84 * 10,
    "mlp": 784 * 70 + 70 * 70 + 70 * 10,
}
"""Multiplications of one forward pass; the backward pass is about twice as much in either net."""


def learning(results: Results, drawing: Drawing) -> None:
    """Validation errors over epochs, and over the computation they cost."""
    titles = (
        ("a igual número de épocas", "epoch by epoch"),
        ("a igual cómputo", "for the same computation"),
    )
    panels = drawing.panels(1, 2, titles, sharey=True)
    for index, arm in enumerate(ARMS):
        steps, curves = results.curve(PART, "validation_error", arm, first_size(results))
        epochs = steps / steps[0]  # validated at the end of every epoch, the first one included
        cost = epochs * MULTIPLY_ADDS[arm.removesuffix("_long")] / MULTIPLY_ADDS[LENET]
        for panel, across in zip(panels, (epochs, cost), strict=True):
            panel.over_seeds(across, 100 * curves, NAMES[arm], index)
    across = (
        ("épocas", "epochs"),
        ("cómputo (en épocas de LeNet)", "computation (in epochs of LeNet)"),
    )
    for panel, name in zip(panels, across, strict=True):
        panel.axes(x=name, log="y", decimal="y")
    panels[0].axes(y=("error de validación (%)", "validation error (%)"))
    panels[0].legend(loc="upper right")


def test_error(results: Results, drawing: Drawing) -> None:
    """Every seed, the means, the criterion and what was published."""
    panel = drawing.panel(width=7.2)
    errors = np.array([100 * values(results, "test_error", arm) for arm in ARMS])
    for seed in errors.T:
        panel.ax.plot(range(len(ARMS)), seed, color="#BBBBBB", linewidth=0.8, zorder=1)
    names = []
    for x, (arm, each) in enumerate(zip(ARMS, errors, strict=True)):
        panel.points(x, each, None, x, alpha=0.45)
        panel.measured([x + 0.14], [mean_interval(each)], None, x, linestyle="none")
        size = panel.count(values(results, "n_parameters", arm)[0])
        epochs = len(results.curve(PART, "validation_error", arm, first_size(results))[0])
        lines = (NAMES[arm], (f"{size} parámetros", f"{size} parameters"),
                 (f"{epochs} épocas", f"{epochs} epochs"))  # fmt: skip
        names.append("\n".join(map(panel.say, lines)))
    for (published, colour), label in LECUN_1998.items():
        panel.theory([-0.35, 2.35], published, label, colour=colour, linewidth=1.2)
    bound = results.claim.checks["below_one_percent"]["bound"]
    panel.level(100 * bound, ("criterio", "criterion"))
    panel.axes(y=("error de test (%)", "test error (%)"), xlim=(-0.35, 2.35), ylim=(0, None))
    panel.ticks("x", range(len(ARMS)), names)
    panel.legend(loc="lower right")
