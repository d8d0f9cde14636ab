"""What was chosen, and what each option saves."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.autoencoder_regularises.judge import Options, gain
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO


def options(results: Results, drawing: Drawing) -> None:
    """Validation error against the learning rate, and the gains on test."""
    titles = (("lo que se eligió", "what was chosen"), ("lo que se ahorra", "what is saved"))
    chosen, saved = drawing.panels(1, 2, titles, width=11.5, height=4.5)
    own = Options.of(results)
    sides = (
        (own.plain, ("imágenes", "images")),
        (own.codes, ("u (opción 1)", "u (option 1)")),
        (own.reconstructions, ("x̂ (opción 2)", "x̂ (option 2)")),
        (own.pca, ("x̂ de PCA", "x̂ of PCA")),
    )
    for series, (side, label) in enumerate(sides):
        rates = [place["lr"] for place in side.choice.values]
        chosen.points(rates, 100 * np.array(side.choice.scores), label, series, linestyle="-")
        _circle(chosen, side, "lr")
    chosen.axes(x=("learning rate", "learning rate"), log="x", decimal="x")
    chosen.axes(y=("error de validación (%)", "validation error (%)"))
    chosen.legend()
    gains = [gain(own.plain, side) for side, _ in sides[1:]] + [gain(own.alone, own.joint)]
    names = [*(label for _, label in sides[1:]), ("β < 1 (opción 3)", "β < 1 (option 3)")]
    for height, each in enumerate(gains):
        colour, marker = COLOURS[height + 1], MARKERS[height + 1]
        saved.across([height], [mean_interval(each)], color=colour, marker=marker)
        saved.ax.plot(each, np.full(len(each), height - 0.22), ".", color=colour, alpha=0.5)
    saved.places("y", names)
    saved.ax.axvline(0, color=OKABE_ITO["grey"])
    saved.axes(x=("puntos de error de test", "points of test error"))


def beta(results: Results, drawing: Drawing) -> None:
    """Validation error against β, a line a learning rate."""
    panel = drawing.panel()
    own = Options.of(results)
    tried = list(zip(own.joint.choice.values, own.joint.choice.scores, strict=True))
    for series, rate in enumerate(sorted({place["lr"] for place, _ in tried})):
        line = sorted((place["beta"], score) for place, score in tried if place["lr"] == rate)
        x, y = np.array(line, dtype=float).T
        panel.points(x, 100 * y, rf"$\alpha$ = {panel.number(rate)}", series, linestyle="-")
    _circle(panel, own.joint, "beta")
    alone = 100 * min(own.alone.choice.scores)
    panel.ax.axhline(alone, color=OKABE_ITO["grey"], label="$\\beta$ = 1")
    panel.axes(x=r"$\beta$", y=("error de validación (%)", "validation error (%)"))
    panel.legend()


def _circle(panel: Panel, side: Tuned, axis: str) -> None:
    panel.ax.plot(
        side[axis], 100 * min(side.choice.scores), "o", markersize=13, markerfacecolor="none",
        color=OKABE_ITO["black"],
    )  # fmt: skip
