"""Recovery and effective rate against the time of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepclaims.claims.optimisation.adagrad_stalls_rmsprop_forgets.judge import curve, methods
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LABELS = {
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "rmsprop_corrected": "RMSProp, v̂",
    "sgd": "SGD",
}


def recovery(results: Results, drawing: Drawing) -> Figure:
    """Recovery and effective rate against the time of the change."""
    from matplotlib.ticker import NullLocator

    language = drawing.language
    made, axes = figure(1, 2)
    for name, colour, marker in zip(methods(results), COLOURS, MARKERS, strict=False):
        for ax, what in zip(axes, ("recovery", "rate"), strict=True):
            jumps, values = curve(results, name, what)
            found = [ratio_interval(column) for column in values.T]
            centre, low, high = (
                [getattr(each, end) for each in found] for end in ("value", "low", "high")
            )
            measured(ax, jumps, centre, low, high, LABELS[name], colour, marker=marker)
    for ax, what, power in zip(axes, ("recovery", "rate"), (0.5, -0.5), strict=True):
        jumps, values = curve(results, "adagrad", what)
        line = values[:, -1].mean() * (jumps / jumps[-1]) ** power
        theory(ax, jumps, line, "∝ √t" if power > 0 else "∝ 1/√t")
        ax.set(xscale="log", yscale="log")
        ax.set_xlabel(say(language, "paso t del cambio", "step t of the change"))
    for ax, ticks in zip(axes, ((20, 30, 50, 100), (0.01, 0.02, 0.03, 0.04)), strict=True):
        ax.set_yticks(ticks, [f"{each:g}".replace(".", say(language, ",", ".")) for each in ticks])
        ax.yaxis.set_minor_locator(NullLocator())
    axes[0].set_ylabel(say(language, "pasos hasta recuperarse", "steps to recover"))
    axes[1].set_ylabel(say(language, "tasa efectiva α/√v", "effective rate α/√v"))
    axes[0].legend()
    panel_titles(
        axes,
        [
            say(language, "recuperación tras el cambio", "recovery after the change"),
            say(language, "tasa con que lo encara", "rate to meet it with"),
        ],
    )
    return made
