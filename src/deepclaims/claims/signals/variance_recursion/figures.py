"""The neuron's ratios, mean and median through depth, and a net that learns."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.variance_recursion.judge import HE, neurons
from deepclaims.nn.signal_passes import typical_relu_drift
from deepclaims.report.panel import Drawing, Text
from deepclaims.report.style import COLOURS

NAMES: dict[str, Text] = {
    "normal": "normal",
    "uniform": ("uniforme", "uniform"),
    "laplace": "Laplace",
    "dependent": ("dependientes", "dependent"),
    "shifted": ("no simétrica", "not symmetric"),
}
RATIO = r"$E[u^2]\;/\;(d\,v/2)\,E[z^2]$"


def neuron(results: Results, drawing: Drawing) -> None:
    """Measured over d v/2, for each law, width and scale; and where it must not hold."""
    panel = drawing.panel(width=6.8, height=5.2)
    holds = neurons(results, "relu", symmetric=True)
    fails = {
        **neurons(results, "relu", symmetric=False),
        **{("tanh", *key[1:]): each for key, each in neurons(results, "tanh", True).items()},
        **{("sigmoid", *key[1:]): each for key, each in neurons(results, "sigmoid", True).items()},
    }
    names = []
    for height, ((law, d, scale), found) in enumerate({**fails, **holds}.items()):
        own = (law, d, scale) in holds
        panel.across([height], [found], marker="o" if own else "s", color=COLOURS[0 if own else 1])
        name = {"sigmoid": ("con sigmoide", "with sigmoid"), "tanh": ("con tanh", "with tanh")}
        said = panel.say({**NAMES, **name}[law])
        names.append(f"{said}, d = {d}, dv = {panel.number(scale)}")
    panel.ax.axvline(1.0, linestyle=(0, (5, 2.5)), color="#222222", linewidth=1.3, zorder=1)
    panel.places("y", names)
    panel.axes(x=RATIO)


def depth(results: Results, drawing: Drawing) -> None:
    """(a) Mean and median over nets, He; (b) the ratio while a net learns."""
    titles = (
        ("redes recién sorteadas, He", "freshly drawn nets, He"),
        ("una red que aprende (MNIST)", "a net that learns (MNIST)"),
    )
    fresh, learns = drawing.panels(1, 2, titles, width=10.5, height=4.3)
    for series, (part, where) in enumerate((("narrow", {"scale": HE}), ("wide", {}))):
        d = results.claim.part(part).params["width"]
        for metric, name, line in (
            ("mean", ("media", "mean"), "-"), ("median", ("mediana", "median"), "-."),
        ):  # fmt: skip
            layers, curves = results.curve(part, metric, where=where)
            label = f"{fresh.say(name)}, d = {d}"
            fresh.over_seeds(
                layers, curves, label, colour=COLOURS[series], linestyle=line, band=True
            )
        drift = np.exp((layers - 1) * typical_relu_drift(int(d)))
        fresh.theory(layers, drift, colour=COLOURS[series], linewidth=1.0)
    fresh.theory(layers, 1.0, ("recursión (media)", "recursion (mean)"))
    fresh.theory([], [], ("red típica", "typical net"), linewidth=1.0)
    fresh.axes(x=("capa l", "layer l"), y=r"$\|z_l\|^2 / \|z_1\|^2$", log="y")
    for series, rate in enumerate(results.axis("training", "rate"), start=2):
        steps, ratios = results.curve("training", "ratio", where={"rate": rate})
        learns.over_seeds(steps, ratios, f"α = {learns.number(rate)}", series)
    learns.theory(steps, 1.0, ("recursión", "recursion"))
    learns.axes(x=("pasos de SGD", "steps of SGD"),
                y=r"$E[z_l^2]\;/\;(d\,\hat{v}/2)\,E[z_{l-1}^2]$")  # fmt: skip
    for panel in (fresh, learns):
        panel.legend()
