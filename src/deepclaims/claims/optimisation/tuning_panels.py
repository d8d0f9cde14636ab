"""The score that chose against the rate, and a training at the chosen rate."""

from __future__ import annotations

from collections.abc import Iterable

from deepclaims.claims.results import Tuned
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Panel, Text
from deepclaims.report.style import COLOURS

LR = "optimizer.lr"


def rates_panel(panel: Panel, methods: Iterable[tuple[Text, Tuned]], scale: float = 1.0) -> None:
    """A line a method of what its choosing seeds scored, a circle at what they chose.

    Args:
        panel: where to.
        methods: each with the name the legend gives it.
        scale: what the score is multiplied by.
    """
    for series, (name, method) in enumerate(methods):
        metric = method.tune.by[method.by].metric
        rates = sorted(value[LR] for value in method.choice.values)
        found = [mean_interval(scale * method.score(metric, {LR: rate})) for rate in rates]
        panel.measured(rates, found, name, series, band=False)
        panel.ax.plot(
            [method[LR]], [found[rates.index(method[LR])].value], "o", markersize=13,
            markerfacecolor="none", markeredgecolor=COLOURS[series],
        )  # fmt: skip
    panel.axes(x=("tasa α", "learning rate α"), log="x", decimal="xy")


def loss_band(panel: Panel, method: Tuned, label: Text, series: int) -> None:
    """The training loss of the reporting seeds at the chosen rate, its interval as a band."""
    steps, losses = method.curve("train_loss")
    panel.over_seeds(steps, losses, label, series, band=True)
