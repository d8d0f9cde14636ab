"""Counts of minima by dimension, and by how far apart Auer's examples lie."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.exponential_local_minima.judge import (
    AUER,
    CERTIFICATE,
    DRAWN,
    EASY,
    LEARNABLE,
    of_arm,
    of_spread,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing

ARMS = (
    (DRAWN, "random", ("etiquetas al azar", "random labels")),
    (LEARNABLE, "noisy", ("de otra neurona, con ruido", "another neuron's, with noise")),
    (EASY, "realisable", ("realizables", "realisable")),
)


def counts(results: Results, drawing: Drawing) -> None:
    """Minima against the dimension, on Auer's data and on drawn ones; certified ones by spread."""
    titles = (
        ("mínimos según la dimensión", "minima by dimension"),
        ("en una dimensión, con certificado", "in one dimension, certified"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    dimensions = results.axis(AUER, "dimension")
    for series, m in enumerate(results.axis(AUER, "examples")):
        found = [
            results.values(AUER, "found", where={"dimension": d, "examples": m})[0]
            for d in dimensions
        ]
        left.points(dimensions, found, f"Auer, n/d = {m}", series)
        across = np.linspace(dimensions[0], dimensions[-1], 50)
        left.theory(across, m**across, "⌊n/d⌋$^d$" if series == 0 else None)
    for series, (part, arm, name) in enumerate(ARMS, start=len(results.axis(AUER, "examples"))):
        found = [mean_interval(each) for each in of_arm(results, part, "found", arm).T]
        left.measured(results.axis(part, "dimension"), found, name, series)
    left.axes(
        ("dimensión d", "dimension d"),
        ("mínimos locales", "local minima"),
        log="y",
        decimal="y",
        ylim=(0.8, 3000),
    )
    left.legend(loc="upper left")
    spreads = results.claim.part(CERTIFICATE).params["spreads"]
    for series, m in enumerate(results.axis(CERTIFICATE, "examples")):
        right.points(spreads, of_spread(results, m), f"n = {m}", series, linestyle="-", linewidth=1)
        right.level(m)
    right.axes(
        ("separación c de los ejemplos", "spread c of the examples"),
        ("mínimos locales", "local minima"),
        ylim=(0.7, 7.6),
    )
    right.legend(loc="upper left", ncols=2)
