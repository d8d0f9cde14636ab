"""Test error of nets with one training loss, by route, and against their sharpness."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.global_minima_differ.judge import of_route
from deepclaims.claims.overparametrisation.global_minima_differ.measure import (
    FULL_BATCH,
    LARGE,
    PLAIN,
    POISONED,
    SMALL_BATCH,
    TWIN,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing

NAMES = {
    PLAIN: ("común, B = 50", "plain, B = 50"),
    TWIN: ("ídem, otra semilla", "same, other seed"),
    SMALL_BATCH: ("B = 10", "B = 10"),
    FULL_BATCH: ("B = todas", "B = all"),
    LARGE: ("pesos iniciales × 10", "initial weights × 10"),
    POISONED: ("antes, clases falsas", "wrong classes first"),
}


def routes(results: Results, drawing: Drawing) -> None:
    """Test error of every route, and against the Hessian's largest eigenvalue."""
    titles = (
        ("mismo costo de entrenamiento, sin errores", "same training loss, no errors"),
        ("agudeza", "sharpness"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.5, height=4.4)
    for place, name in enumerate(NAMES):
        test, sharp = (of_route(results, name, metric) for metric in ("test", "sharpness"))
        left.ax.plot(test, np.full(len(test), place + 0.22), ".", color="grey", alpha=0.5)
        right.points(sharp, test, NAMES[name], place)
    left.intervals(
        [mean_interval(of_route(results, name, "test")) for name in NAMES], list(NAMES.values())
    )
    left.axes(("error de test", "test error"))
    right.axes(
        ("autovalor mayor del hessiano", "largest eigenvalue of the Hessian"),
        ("error de test", "test error"),
        log="x", decimal="x",
    )  # fmt: skip
    right.legend(loc="lower right")
