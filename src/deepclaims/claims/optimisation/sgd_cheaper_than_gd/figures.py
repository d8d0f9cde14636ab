"""Figures of `sgd_cheaper_than_gd`: what the approach to the minimum costs against n."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.measured_balls import numeral, param, points
from deepclaims.claims.optimisation.sgd_cheaper_than_gd.judge import (
    chosen,
    samples,
    seconds,
    steps_by_rate,
)
from deepclaims.claims.optimisation.sgd_cheaper_than_gd.measure import METHODS
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def cost(results: Results, drawing: Drawing) -> Figure:
    """(a) Samples to the target, (b) time of a step, (c) time to the target, against n."""
    language = drawing.language
    made, axes = figure(1, 3, width=12.0)
    sizes = sorted(results.axis("race", "n"))
    for method, colour, marker in zip(METHODS, COLOURS, MARKERS, strict=False):
        unit = sizes if method == "gd" else [1] * len(sizes)
        found = [samples(results, method, n) for n in sizes]
        timed = [seconds(results, method, n) for n in sizes]
        each = np.array([np.median(t) for t in timed])
        taken = [f / u * t for f, u, t in zip(found, unit, each, strict=True)]
        name = _name(method, language)
        for ax, values in zip(axes, (found, [1e3 * t for t in timed], taken), strict=True):
            points(ax, sizes, [ratio_interval(v) for v in values], name, colour, marker)
    last = samples(results, "gd", sizes[-1]).mean()
    label = say(language, "proporcional a n", "proportional to n")
    theory(axes[0], sizes, [last * n / sizes[-1] for n in sizes], label, colour=COLOURS[0])
    axes[0].set_ylabel(say(language, "muestras procesadas", "samples processed"))
    axes[1].set_ylabel(say(language, "tiempo de un paso (ms)", "time of a step (ms)"))
    axes[2].set_ylabel(say(language, "tiempo hasta el objetivo (s)", "time to the target (s)"))
    for ax in axes:
        ax.set(xscale="log", yscale="log", xlabel=say(language, "datos n", "data n"))
    axes[0].legend()
    panel_titles(
        axes,
        [
            say(language, "muestras hasta el objetivo", "samples to the target"),
            say(language, "un paso, en esta máquina", "a step, on this machine"),
            say(language, "hasta el objetivo, en esta máquina", "to the target, on this machine"),
        ],
    )
    return made


def rates(results: Results, drawing: Drawing) -> Figure:
    """Steps on the tuning seeds against the rate; the chosen rate marked."""
    language = drawing.language
    made, axes = figure(1, 2)
    for ax, method in zip(axes, METHODS, strict=True):
        grid = param(results, "race", "rates")[method]
        for n, colour in zip(sorted(results.axis("race", "n")), COLOURS, strict=False):
            means = steps_by_rate(results, "tuning", method, n).mean(axis=0)
            ax.plot(grid, means, color=colour, marker=".", label=f"n = {n}")
            place = chosen(results, method, n)
            ax.plot([grid[place]], [means[place]], color=colour, marker="*", markersize=11)
        unit = "1/λ_max(H)" if method == "gd" else "1/tr(H)"
        across = (f"tasa α (unidades de {unit})", f"learning rate α (units of {unit})")
        ax.set(xscale="log", yscale="log", xlabel=say(language, *across))
        ax.set_ylabel(say(language, "pasos hasta el objetivo", "steps to the target"))
        low, high = ax.get_ylim()
        heights = [s for s in (5, 10, 20, 50, 100, 200, 500, 1000, 2000) if low < s < high]
        ax.set_yticks(heights, [str(s) for s in heights])
        ax.set_xticks(grid[::2], [numeral(a, language) for a in grid[::2]])
        ax.minorticks_off()
    axes[0].legend()
    panel_titles(axes, [_name(method, language) for method in METHODS])
    return made


def _name(method: str, language: str) -> str:
    if method == "gd":
        return say(language, "descenso por gradiente", "gradient descent")
    return "SGD, B = 1"
