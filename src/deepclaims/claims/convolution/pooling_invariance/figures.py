"""Errors of moved digits, and moved features."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.pooling_invariance.judge import (
    NONE,
    POOLS,
    STRIDE,
    curve,
    rise,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Text

AXES = {
    "shift": ("corrimiento (píxeles)", "shift (pixels)"),
    "rotation": ("rotación (grados)", "rotation (degrees)"),
}
NAMES: dict[str, Text] = {
    "max": "max pooling",
    "average": "average pooling",
    "stride": ("stride 2, sin pooling", "stride 2, no pooling"),
    "none": ("sin pooling ni stride", "neither pooling nor stride"),
}


def errors(results: Results, drawing: Drawing) -> None:
    """Above the error of each net, below what pooling saves of its rise."""
    titles = (
        ("dígitos corridos", "digits shifted"),
        ("dígitos girados", "digits turned"),
        ("pooling frente a stride, corridos", "pooling against stride, shifted"),
        ("pooling frente a stride, girados", "pooling against stride, turned"),
    )
    panels = drawing.panels(2, 2, titles, width=9.6, height=7.0, sharex="col")
    for kind, above, below in zip(AXES, panels[:2], panels[2:], strict=True):
        steps, _ = curve(results, "moved", f"{kind}_error", STRIDE)
        for index, pool in enumerate((*POOLS, STRIDE, NONE)):
            _, errors_of = curve(results, "moved", f"{kind}_error", pool)
            above.over_seeds(steps, 100 * errors_of, NAMES[pool], index)
        for index, pool in enumerate(POOLS):
            saved = [rise(results, STRIDE, kind, step) - rise(results, pool, kind, step)
                     for step in steps[1:]]  # fmt: skip
            below.over_seeds(steps[1:], np.transpose(saved), NAMES[pool], index)
        below.level(0.0)
        above.axes(ylim=(0, None))
        below.axes(x=AXES[kind], xticks=steps)
    panels[0].axes(y=("error de test (%)", "test error (%)"))
    panels[2].axes(y=("aumento que ahorra (puntos)", "rise that it saves (points)"))
    panels[0].legend()
    panels[2].legend()


def features(results: Results, drawing: Drawing) -> None:
    """How far features move before any training."""
    titles = (("corrimiento", "shift"), ("rotación", "rotation"))
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.0, sharey=True)
    for panel, kind in zip(panels, AXES, strict=True):
        for index, pool in enumerate(results.axis("features", "pool")):
            steps, values = results.curve("features", f"{kind}_features", where={"pool": pool})
            panel.over_seeds(steps, values, NAMES[pool], index)
        panel.axes(x=AXES[kind], xticks=steps)
    panels[0].axes(y=r"$\|\varphi(Tx) - \varphi(x)\| \,/\, \|\varphi(x)\|$", ylim=(0, None))
    panels[0].legend()
