"""Errors along training, and what stopping early gave seed by seed."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.early_stopping.judge import WORLDS, World
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO

TITLES = (
    ("etiquetas correctas", "right labels"),
    ("un quinto de etiquetas erróneas", "a fifth of the labels wrong"),
)
CURVES = (
    ("train", ("train", "train")),
    ("validation", ("validación", "validation")),
    ("test", ("test (etiquetas correctas)", "test (right labels)")),
)


def along_training(results: Results, drawing: Drawing) -> None:
    """Errors of the nets that would be stopped, over the looks; where they are stopped."""
    panels = drawing.panels(1, 3, (*TITLES, ("red chica", "small net")), width=13.0, height=4.2)
    for panel, part in zip(panels, (*WORLDS, "small"), strict=True):
        side = None if part == "small" else World.of(results, part).stopped
        for series, (name, label) in enumerate(CURVES):
            looks, values = side.curve(name) if side else results.curve(part, name)
            panel.over_seeds(looks, values, label, series, markevery=5)
        share = side.reported("looks_stop") if side else results.values(part, "looks_stop")
        stopped = np.median(share) * results.claim.part(part).params["looks"]
        stops = panel.say(("se detiene (mediana)", "it stops (median)"))
        panel.ax.axvline(stopped, color=OKABE_ITO["grey"], linestyle=":", label=stops)
        panel.axes(x=("miradas", "looks"), ylim=(0, None))
    panels[0].axes(y=("error (%)", "error (%)"))
    panels[0].legend(fontsize="small")


def seed_by_seed(results: Results, drawing: Drawing) -> None:
    """Test error of the stopped net over that of the other, a point a seed; so with train."""
    titles = (("error de test (%)", "test error (%)"), ("error de train (%)", "training error (%)"))
    for panel, metric in zip(
        drawing.panels(1, 2, titles, width=10.0, height=4.4), ("test", "train"), strict=True
    ):
        ends = []
        for series, (part, label) in enumerate(zip(WORLDS, TITLES, strict=True)):
            world = World.of(results, part)
            before = world.ended.reported(f"{metric}_end")
            after = world.stopped.reported(f"{metric}_stop")
            panel.points(before, after, label, series, markersize=4)
            ends += [before, after]
        both = np.array([np.concatenate(ends).min(), np.concatenate(ends).max()])
        panel.theory(both, both, ("igual", "equal"))
        panel.axes(
            x=("entrenada hasta el final", "trained to the end"), y=("detenida", "stopped early")
        )
    panel.legend()
