"""Critical points by index and loss, the theorem's levels, and what saddles do to SGD."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.saddle_points.judge import (
    AUTOENCODER,
    ENDS,
    NET,
    RANDOM,
    SHARE,
    WALKS,
    count,
    ends,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing, Panel


def points(results: Results, drawing: Drawing) -> None:
    """Index against loss, how counts grow with the units, and the levels that are known."""
    titles = (
        ("puntos críticos encontrados", "critical points found"),
        ("cuántos, según el tamaño", "how many, by size"),
        ("autocodificador lineal", "linear autoencoder"),
    )
    left, middle, right = drawing.panels(1, 3, titles, width=14.0, height=4.4)
    sizes = results.axis(NET, "units")
    most = int(results.table("levels", NET)["index"].max())
    for series, units in enumerate(sizes):
        levels = results.table("levels", NET, where={"units": units})
        name = (f"{units} unidades", f"{units} units") if units > 1 else ("1 unidad", "1 unit")
        shift = 0.16 * (series - (len(sizes) - 1) / 2)
        left.points(levels["loss"], levels["index"] + shift, name, series, alpha=0.5, markersize=4)
    left.axes(
        ("costo", "loss"),
        ("autovalores negativos (0: mínimo)", "negative eigenvalues (0: minimum)"),
        log="x",
        ylim=(-0.5, most + 2.0),
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
        middle.measured(sizes, found, name, series)
    middle.axes(
        ("unidades", "units"),
        ("por paisaje (media geométrica)", "per landscape (geometric mean)"),
        log="y",
        decimal="y",
    )
    middle.ticks("x", sizes)
    middle.legend(loc="upper left")
    _anchor(results, right)


def training(results: Results, drawing: Drawing) -> None:
    """Steps to leave a saddle: by distance, by curvature, against elsewhere, by way to walk."""
    titles = (
        ("salir del más alto, sin ruido", "leaving the highest, no noise"),
        ("según la curvatura", "by curvature"),
        ("demora de SGD", "delay of SGD"),
        ("por regla y por ruido", "by rule and by noise"),
    )
    law, curved, held, rules = drawing.panels(2, 2, titles, width=11.0, height=8.4)
    params = results.claim.part(WALKS).params
    distances = np.array(params["distances"])
    steps = results.curve(WALKS, "distance")[1]
    law.over_seeds(distances, steps, ("medido", "measured"), 0)
    start = float(steps[:, 0].mean() + np.log(distances[0]))
    law.theory(distances, start - np.log(distances), ("teoría: ln(1/δ)", "theory: ln(1/δ)"))
    law.axes(("distancia δ al empezar", "distance δ at the start"), "t · ln(1 + α|λ|)", log="x")
    law.legend()
    waits = results.table("waits", WALKS)
    for series, (by, name) in enumerate(
        (
            ("steepest", ("sin ruido, por donde más baja", "no noise, the steepest way")),
            ("sgd", ("SGD, al azar", "SGD, any way")),
        )
    ):
        rows = waits[(waits["by"] == by) & (waits["left"] > 0.5)]
        curved.points(-rows["curvature"], rows["steps"], name, series, alpha=0.6, markersize=4)
    across = np.geomspace(-waits["curvature"].max(), -waits["curvature"].min(), 50)
    rate = np.log1p(params["alpha"] * across)
    curved.theory(
        across,
        np.log(1 / params["near"]) / rate,
        ("teoría: ln(1/δ)/ln(1 + α|λ|)", "theory: ln(1/δ)/ln(1 + α|λ|)"),
    )
    curved.level(params["train_steps"], ("largo de la corrida", "length of the run"))
    curved.axes(
        ("curvatura más negativa |λ|", "most negative curvature |λ|"),
        ("pasos hasta salir", "steps to leave"),
        log="xy",
    )
    curved.legend()
    names = (
        ("mismo costo,\nno crítico\n(control)", "same loss,\nnot critical\n(control)"),
        ("al lado\nde uno", "beside\none"),
        ("pesos\nchicos", "small\nweights"),
    )
    for place, metric in enumerate(("apart", "held", "small")):
        values = results.values(WALKS, metric)
        held.points(np.full(len(values), place + 0.18), values, alpha=0.4, color="grey", marker=".")
        held.measured([place], [ratio_interval(values)], series=place)
    held.places("x", names)
    held.level(1.0)
    held.axes(
        y=("pasos sobre los de las corridas comunes", "steps over those of ordinary runs"),
        log="y",
        decimal="y",
    )
    wide = waits.pivot_table(index=["seed", "saddle"], columns="by", values="steps")
    ways = [
        *((f"batch_{n}", (f"B = {n}", f"B = {n}")) for n in params["batches"] if n),
        ("batch_0", ("sin\nruido", "no\nnoise")),
        ("momentum", ("momentum", "momentum")),
        ("adam", ("Adam", "Adam")),
    ]
    for place, (by, _) in enumerate(ways):
        values = (wide[by] / wide["sgd"]).groupby("seed").median().to_numpy()
        rules.points(
            np.full(len(values), place + 0.18), values, alpha=0.4, color="grey", marker="."
        )
        rules.measured([place], [ratio_interval(values)], series=place)
    rules.places("x", [name for _, name in ways])
    rules.level(1.0)
    batch = params["batch"]
    rules.axes(
        y=(f"pasos sobre los de SGD con B = {batch}", f"steps over those of SGD, B = {batch}"),
        log="y",
        decimal="y",
    )


def traps(results: Results, drawing: Drawing) -> None:
    """Where runs end, what share of critical points are traps, how near saddles runs come."""
    titles = (
        ("trampas que son mínimos", "traps that are minima"),
        ("corridas comunes y puntos de silla", "ordinary runs and saddles"),
    )
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    shares = (
        (ends(results, ENDS)["trapped"], ("corridas\n(maestro)", "runs\n(teacher)")),
        (ends(results, ENDS)["worse"], ("ídem, por\ncualquier\nmargen", "same, by\nany\nmargin")),
        (ends(results, RANDOM)["trapped"], ("corridas\n(al azar)", "runs\n(random)")),
        (
            results.values(SHARE, "traps"),
            ("puntos\ncríticos\n(maestro)", "critical\npoints\n(teacher)"),
        ),
    )  # fmt: skip
    for place, (given, _) in enumerate(shares):
        values = np.asarray(given, dtype=float)
        left.points(np.full(len(values), place + 0.18), values, alpha=0.2, color="grey", marker=".")
        left.measured([place], [mean_interval(values)], series=place)
    left.places("x", [name for _, name in shares])
    left.axes(y=("parte (media)", "share (mean)"), ylim=(-0.04, 1.04))
    reach = np.array(results.claim.part(WALKS).params["reach"])
    right.over_seeds(reach, results.curve(WALKS, "approach")[1], None, 0)
    right.axes(
        ("distancia a un punto de silla", "distance to a saddle"),
        ("parte de las corridas que llega tan cerca", "share of the runs that come so near"),
        log="x",
        ylim=(-0.04, 1.04),
    )


def _anchor(results: Results, panel: Panel) -> None:
    """Levels found on one linear autoencoder, on the theorem's."""
    found = results.table("found", AUTOENCODER)
    known = results.table("known", AUTOENCODER)
    seed = found["seed"].min()
    for number, loss in enumerate(known.loc[known["seed"] == seed, "loss"]):
        panel.ax.axvline(
            loss,
            color="grey",
            linestyle="--",
            linewidth=0.9,
            zorder=0,
            label=None if number else panel.say(("nivel del teorema", "level of the theorem")),
        )
    rows = found[found["seed"] == seed]
    panel.points(rows["loss"], rows["index"], ("encontrado", "found"), 0)
    panel.axes(
        ("costo", "loss"),
        ("autovalores negativos", "negative eigenvalues"),
        ylim=(-0.8, int(rows["index"].max()) + 2.2),
    )
    panel.legend(loc="upper left", ncols=2, frameon=True, facecolor="white", framealpha=1)
