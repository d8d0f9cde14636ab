"""Regret over the budget, and what each seed lost by the grid."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.approximation.grid_search_wasteful.judge import (
    CENTRED,
    ON_LEVEL,
    RANDOM,
    UNKNOWN,
    failure,
    final,
    losses,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text

TITLES: dict[str, Text] = {
    UNKNOWN: ("5 hiperparámetros, rangos a ciegas", "5 hyperparameters, blind ranges"),
    CENTRED: ("5 hiperparámetros, rangos centrados", "5 hyperparameters, centred ranges"),
    ON_LEVEL: (
        "5 hiperparámetros, un nivel sobre lo bueno",
        "5 hyperparameters, a level on the good",
    ),
    "two": ("2 hiperparámetros, rangos a ciegas", "2 hyperparameters, blind ranges"),
    "one": ("1 hiperparámetro, rangos a ciegas", "1 hyperparameter, blind ranges"),
}
NAMES: dict[str, Text] = {
    "grid": ("grilla", "grid"),
    RANDOM: ("al azar", "at random"),
}
REGRET: Text = ("error sobre el mejor (puntos)", "error above the best (points)")
LOSS: Text = ("lo que pierde la grilla (puntos)", "what the grid loses (points)")


def regret(results: Results, drawing: Drawing) -> None:
    """Expected error against the budget, in each box and with fewer hyperparameters."""
    shown = (UNKNOWN, CENTRED, ON_LEVEL, "two")
    panels = drawing.panels(2, 2, [TITLES[part] for part in shown], width=10.0, height=7.0)
    for panel, part in zip(panels, shown, strict=True):
        best = np.minimum(final(results, part, "grid"), final(results, part, RANDOM))
        for series, name in enumerate(NAMES):
            steps, errors = results.curve(part, name)
            above = 100 * (errors - best[:, None])
            panel.over_seeds(steps, above, NAMES[name], series, band=True, marker="")
        panel.axes(x=("puntos probados", "points tried"), y=REGRET, log="xy")
        panel.ticks("x", [1, 2, 4, 8, 16, 32])
        panel.ax.set_ylim(0.3, 80)
        panel.ticks("y", [0.5, 1, 2, 5, 10, 20, 50])
        panel.legend()


def loss(results: Results, drawing: Drawing) -> None:
    """What the grid lost, seed by seed."""
    panel = drawing.panel(width=8.0, height=4.6)
    for series, part in enumerate(TITLES):
        _by_seed(panel, results, part, series)
    limit = 100 * failure(results)
    panel.level(limit, ("falla", "failure"))
    panel.level(-limit)
    panel.axes(x=("parte de las semillas", "share of seeds"), y=LOSS)
    panel.legend()


def _by_seed(panel: Panel, results: Results, part: str, series: int) -> None:
    """A dot a seed, from the largest gain of the grid to its largest loss."""
    ordered = 100 * np.sort(losses(results, part))
    share = (np.arange(len(ordered)) + 0.5) / len(ordered)
    panel.points(share, ordered, TITLES[part], series, markersize=3)
