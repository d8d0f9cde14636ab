"""How a score depends on the learning rate, and which rate was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.tuned_rates import Tuned
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.style import COLOURS, MARKERS, measured, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


def rates_panel(
    ax: Axes, methods: Mapping[str, Tuned], metric: str, language: str, scale: float = 1.0
) -> None:
    """A line a method of a metric over its rates, a circle where it was tuned to.

    Args:
        ax: the panel.
        methods: by the name the legend gives them.
        metric: what the reporting seeds say.
        language: es or en.
        scale: what the metric is multiplied by.
    """
    looks = zip(methods.items(), COLOURS, MARKERS, strict=False)
    for (name, method), colour, marker in looks:
        found = [mean_interval(scale * method.reported(metric, rate)) for rate in method.rates]
        mean, low, high = columns(found)
        measured(ax, method.rates, mean, low, high, name, colour, marker=marker, band=False)
        chosen = found[method.rates.index(method.rate)].value
        ax.plot([method.rate], [chosen], "o", markersize=13, markerfacecolor="none",
                markeredgecolor=colour)  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlabel(say(language, "tasa α", "learning rate α"))
    decimal_ticks(ax.xaxis, language)
    decimal_ticks(ax.yaxis, language, log=False)


def loss_band(ax: Axes, method: Tuned, label: str, colour: str) -> None:
    """The training loss along the training, at the chosen rate, with its interval as a band."""
    steps, losses = method.curve("train_loss")
    mean, low, high = columns([mean_interval(losses[:, i]) for i in range(len(steps))])
    measured(ax, steps, mean, low, high, label, colour, band=True)


def columns(found: Sequence[Estimate]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, lower and upper ends of estimates; NaN where an end is open."""
    table = np.array([[each.value, each.low, each.high] for each in found]).T
    table[~np.isfinite(table)] = np.nan
    return table[0], table[1], table[2]


def decimal_ticks(axis: Axis, language: str, *, log: bool = True) -> None:
    """Plain decimal numbers at the ticks, with a comma in Spanish.

    Args:
        axis: whose ticks; its scale and limits are settled.
        language: es or en.
        log: ticks at 1, 2 and 5 of every decade, at 1 alone over more than two decades.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if log:
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1.0,) if high > 100 * low else (1.0, 2.0, 5.0)))
        axis.set_minor_formatter(NullFormatter())

    def write(value: float, position: int) -> str:
        text = f"{value:g}".replace("-", "−")
        return text.replace(".", ",") if language == "es" else text

    axis.set_major_formatter(FuncFormatter(write))
