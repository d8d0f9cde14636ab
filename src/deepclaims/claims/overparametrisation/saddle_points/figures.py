"""Critical points by index and loss, their number by size, and what saddles do to SGD."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.saddle_points.judge import LEARNT, NET, RANDOM, count
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import median_interval, ratio_interval
from deepclaims.report.panel import Drawing


def points(results: Results, drawing: Drawing) -> None:
    """Index against loss of every level found, and how counts grow with the units."""
    titles = (
        ("puntos críticos encontrados", "critical points found"),
        ("cuántos, según el tamaño", "how many, by size"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    sizes = results.axis(NET, "units")
    most = int(results.table("levels", NET)["index"].max())
    for series, units in enumerate(sizes):
        levels = results.table("levels", NET, where={"units": units})
        name = (f"{units} unidades", f"{units} units") if units > 1 else ("1 unidad", "1 unit")
        left.points(levels["loss"], levels["index"], name, series, alpha=0.5, markersize=4)
    left.axes(
        ("costo", "loss"),
        ("autovalores negativos (0: mínimo)", "negative eigenvalues (0: minimum)"),
        ylim=(-0.5, most + 1.6),
    )
    left.ticks("y", range(most + 1))
    left.legend(loc="upper center", ncols=3, columnspacing=0.8, handlelength=1.0, handletextpad=0.3)
    for series, (metric, name) in enumerate(
        (
            ("saddle_points", ("puntos de silla, con copias", "saddle points, with copies")),
            ("saddles", ("puntos de silla distintos", "distinct saddle points")),
            ("minima", ("mínimos distintos", "distinct minima")),
        )
    ):
        found = [ratio_interval(count(results, metric, units)) for units in sizes]
        right.measured(sizes, found, name, series)
    right.axes(
        ("unidades", "units"),
        ("por paisaje (media geométrica)", "per landscape (geometric mean)"),
        log="y",
        decimal="y",
    )
    right.ticks("x", sizes)
    right.legend(loc="upper left")


def training(results: Results, drawing: Drawing) -> None:
    """Steps to leave a saddle by distance, how long it holds SGD up, and where runs end."""
    titles = (
        ("salir de un punto de silla", "leaving a saddle point"),
        ("demora al lado de uno", "delay beside one"),
        ("corridas que terminan atrapadas", "runs that end trapped"),
    )
    law, held, ends = drawing.panels(1, 3, titles, width=12.5, height=4.2)
    distances = np.array(results.claim.part(LEARNT).params["distances"])
    steps = results.curve(LEARNT, "distance")[1]
    law.over_seeds(distances, steps, ("medido", "measured"), 0)
    first = float(steps[:, 0].mean() + np.log(distances[0]))
    law.theory(distances, first - np.log(distances), ("teoría: ln(1/δ)", "theory: ln(1/δ)"))
    law.axes(("distancia δ al empezar", "distance δ at the start"), "t · ln(1 + α|λ|)", log="x")
    law.legend()
    ratios = ("apart", "held", "small")
    names = (
        ("lejos\n(control)", "elsewhere\n(control)"), ("al lado", "beside one"),
        ("pesos\nchicos", "small\nweights"),
    )  # fmt: skip
    for place, metric in enumerate(ratios):
        values = results.values(LEARNT, metric)
        held.points(np.full(len(values), place + 0.18), values, alpha=0.4, color="grey", marker=".")
        held.measured([place], [ratio_interval(values)], series=place)
    held.places("x", names)
    held.level(1.0)
    held.axes(
        y=("pasos sobre los de las otras corridas", "steps over those of the other runs"),
        log="y",
        decimal="y",
    )
    shares = (
        (LEARNT, "trapped", ("datos de\nun maestro", "data of\na teacher")),
        (LEARNT, "worse", ("ídem, por\ncualquier margen", "same, by\nany margin")),
        (RANDOM, "trapped", ("etiquetas\nal azar", "random\nlabels")),
    )
    for place, (part, metric, _) in enumerate(shares):
        values = results.values(part, metric)
        ends.points(np.full(len(values), place + 0.18), values, alpha=0.4, color="grey", marker=".")
        ends.measured([place], [median_interval(values)], series=place)
    ends.places("x", [name for _, _, name in shares])
    ends.axes(
        y=("parte de las corridas (mediana)", "share of the runs (median)"), ylim=(-0.04, 1.04)
    )
