"""What the approach to the minimum costs against n, and the rates that were tried."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.sgd_cheaper_than_gd.judge import (
    chosen,
    samples,
    seconds,
    steps_by_rate,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing, Text
from deepclaims.report.style import COLOURS

NAMES: dict[str, Text] = {
    "gd": ("descenso por gradiente", "gradient descent"),
    "sgd": "SGD, B = 1",
}
UNITS = {"gd": "1/λ_max(H)", "sgd": "1/tr(H)"}


def cost(results: Results, drawing: Drawing) -> None:
    """(a) Samples to the target, (b) time of a step, (c) time to the target, against n."""
    titles = (
        ("muestras hasta el objetivo", "samples to the target"),
        ("un paso, en esta máquina", "a step, on this machine"),
        ("hasta el objetivo, en esta máquina", "to the target, on this machine"),
    )
    panels = drawing.panels(1, 3, titles)
    sizes = sorted(results.axis("race", "n"))
    for series, (method, name) in enumerate(NAMES.items()):
        found = [samples(results, method, n) for n in sizes]
        timed = [seconds(results, method, n) for n in sizes]
        taken = [
            count / (n if method == "gd" else 1) * np.median(each)
            for count, n, each in zip(found, sizes, timed, strict=True)
        ]
        for panel, values, unit in zip(panels, (found, timed, taken), (1, 1e3, 1), strict=True):
            panel.measured(
                sizes, [ratio_interval(each) for each in values], name, series,
                scale=unit, linestyle="none",
            )  # fmt: skip
    last = samples(results, "gd", sizes[-1]).mean()
    line = [last * n / sizes[-1] for n in sizes]
    panels[0].theory(sizes, line, ("proporcional a n", "proportional to n"), colour=COLOURS[0])
    panels[0].axes(y=("muestras procesadas", "samples processed"))
    panels[1].axes(y=("tiempo de un paso (ms)", "time of a step (ms)"))
    panels[2].axes(y=("tiempo hasta el objetivo (s)", "time to the target (s)"))
    for panel in panels:
        panel.axes(x=("datos n", "data n"), log="xy")
    panels[0].legend()


def rates(results: Results, drawing: Drawing) -> None:
    """Steps on the tuning seeds against the rate; the chosen rate marked."""
    panels = drawing.panels(1, 2, list(NAMES.values()))
    for panel, method in zip(panels, NAMES, strict=True):
        grid = results.claim.part("race").params["rates"][method]
        for series, n in enumerate(sorted(results.axis("race", "n"))):
            means = steps_by_rate(results, "tuning", method, n).mean(axis=0)
            best, colour = chosen(results, method, n), COLOURS[series]
            panel.ax.plot(grid, means, marker=".", color=colour, label=f"n = {n}")
            panel.ax.plot(grid[best], means[best], marker="*", markersize=11, color=colour)
        panel.axes(
            x=(f"tasa α (unidades de {UNITS[method]})",
               f"learning rate α (units of {UNITS[method]})"),
            y=("pasos hasta el objetivo", "steps to the target"),
            log="xy",
            decimal="y",
        )  # fmt: skip
        panel.ticks("x", grid[::2])
    panels[0].legend()
