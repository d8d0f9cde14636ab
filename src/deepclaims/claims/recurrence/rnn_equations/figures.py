"""Differences from torch, and the influence of past inputs."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.differences import FLOOR, draw_differences
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS


def differences(results: Results, drawing: Drawing) -> None:
    """Every net's differences, a panel for each σ."""
    sigmas = results.axis("compare", "sigma")
    titles = [f"σ = {sigma}" for sigma in sigmas]
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.6, sharey=True)
    shown = (
        ("one_bias_difference", ("un bias menos (control)", "a bias less (control)")),
        ("transposed_difference", ("W_hh transpuesta (control)", "W_hh transposed (control)")),
        ("difference_single", ("y, precisión simple", "y, single precision")),
        ("gradient_difference", ("gradientes, doble", "gradients, double")),
        ("difference", ("h e y, doble", "h and y, double")),
    )
    cases = {panel: {"sigma": sigma} for panel, sigma in zip(panels, sigmas, strict=True)}
    draw_differences(drawing, cases, results, shown)


def memory(results: Results, drawing: Drawing) -> None:
    """Influence of the input k steps ago, every net and the median; without W_hh only k = 0."""
    panel = drawing.panel()
    steps, values = results.curve("memory", "influence", where={"recurrent": True})
    drawn, colour = np.maximum(values, FLOOR), COLOURS[0]
    label = panel.say(("con W_hh: cada red", "with W_hh: each net"))
    panel.ax.plot(steps, drawn.T, color=colour, linewidth=0.7, alpha=0.45,
                  label=[label] + [None] * (len(drawn) - 1))  # fmt: skip
    middle = panel.say(("mediana", "median"))
    panel.ax.plot(steps, np.median(drawn, axis=0), color=colour, linewidth=2.4, label=middle)
    steps, values = results.curve("memory", "influence", where={"recurrent": False})
    panel.points(steps, np.maximum(values[0], FLOOR), "W_hh = 0 (control)", 1)
    panel.axes(
        x=("pasos hacia atrás, k", "steps back, k"),
        y=r"$\|\partial h_T / \partial x_{T-k}\|$",
        log="y",
    )
    panel.legend(loc="upper right")
