"""The error of every threshold."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS

TITLES = {
    "right": ("p_1 es la probabilidad", "p_1 is the probability"),
    "shifted": ("control: b corrido", "control: b shifted"),
}


def errors(results: Results, drawing: Drawing) -> None:
    """Error against threshold, a line a law."""
    panels = drawing.panels(1, 2, list(TITLES.values()), sharey=True)
    table = results.table("errors", "sigmoid")
    for panel, column in zip(panels, TITLES, strict=True):
        for number, (_, own) in enumerate(table.groupby("seed")):
            colour = COLOURS[number % len(COLOURS)]
            panel.ax.plot(own["threshold"], own[column], color=colour, alpha=0.7)
            best = own.loc[own[column].idxmin()]
            panel.ax.plot(best["threshold"], best[column], "o", color=colour, markersize=4)
        panel.ax.axvline(0.5, color="0.3", linestyle="--")
        panel.axes(x=("umbral de p_1", "threshold of p_1"))
    panels[0].axes(y=("probabilidad de error", "probability of error"))
