"""Every net's relative differences from torch's layer, by the length of the sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.report.panel import Panel, Text
from deepclaims.report.style import COLOURS, MARKERS

FLOOR = 1e-18
"""Where a difference of exactly 0 is drawn: it has no logarithm."""


def scatter(
    panel: Panel, results: Results, shown: Sequence[tuple[str, Text]], **where: Any
) -> None:
    """One point a net, nudged aside by its kind so that kinds do not hide one another.

    Args:
        panel: drawn on, the registered bound of the check `gradients` too.
        results: of a claim with a part `compare` over `steps`.
        shown: metrics and what the legend calls them.
        where: values of the part's other axes.
    """
    lengths = results.axis("compare", "steps")
    for index, (metric, label) in enumerate(shown):
        for steps in lengths:
            values = results.values("compare", metric, where={**where, "steps": steps})
            panel.ax.plot(
                np.full(len(values), steps * 1.09 ** (index - 2)),
                np.maximum(values, FLOOR),
                MARKERS[index],
                color=COLOURS[index],
                markersize=4,
                linestyle="none",
                label=panel.say(label) if steps == lengths[0] else None,
            )
    panel.axes(x=("pasos T de la secuencia", "steps T of the sequence"), log="xy")
    panel.level(results.claim.checks["gradients"]["bound"])
