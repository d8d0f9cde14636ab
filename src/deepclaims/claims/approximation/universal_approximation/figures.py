"""What `universal-approximation` shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from deepclaims.claims.approximation.universal_approximation.judge import trained
from deepclaims.claims.approximation.universal_approximation.targets import LINE, PLANE, Target
from deepclaims.claims.results import Results
from deepclaims.data.toys import load_curve
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.nn.polynomial_floor import (
    linear_code_floor,
    plane_floor,
    polynomial_floor,
    rms_floor,
)
from deepclaims.report.panel import Drawing, Panel, Text, credible
from deepclaims.report.style import OKABE_ITO

LOOKS: dict[str, tuple[Text, str, str]] = {
    "sigmoid": (("sigmoide", "sigmoid"), "blue", "o"),
    "tanh": ("tanh", "vermilion", "s"),
    "relu": ("ReLU", "green", "^"),
    "elu": ("ELU", "purple", "D"),
    "leaky_relu": ("Leaky ReLU", "sky", "v"),
    "step": (("escalón", "step"), "orange", "P"),
    "square": (r"$z^2$", "black", "X"),
    "cube": (r"$z^3$", "grey", "*"),
    "square_at_zero": (r"$z^2+1\{z=0\}$", "vermilion", "o"),
}
"""Name, colour and marker of each activation."""


def existence(results: Results, drawing: Drawing) -> None:
    """Sup error against width on every target, with the bounds and floors of theory."""
    targets = {**LINE, "plane": PLANE}
    titles = [_formula(target) for target in targets.values()]
    panels = drawing.panels(2, 2, titles, width=10.5, height=8.2)
    norm = r"$\|f-\hat f\|_\infty$"
    for name, panel in zip(targets, panels, strict=True):
        part = "plane" if name == "plane" else "line"
        for g in results.axis(part, "activation"):
            if g != "square_at_zero":
                _curve(panel, results, part, f"sup_{name}", g)
        _floor(panel, results, part, name)
        if part == "line":
            widths, bounds = results.curve("construction", f"bound_{name}")
            panel.theory(
                widths, bounds[0],
                ("cota, ReLU con nodos equiespaciados", "bound, ReLU, equispaced knots"),
                colour=OKABE_ITO["green"],
            )  # fmt: skip
        _epsilon(panel, results, f"epsilon_{name}")
        _widths(panel)
        panel.axes(y=(f"error máximo {norm}", f"largest error {norm}"), log="y")
    for panel in panels[::2]:
        limit = panel.say(("límite de la precisión doble", "limit of double precision"))
        panel.ax.text(0.03, 0.03, limit, transform=panel.ax.transAxes, color=OKABE_ITO["grey"])
    entries = panels[0].ax.get_legend_handles_labels()
    drawing.figure.legend(*entries, loc="outside lower center", ncols=4)


def counterexample(results: Results, drawing: Drawing) -> None:
    """The g that is no polynomial and does not approximate: one net, and errors against width."""
    g, units = LOOKS["square_at_zero"][0], results.claim.part("close_up").params["units"]
    titles = (
        (f"$g(z)=${g}, {units} unidades", f"$g(z)=${g}, {units} units"),
        ("no alcanza con no ser un polinomio", "not being a polynomial is not enough"),
    )
    left, right = drawing.panels(1, 2, titles, width=10.5, height=4.3)
    _close_up(left, results)
    for shown in ("square", "square_at_zero", "step", "relu"):
        _curve(right, results, "line", "sup_kink", shown)
    _floor(right, results, "line", "kink", degree=2)
    _epsilon(right, results, "printed")
    _widths(right)
    right.axes(y=("error máximo", "largest error"), log="y")
    right.legend(loc="lower left")


def _close_up(panel: Panel, results: Results) -> None:
    net = results.tables["net"]
    net = net[net["seed"] == net["seed"].min()].sort_values("x")
    centre = net["at_centre"].astype(bool)
    x, colour = np.linspace(-1, 1, 401), OKABE_ITO["vermilion"]
    kink = LINE["kink"].f(torch.from_numpy(x)[:, None]).numpy()
    panel.ax.plot(x, kink, linewidth=4, alpha=0.6, color=OKABE_ITO["sky"],
                  label=panel.say(_formula(LINE["kink"])))  # fmt: skip
    panel.ax.plot(net["x"][~centre], net["net"][~centre], color=colour,
                  label=panel.say(("la red", "the net")))  # fmt: skip
    at_centres = ("la red donde algún $w_ix+b_i=0$", "the net where some $w_ix+b_i=0$")
    panel.ax.plot(net["x"][centre], net["net"][centre], "o", color=colour, markersize=4,
                  markeredgecolor="white", markeredgewidth=0.5,
                  label=panel.say(at_centres))  # fmt: skip
    panel.axes(x="$x$")
    panel.legend()


def training(results: Results, drawing: Drawing) -> None:
    """The slide's three variants, trained: error against width."""
    titles = {
        "regression": ("regresión: $|x-0{,}2|$", "regression: $|x-0.2|$"),
        "classification": ("clasificación: tablero de 3×3", "classification: 3×3 checkerboard"),
        "autoencoder": ("autoencoder: código de un número", "autoencoder: one-number code"),
    }
    panels = drawing.panels(1, 3, list(titles.values()), width=12.5, height=4.3)
    curve = load_curve({"name": "curve"}, 0).test.targets.double().numpy()
    best: dict[str, tuple[float, Text]] = {
        "regression": (rms_floor(LINE["kink"].f, 2), ("mejor parábola", "best parabola")),
        "autoencoder": (
            linear_code_floor(curve),
            ("mejor código lineal (PCA)", "best linear code (PCA)"),
        ),
    }
    for part, panel in zip(titles, panels, strict=True):
        for g in results.axis(part, "model.activation"):
            _trained(panel, results, part, g)
        if part == "regression":
            exist, values = results.curve("line", "rms_kink", where={"activation": "tanh"})
            _errors(
                panel, exist, map(ratio_interval, values.T), "tanh",
                label=("tanh, existe (mínimos cuadrados)", "tanh, exists (least squares)"),
                colour=OKABE_ITO["blue"], marker="D",
            )  # fmt: skip
        error: Text = ("fracción de errores", "share of errors")
        if part in best:
            level, label = best[part]
            panel.theory(results.axis(part, "model.width"), level, label, colour=OKABE_ITO["sky"])
            error = ("error cuadrático medio (raíz)", "root-mean-square error")
        _widths(panel)
        panel.axes(y=error, **({"yscale": "log"} if part == "regression" else {"ylim": (0, None)}))
        panel.legend(loc="lower left")


def _formula(target: Target) -> Text:
    spanish = target.formula.replace(".", "{,}").replace(r"\sin", r"\mathrm{sen}\,")
    return (f"${spanish}$", f"${target.formula}$")


def _curve(panel: Panel, results: Results, part: str, metric: str, activation: str) -> None:
    """Geometric means over draws of an error of the nets that exist, against their width."""
    widths, values = results.curve(part, metric, where={"activation": activation})
    look = {"markerfacecolor": "white"} if activation == "square_at_zero" else {}
    _errors(panel, widths, map(ratio_interval, values.T), activation, linewidth=1.4, **look)


def _trained(panel: Panel, results: Results, part: str, activation: str) -> None:
    if part == "classification":
        found = map(mean_interval, trained(results, part, "test_error", activation))
    else:
        found = map(ratio_interval, np.sqrt(trained(results, part, "test_mse", activation)))
    name = panel.say(LOOKS[activation][0])
    label = (f"{name}, entrenada", f"{name}, trained")
    _errors(panel, results.axis(part, "model.width"), found, activation, label=label)


def _errors(
    panel: Panel, widths: ArrayLike, found: Iterable[Estimate], activation: str, **look: Any
) -> None:
    """Estimates against the width, in an activation's look unless another is asked for."""
    name, colour, marker = LOOKS[activation]
    own = {"label": name, "colour": OKABE_ITO[colour], "marker": marker}
    panel.measured(widths, credible(found), **{**own, **look})


def _floor(panel: Panel, results: Results, part: str, name: str, degree: int = 3) -> None:
    widths, _ = results.curve(part, f"sup_{name}", where={"activation": "square"})
    plane = part == "plane"
    floor = plane_floor(PLANE.f, degree) if plane else polynomial_floor(LINE[name].f, degree)
    panel.theory(
        widths[[0, -1]], floor,
        (f"mínimo de todo polinomio de grado {degree}",
         f"least error of any polynomial of degree {degree}"),
        colour=OKABE_ITO["grey"],
    )  # fmt: skip


def _epsilon(panel: Panel, results: Results, check: str) -> None:
    bound = results.claim.checks[check]["bound"]
    panel.level(bound, (r"$\varepsilon$ registrado", r"registered $\varepsilon$"))


def _widths(panel: Panel) -> None:
    """A logarithmic axis of widths that reads 8, 16, 32 and not powers."""
    from matplotlib.ticker import FormatStrFormatter

    panel.ax.set_xscale("log", base=2)
    panel.ax.xaxis.set_major_formatter(FormatStrFormatter("%d"))
    panel.axes(x=("unidades ocultas $n$", "hidden units $n$"))
