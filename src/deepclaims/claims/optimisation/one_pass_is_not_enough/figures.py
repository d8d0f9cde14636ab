"""Errors after one pass and more; passes counted beside e_t."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.one_pass_is_not_enough.judge import (
    cases,
    errors,
    params,
    steps,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.panel import Drawing

SHOWN = 40
"""Steps of which a point can still be told from the next."""


def passes(results: Results, drawing: Drawing) -> None:
    """(a) Test errors with one pass and more; (b) what more of them take off."""
    titles = (("error de test", "test error"), ("lo que baja", "what is taken off"))
    left, right = drawing.panels(1, 2, titles)
    found, across = cases(results), np.arange(len(cases(results)))
    tried = sorted(results.axis("net", "fit.epochs"))
    for series, number in enumerate(tried):
        each = [mean_interval(errors(results, *case, number)) for case in found]
        name = ("1 pasada", "1 pass") if number == 1 else (f"{number} pasadas", f"{number} passes")
        left.measured(across + 0.08 * series, each, name, series, linestyle="none")
    gains = [
        paired_difference(errors(results, *case, tried[0]), errors(results, *case, tried[-1]))
        for case in found
    ]
    right.measured(across, gains, linestyle="none")
    right.level(results.claim.checks["more_passes_help"]["bound"])
    names = [f"n = {drawing.count(n)}\nB = {batch}" for n, batch in found]
    for panel in (left, right):
        panel.places("x", names)
        panel.axes(y=("puntos porcentuales", "percentage points"), decimal="y")
        panel.ax.set_ylim(bottom=0)
    left.legend()


def epochs(results: Results, drawing: Drawing) -> None:
    """The pass of each batch and e_t, for a batch size that divides n and one that does not."""
    sizes = (params(results)["whole"][-2], params(results)["broken"][1])
    panels = drawing.panels(1, 2, [f"B = {size}, n = 1000" for size in sizes], sharey=True)
    for panel, size in zip(panels, sizes, strict=True):
        table = steps(results, "passes", size).head(SHOWN)
        panel.ax.plot(table["t"], table["pass"], "o", label=drawing.say(("pasada", "pass")))
        panel.ax.step(table["t"], table["printed"], where="post", label="$e_t$")
        panel.axes(x=("pasos ya dados t", "steps already made t"))
    panels[0].axes(y=("pasada", "pass"))
    panels[0].legend()
