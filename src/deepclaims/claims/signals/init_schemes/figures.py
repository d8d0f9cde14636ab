"""Sampled laws, depth, and which nets train."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.results import Results
from deepclaims.claims.signals.init_schemes.judge import TRAINED, losses
from deepclaims.evidence.statistics import mean_interval
from deepclaims.nn.printed_laws import PRINTED_LAWS, relu_factor
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import OKABE_ITO, THEORY

LOOKS: dict[str, tuple[Text, str, str]] = {
    "he": ("He", "blue", "o"),
    "he_truncated": (("He truncada", "truncated He"), "green", "D"),
    "he_truncated_corrected": (("He trunc. corregida", "truncated, corrected"), "sky", "d"),
    "lecun": ("LeCun", "orange", "s"),
    "glorot": ("Glorot normal", "vermilion", "^"),
    "glorot_uniform": (("Glorot uniforme", "Glorot uniform"), "purple", "v"),
    "normal": ("N(0, 1)", "black", "X"),
}
"""Name, colour and marker of each scheme."""
COLOURS = {scheme: OKABE_ITO[colour] for scheme, (_, colour, _) in LOOKS.items()}

PANELS: tuple[tuple[str, dict[str, str], Text], ...] = (
    ("relu", {}, "ReLU, SGD"),
    ("others", {"model.activation": "leaky_relu"}, "Leaky ReLU, SGD"),
    ("others", {"model.activation": "tanh"}, "tanh, SGD"),
    ("others", {"model.activation": "sigmoid"}, ("sigmoide, SGD", "sigmoid, SGD")),
    ("adam", {}, "ReLU, Adam"),
)
"""Part, its axes, and what the panel is called."""

EDGE = 1.18
"""Losses beyond are drawn here, as arrows."""


def laws(results: Results, drawing: Drawing) -> None:
    """Densities of the sampled weights over the printed laws."""
    titles = (
        ("normales", "normal laws"),
        ("uniforme", "uniform"),
        ("truncadas en ±2 desvíos", "truncated at ±2 standard deviations"),
    )
    panels = drawing.panels(1, 3, titles, sharey=True, width=11.5, height=3.6)
    groups = (
        ("he", "lecun", "glorot", "normal"),
        ("glorot_uniform",),
        ("he_truncated", "he_truncated_corrected"),
    )
    x = np.linspace(-3.6, 3.6, 1441)
    table = results.tables["histogram"]
    for panel, schemes in zip(panels, groups, strict=True):
        for turn, scheme in enumerate(schemes):
            _histogram(panel, table[table["scheme"] == scheme], scheme, turn, len(schemes))
        apart = len(schemes) == 2  # else all follow one law
        for scheme in schemes if apart else schemes[:1]:
            law = PRINTED_LAWS[scheme].shape
            kept = panel.number(law.var(), ".3g")
            label = (f"ley; varianza {kept}", f"law; variance {kept}")
            panel.theory(x, law.pdf(x), label, colour=COLOURS[scheme] if apart else THEORY)
        panel.axes(
            x=("peso / desvío estándar impreso", "weight / printed standard deviation"),
            xlim=(-3.6, 3.6),
            ylim=(0, 0.62),
        )
        panel.legend(loc="upper left", handlelength=2.2, labelspacing=0.3)
    panels[0].axes(y=("densidad", "density"))


def _histogram(panel: Panel, rows: pd.DataFrame, scheme: str, turn: int, turns: int) -> None:
    """Mean density over seeds with its interval, in every second bin.

    Schemes that share a curve take turns, bin by bin: none hides another.
    """
    wide = rows.pivot_table(index="seed", columns="x", values="density")
    across = wide.columns.to_numpy()
    half = (across[1] - across[0]) / 2
    # A bin across the end of a support averages over the step: no point of the density.
    whole = np.abs(np.abs(across) - PRINTED_LAWS[scheme].bound) > half - 1e-9
    keep = across[np.flatnonzero(whole)[turn :: max(2, turns)]]
    _scheme(panel, keep, [wide[x] for x in keep], scheme, linestyle="none")


def _scheme(
    panel: Panel, x: np.ndarray | list[int], values: list[np.ndarray], scheme: str, **line: Any
) -> None:
    """Means with their intervals in a scheme's colour, `values` one array of seeds a point."""
    name, _, marker = LOOKS[scheme]
    look = {"colour": COLOURS[scheme], "marker": marker, **line}
    panel.measured(x, list(map(mean_interval, values)), name, **look)


def depth(results: Results, drawing: Drawing) -> None:
    """Above, the second moment through untrained nets; below, what training makes of the depth."""
    titles = (
        ("la señal antes de entrenar", "the signal before training"),
        ("lo que aprende SGD", "what SGD learns"),
    )
    above, below = drawing.panels(2, 1, titles, sharex=True, width=7.6, height=7.2)
    _signals(above, results)
    depths = results.axis("depth", "model.depth")
    deepest = results.claim.part("signal").params["depth"]  # that of the part relu
    for scheme in results.axis("depth", "init"):
        found = [losses(results, "depth", scheme, **{"model.depth": each}) for each in depths]
        found.append(losses(results, "relu", scheme))
        _scheme(below, [*depths, deepest], found, scheme)
    below.level(1.0, ("azar: ln 10", "chance: ln 10"))
    below.level(TRAINED, ("umbral: 0,75 ln 10", "threshold: 0.75 ln 10"), THEORY)
    below.axes(
        x=("capas ocultas", "hidden layers"),
        y=("pérdida de train / ln 10", "training loss / ln 10"),
        ylim=(0, 1.12),
    )
    below.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _signals(panel: Panel, results: Results) -> None:
    width = results.claim.part("signal").params["width"]
    for scheme in results.axis("signal", "scheme"):
        layers, curves = results.curve("signal", "second_moment", where={"scheme": scheme})
        factor = relu_factor(scheme, width)
        label = f"{panel.say(LOOKS[scheme][0])} (×{panel.number(factor, '.3g')})"
        found = list(map(mean_interval, curves.T))
        panel.measured(layers, found, label, colour=COLOURS[scheme], band=True)
        panel.theory(layers, factor ** (layers - 1.0))
    panel.theory([], [], r"$(d\,v/2)^{l-1}$")
    panel.axes(y=r"$E[z_l^2]\;/\;E[z_1^2]$", log="y", ylim=(1e-10, 1e10))
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def schemes(results: Results, drawing: Drawing) -> None:
    """Training loss of every scheme, a panel for each activation and optimiser."""
    panels = drawing.panels(1, len(PANELS), sharey=True, sharex=True, width=12.0, height=3.9)
    order = [scheme for scheme in reversed(LOOKS) if scheme in results.axis("relu", "init")]
    for panel, (part, axes, title) in zip(panels, PANELS, strict=True):
        there = all(value in results.axis(part, axis) for axis, value in axes.items())
        for height, scheme in enumerate(order):
            if there and scheme in results.axis(part, "init"):
                _row(panel, height, losses(results, part, scheme, **axes), scheme)
        for value, colour in ((1.0, OKABE_ITO["grey"]), (TRAINED, THEORY)):
            panel.ax.axvline(value, linestyle=":", linewidth=1.3, color=colour, zorder=1)
        panel.axes(xlim=(0, 1.45), xticks=[0, 0.5, 1.0], ylim=(-0.6, len(order) - 0.4))
        panel.ax.set_title(panel.say(title))
    panels[0].ax.set_yticks(range(len(order)), [drawing.say(LOOKS[each][0]) for each in order])
    text = ("pérdida de train / ln 10  (líneas punteadas: umbral 0,75 y azar 1)",
            "training loss / ln 10  (dotted lines: threshold 0.75 and chance 1)")  # fmt: skip
    drawing.figure.supxlabel(drawing.say(text), fontsize="medium")


def _row(panel: Panel, height: int, found: np.ndarray, scheme: str) -> None:
    """One scheme's seeds, their mean with its interval, and how many trained."""
    ax, colour = panel.ax, COLOURS[scheme]
    centred: dict[str, Any] = {"va": "center", "fontsize": "small"}
    trained = int((found < TRAINED).sum())
    ax.text(1.43, height, f"{trained}/{found.size}", ha="right", **centred)
    if not np.isfinite(found).all():
        text = panel.say(("diverge (NaN)", "diverges (NaN)"))
        ax.text(0.05, height, text, color=colour, **centred)
        return
    drawn = np.minimum(found, EDGE)
    ax.plot(drawn, np.full(found.size, height), "o", color=colour, alpha=0.35, markersize=4)
    mean = mean_interval(found)
    if mean.value > EDGE:
        ax.plot(EDGE, height, ">", color=colour, markersize=7)
        return
    reach = [[mean.value - mean.low], [mean.high - mean.value]] if np.isfinite(mean.low) else None
    ax.errorbar(mean.value, height, xerr=reach, marker=LOOKS[scheme][2], color=colour, markersize=7)
