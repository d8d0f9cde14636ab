"""What `universal-approximation` shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from deepclaims.claims.approximation.universal_approximation.judge import place, solved, trained
from deepclaims.claims.approximation.universal_approximation.targets import (
    FLAT,
    LINE,
    PLANE,
    Target,
)
from deepclaims.claims.results import Results
from deepclaims.data.toys import load_curve
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import ratio_interval
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
    "elu": ((r"ELU, $\alpha=1$", r"ELU, $\alpha=1$"), "purple", "D"),
    "elu_half": ((r"ELU, $\alpha=0{,}5$", r"ELU, $\alpha=0.5$"), "purple", "d"),
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
        for g in (*results.axis(part, "activation"), *results.axis(f"{part}_flat", "activation")):
            if g != "square_at_zero":
                _curve(panel, results, part, f"sup_{name}", g)
        _stairs(panel, results, name)
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
    drawing.figure.legend(*entries, loc="outside lower center", ncols=3)


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
    right.axes(y=("error máximo", "largest error"), log="y", ylim=(5e-5, 1.0))
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


def regressions(results: Results, drawing: Drawing) -> None:
    """Regression in one variable and in two: what exists beside what training finds."""
    floors: dict[str, Level] = {
        "regression": (rms_floor(LINE["kink"].f, 2), ("mejor parábola", "best parabola")),
    }
    names: dict[str, Text] = {
        "regression": ("$|x-0{,}2|$", "$|x-0.2|$"),
        "regression_plane": ("dos variables", "two variables"),
    }
    _variants(results, drawing, names, floors)


def variants(results: Results, drawing: Drawing) -> None:
    """Classification and autoencoder: what exists beside what training finds."""
    curve = load_curve({"name": "curve"}, 0).test.targets.double().numpy()
    floors: dict[str, Level] = {
        "autoencoder": (
            linear_code_floor(curve),
            ("mejor código lineal (PCA)", "best linear code (PCA)"),
        ),
    }
    names: dict[str, Text] = {
        "classification": ("tablero de 3×3", "3×3 checkerboard"),
        "autoencoder": ("autoencoder", "autoencoder"),
    }
    _variants(results, drawing, names, floors)


Level = tuple[float, Text]
"""A value of theory, and its name."""


def _variants(
    results: Results, drawing: Drawing, names: dict[str, Text], floors: dict[str, Level]
) -> None:
    """A row a variant: solved nets on the left, trained ones on the right, on the same axes."""
    titles = [
        (f"{drawing.say(name)}: {what}")
        for name in names.values()
        for what in map(drawing.say, (("existe", "exists"), ("entrenada", "trained")))
    ]
    panels = drawing.panels(2, 2, titles, width=10.0, height=8.0)
    for row, part in enumerate(names):
        exist, found = panels[2 * row : 2 * row + 2]
        floor = _least(part)
        for g in results.axis(part, "model.activation"):
            if g not in FLAT:
                widths, values = solved(results, part, g)
                clipped = np.maximum(values, floor)
                _errors(exist, widths, map(ratio_interval, clipped.T), g, linewidth=1.4)
            _each(found, results, part, g, floor)
        widths = np.array([*results.axis(part, "model.width"), *widths])
        for panel in (exist, found):
            if part in floors:
                ends = [widths.min(), widths.max()]
                panel.theory(ends, *floors[part], colour=OKABE_ITO["grey"])
            _widths(panel)
            error: Text = ("error cuadrático medio (raíz)", "root-mean-square error")
            if part == "classification":
                error = ("fracción de errores", "share of errors")
            panel.axes(y=error, log="y", xlim=(widths.min() / 1.25, widths.max() * 1.25))
        low, high = (
            pick(panel.ax.get_ylim()[end] for panel in (exist, found))
            for end, pick in enumerate((min, max))
        )
        for panel in (exist, found):
            panel.axes(ylim=(low, high))
    entries: dict[str, Any] = {}
    for panel in panels:
        for handle, name in zip(*panel.ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(name, handle)
    drawing.figure.legend(
        list(entries.values()), list(entries), loc="outside lower center", ncols=4
    )


def _least(part: str) -> float:
    """Where a net without errors is drawn: half a test point of 2000; elsewhere errors are > 0."""
    return 0.5 / 2000 if part == "classification" else 0.0


def _each(panel: Panel, results: Results, part: str, activation: str, floor: float) -> None:
    """Every trained net as a point, and a line through their geometric means."""
    name, colour, marker = LOOKS[activation]
    errors = np.maximum(trained(results, part, activation), floor)
    widths = np.array(results.axis(part, "model.width"), dtype=float)
    panel.points(
        np.repeat(widths, errors.shape[1]), errors.ravel(), color=OKABE_ITO[colour], marker=marker,
        markersize=3.5, alpha=0.45, markeredgewidth=0,
    )  # fmt: skip
    panel.points(
        widths, np.exp(np.log(errors).mean(axis=1)), name, color=OKABE_ITO[colour], marker=marker,
        linestyle="-", linewidth=1.4,
    )  # fmt: skip


def _formula(target: Target) -> Text:
    spanish = target.formula.replace(".", "{,}").replace(r"\sin", r"\mathrm{sen}\,")
    return (f"${spanish}$", f"${target.formula}$")


def _curve(panel: Panel, results: Results, part: str, metric: str, activation: str) -> None:
    """Geometric means over draws of an error of the nets that exist, against their width."""
    widths, values = results.curve(
        place(part, activation), metric, where={"activation": activation}
    )
    hollow = activation in ("square_at_zero", "elu_half")
    look = {"markerfacecolor": "white"} if hollow else {}
    _errors(panel, widths, map(ratio_interval, values.T), activation, linewidth=1.4, **look)


def _errors(
    panel: Panel, widths: ArrayLike, found: Iterable[Estimate], activation: str, **look: Any
) -> None:
    """Estimates against the width, in an activation's look unless another is asked for."""
    name, colour, marker = LOOKS[activation]
    own = {"label": name, "colour": OKABE_ITO[colour], "marker": marker}
    panel.measured(widths, credible(found), **{**own, **look})


def _stairs(panel: Panel, results: Results, name: str) -> None:
    """The explicit nets of steps."""
    widths, errors = results.curve("stairs", f"sup_{name}")
    label = ("escalera explícita", "explicit staircase")
    panel.points(
        widths, errors[0], label, color=OKABE_ITO["orange"], marker="P", linestyle=":",
        markerfacecolor="white",
    )  # fmt: skip


def _floor(panel: Panel, results: Results, part: str, name: str, degree: int = 3) -> None:
    widths, _ = results.curve(f"{part}_flat", f"sup_{name}", where={"activation": "square"})
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
