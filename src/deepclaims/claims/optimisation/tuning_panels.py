"""The score that chose against the rate, and a training at the chosen rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from deepclaims.claims.results import Tuned
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Panel, Text
from deepclaims.report.style import COLOURS

LR = "optimizer.lr"


def rates_panel(
    panel: Panel,
    methods: Iterable[tuple[Text, Tuned]],
    scale: float = 1.0,
    mean: Callable[[np.ndarray], Estimate] = mean_interval,
) -> None:
    """A line a method of what its choosing seeds scored, a circle at what they chose.

    Args:
        panel: where to.
        methods: each with the name the legend gives it; a rate is all that is tuned.
        scale: what the score is multiplied by.
        mean: over the choosing seeds.
    """
    for series, (name, method) in enumerate(methods):
        metric, (axis,) = method.tune.by[method.by].metric, method.tune.axes
        rates = sorted(value[axis] for value in method.choice.values)
        found = [mean(scale * method.score(metric, {axis: rate})) for rate in rates]
        panel.measured(rates, found, name, series, band=False)
        panel.ax.plot(
            [method[axis]], [found[rates.index(method[axis])].value], "o", markersize=13,
            markerfacecolor="none", markeredgecolor=COLOURS[series],
        )  # fmt: skip
    panel.axes(x=("tasa α", "learning rate α"), log="x", decimal="xy")


def loss_band(panel: Panel, method: Tuned, label: Text, series: int) -> None:
    """The training loss of the reporting seeds at the chosen rate, its interval as a band."""
    steps, losses = method.curve("train_loss")
    panel.over_seeds(steps, losses, label, series, band=True)
