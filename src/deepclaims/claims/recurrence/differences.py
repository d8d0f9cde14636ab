"""Every net's relative differences from torch's layer, by the length of the sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text

FLOOR = 1e-18
"""Where a difference of exactly 0 is drawn: it has no logarithm."""


def draw_differences(
    drawing: Drawing,
    panels: Mapping[Panel, Mapping[str, Any]],
    results: Results,
    shown: Sequence[tuple[str, Text]],
) -> None:
    """One point a net, nudged aside by its kind so that kinds do not hide one another.

    Args:
        drawing: the figure, which gets one legend for all panels.
        panels: drawn on, each with the values of the part's other axes; the registered bound of
            the check `gradients` is drawn too.
        results: of a claim with a part `compare` over `steps`.
        shown: metrics and what the legend calls them.
    """
    for panel, where in panels.items():
        for index, (metric, label) in enumerate(shown):
            _points(panel, results, metric, label, index, where)
        panel.axes(x=("pasos T de la secuencia", "steps T of the sequence"), log="xy")
        panel.level(results.claim.checks["gradients"]["bound"])
    first = next(iter(panels))
    first.axes(y=("diferencia relativa con torch", "relative difference from torch"))
    known = first.ax.get_legend_handles_labels()
    drawing.figure.legend(*known, loc="outside lower center", ncols=3)


def _points(
    panel: Panel, results: Results, metric: str, label: Text, index: int, where: Mapping[str, Any]
) -> None:
    lengths = results.axis("compare", "steps")
    values = np.array(
        [results.values("compare", metric, where={**where, "steps": steps}) for steps in lengths]
    )
    at = np.broadcast_to(np.array(lengths)[:, None] * 1.09 ** (index - 2), values.shape)
    panel.points(at.ravel(), np.maximum(values, FLOOR).ravel(), label, index, markersize=4)
