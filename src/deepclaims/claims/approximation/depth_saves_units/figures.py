"""What is needed, what is usual, what is found."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.approximation.depth_saves_units.judge import (
    FOUND,
    counted,
    errors,
    held,
    iterates,
    units_saved,
)
from deepclaims.claims.approximation.depth_saves_units.judge import (
    usual as usual_logs,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS

DEPTH: Text = ("capas ocultas", "hidden layers")


def needed(results: Results, drawing: Drawing) -> None:
    """(a) Shallow and deep over k; (b) one function at every depth."""
    titles = (
        ("a más dientes, más profundidad", "more teeth, more depth"),
        ("una misma función, 2¹² tramos", "one and the same function, 2¹² pieces"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.5, height=4.4)
    k = iterates(results)
    names = {"tent": ("diente", "sawtooth"), "square": ("x²", "x²")}
    for series, (name, (es, en)) in enumerate(names.items()):
        one = (f"{es}, una capa, al menos", f"{en}, one layer, at least")
        left.points(k, counted(results, f"shallow_{name}"), one, series)
        deep = (f"{es}, k capas", f"{en}, k layers")
        left.points(k, counted(results, f"deep_{name}"), deep, series, markerfacecolor="white")
    left.theory(k, 2.0**k, "$2^k$", colour=COLOURS[0])
    left.theory(k, 2.0**k / np.sqrt(2), r"$2^k/\sqrt{2}$", colour=COLOURS[1])
    left.axes(x="k", y=("unidades (tramos)", "units (pieces)"))
    _powers(left)
    depths, most = results.curve("counted", "fixed")
    _, least = results.curve("counted", "fixed_least")
    right.points(depths, most[0], ("red escrita", "net written down"), 0,
                 markersize=9, markerfacecolor="white")  # fmt: skip
    right.points(depths, least[0], ("cota inferior, cualquier red", "lower bound, any net"), 1)
    law = most[0, 0] * (most[0, 1] / most[0, 0]) ** (depths - 1.0)
    shown = law >= 1
    right.theory(depths[shown], law[shown], ("exponencial en L", "exponential in L"))
    right.axes(x=DEPTH)
    _powers(right)
    for panel in (left, right):
        panel.legend(fontsize="small")


def _usual_nets(results: Results, panel: Panel) -> None:
    """Pieces per unit over the depth, and the registered growth."""
    names: dict[str, Text] = {"drawn": ("sorteadas", "drawn"), "trained": ("entrenadas", "trained")}
    for series, (part, label) in enumerate(names.items()):
        depths, logs = usual_logs(results, part)
        panel.over_seeds(depths, 2.0**logs, label, series)
    k = iterates(results)
    panel.points(k, 2.0 ** units_saved(results), ("diente de sierra", "sawtooth"), 2)
    bound = results.claim.checks["usual"]["bound"]
    label = (f"{panel.number(bound)} bit por capa", f"{panel.number(bound)} bits a layer")
    depths, _ = usual_logs(results, "drawn")
    panel.theory(depths, 2.0 ** (bound * (depths - 1)), label)
    panel.axes(x=DEPTH, y=("tramos por unidad", "pieces per unit"))
    _powers(panel)
    panel.legend(fontsize="small")


def usual(results: Results, drawing: Drawing) -> None:
    """(a) What deep nets usually compute; (b) what random heights would take."""
    titles = (
        ("lo que calcula una red profunda", "what a deep net computes"),
        ("alturas al azar en 2k unidades", "random heights in 2k units"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.5, height=4.4)
    _usual_nets(results, left)
    k, share = held(results)
    right.points(k, share, ("guardan, a lo sumo", "held, at most"), 3, linestyle="-")
    right.level(1.0, ("hacen falta", "needed"))
    right.axes(x="k", y=("fracción de los $2^k$ bits", "share of the $2^k$ bits"), log="y")
    right.ticks("x", k.tolist())
    right.legend()


def found(results: Results, drawing: Drawing) -> None:
    """(a) The net that exists, and the wide one; (b) three functions by depth."""
    titles = (
        ("diente de 4 tramos", "tooth of 4 pieces"),
        ("funciones corrientes", "ordinary functions"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.5, height=4.2)
    width = results.claim.part("found").params["width"]
    names = []
    for place, arm in enumerate(width):
        values = np.sort(errors(results, arm))
        left.points(place + np.linspace(-0.25, 0.25, len(values)), values, None, place)
        names.append((f"2 capas de {width[arm]}", f"2 layers of {width[arm]}"))
    left.level(FOUND, ("encontrada", "found"))
    left.places("x", names)
    left.axes(y=("error / desvío", "error / deviation"), log="y", decimal="y")
    left.legend()
    labels: dict[str, Text] = {
        "smooth": ("suave", "smooth"),
        "kink": ("quiebre", "kink"),
        "oscillating": ("oscila", "oscillating"),
    }
    depths = results.axis("trained", "depth")
    for series, (name, label) in enumerate(labels.items()):
        metric = f"error_{name}"
        cells = [results.values("trained", metric, where={"depth": d}) for d in depths]
        right.over_seeds(depths, np.array(cells).T, label, series)
    right.axes(x=DEPTH, y=("error / desvío", "error / deviation"), ylim=(0, None))
    right.ticks("x", depths)
    right.legend()


def _powers(panel: Panel) -> None:
    panel.ax.set_yscale("log", base=2)
