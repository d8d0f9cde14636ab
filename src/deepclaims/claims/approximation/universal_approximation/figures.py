"""What `universal-approximation` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from deepclaims.claims.approximation.least_squares_nets import LINE, PLANE, Target
from deepclaims.claims.approximation.polynomial_floor import plane_floor, polynomial_floor
from deepclaims.claims.results import Results
from deepclaims.data.toys import load_curve
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import (
    OKABE_ITO,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Interval = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Values, lower ends and upper ends of a series of estimates."""


COLOUR = {
    "sigmoid": OKABE_ITO["blue"],
    "tanh": OKABE_ITO["vermilion"],
    "relu": OKABE_ITO["green"],
    "elu": OKABE_ITO["purple"],
    "leaky_relu": OKABE_ITO["sky"],
    "step": OKABE_ITO["orange"],
    "square": OKABE_ITO["black"],
    "cube": OKABE_ITO["grey"],
    "square_at_zero": OKABE_ITO["vermilion"],
}


MARKER = {
    "sigmoid": "o", "tanh": "s", "relu": "^", "elu": "D", "leaky_relu": "v", "step": "P",
    "square": "X", "cube": "*", "square_at_zero": "o",
}  # fmt: skip


def name_of(activation: str, language: str) -> str:
    """How an activation is called in a legend."""
    return {
        "sigmoid": say(language, "sigmoide", "sigmoid"),
        "tanh": "tanh",
        "relu": "ReLU",
        "elu": "ELU",
        "leaky_relu": "Leaky ReLU",
        "step": say(language, "escalón", "step"),
        "square": r"$z^2$",
        "cube": r"$z^3$",
        "square_at_zero": r"$z^2+1\{z=0\}$",
    }[activation]


def existence(results: Results, drawing: Drawing) -> Figure:
    """Sup error against width on every target, with the bounds and floors of theory."""
    language = drawing.language
    made, axes = figure(2, 2, width=10.5, height=8.2)
    for name, ax in zip([*LINE, "plane"], axes.ravel(), strict=True):
        part = "plane" if name == "plane" else "line"
        shown = [g for g in results.axis(part, "activation") if g != "square_at_zero"]
        for g in shown:
            _curve(ax, results, part, f"sup_{name}", g, language)
        _floor(ax, results, part, name, language)
        if part == "line":
            widths, bounds = results.curve("construction", f"bound_{name}")
            label = say(
                language, "cota, ReLU con nodos equiespaciados", "bound, ReLU, equispaced knots"
            )
            theory(ax, widths, bounds[0], label, colour=OKABE_ITO["green"])
        _epsilon(ax, results, f"epsilon_{name}", language)
        _logarithmic(ax, language)
        norm = r"$\|f-\hat f\|_\infty$"
        ax.set_ylabel(say(language, f"error máximo {norm}", f"largest error {norm}"))
    for ax in (axes[0, 0], axes[1, 0]):
        limit = say(language, "límite de la precisión doble", "limit of double precision")
        ax.text(0.03, 0.03, limit, transform=ax.transAxes, color=OKABE_ITO["grey"])
    panel_titles(axes, [_formula(target, language) for target in [*LINE.values(), PLANE]])
    made.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return made


def counterexample(results: Results, drawing: Drawing) -> Figure:
    """The g that is no polynomial and does not approximate: one net, and errors against width."""
    language = drawing.language
    made, (left, right) = figure(1, 2, width=10.5, height=4.3)
    _close_up(left, results, language)
    for g in ("square", "square_at_zero", "step", "relu"):
        _curve(right, results, "line", "sup_kink", g, language)
    _floor(right, results, "line", "kink", language, degree=2)
    _epsilon(right, results, "printed", language)
    _logarithmic(right, language)
    right.set_ylabel(say(language, "error máximo", "largest error"))
    right.legend(loc="lower left")
    units = results.claim.text["parts"]["close_up"]["params"]["units"]
    g = name_of("square_at_zero", language)
    titles = [
        say(language, f"$g(z)=${g}, {units} unidades", f"$g(z)=${g}, {units} units"),
        say(language, "no alcanza con no ser un polinomio", "not being a polynomial is not enough"),
    ]
    panel_titles([left, right], titles)
    return made


def _close_up(ax: Axes, results: Results, language: str) -> None:
    net = results.tables["net"]
    net = net[net["seed"] == net["seed"].min()].sort_values("x")
    centre = net["at_centre"].astype(bool)
    x = np.linspace(-1, 1, 401)
    target, colour = LINE["kink"], COLOUR["square_at_zero"]
    values = target.f(torch.from_numpy(x)[:, None]).numpy()
    ax.plot(x, values, linewidth=4, alpha=0.6, color=OKABE_ITO["sky"],
            label=_formula(target, language))  # fmt: skip
    ax.plot(net["x"][~centre], net["net"][~centre], color=colour,
            label=say(language, "la red", "the net"))  # fmt: skip
    ax.plot(net["x"][centre], net["net"][centre], "o", color=colour, markersize=4,
            markeredgecolor="white", markeredgewidth=0.5,
            label=say(language, "la red donde algún $w_ix+b_i=0$",
                      "the net where some $w_ix+b_i=0$"))  # fmt: skip
    ax.set_xlabel("$x$")
    ax.legend()


def _floor(
    ax: Axes, results: Results, part: str, name: str, language: str, degree: int = 3
) -> None:
    widths, _ = results.curve(part, f"sup_{name}", where={"activation": "square"})
    floor = plane_floor(PLANE, degree) if part == "plane" else polynomial_floor(LINE[name], degree)
    label = say(
        language,
        f"mínimo de todo polinomio de grado {degree}",
        f"least error of any polynomial of degree {degree}",
    )
    theory(ax, widths[[0, -1]], floor, label, colour=OKABE_ITO["grey"])


def _epsilon(ax: Axes, results: Results, check: str, language: str) -> None:
    bound = results.claim.checks[check]["bound"]
    level_line(ax, bound, say(language, r"$\varepsilon$ registrado", r"registered $\varepsilon$"))


def training(results: Results, drawing: Drawing) -> Figure:
    """The slide's three variants, trained: error against width."""
    language = drawing.language
    made, axes = figure(1, 3, width=12.5, height=4.3)
    parts = ("regression", "classification", "autoencoder")
    for part, ax in zip(parts, axes, strict=True):
        for g in results.axis(part, "model.activation"):
            _trained(ax, results, part, g, language)
        _widths(ax, language)
    _rms_of_existence(axes[0], results, language)
    line = {"colour": OKABE_ITO["sky"]}
    parabola = say(language, "mejor parábola", "best parabola")
    theory(axes[0], results.axis("regression", "model.width"), _best_parabola(), parabola, **line)
    pca = say(language, "mejor código lineal (PCA)", "best linear code (PCA)")
    theory(axes[2], results.axis("autoencoder", "model.width"), _best_line_code(), pca, **line)
    axes[0].set_yscale("log")
    for ax in (axes[0], axes[2]):
        ax.set_ylabel(say(language, "error cuadrático medio (raíz)", "root-mean-square error"))
    axes[1].set_ylabel(say(language, "fracción de errores", "share of errors"))
    for ax in axes[1:]:
        ax.set_ylim(bottom=0)
    for ax in axes:
        ax.legend(loc="lower left")
    titles = [
        say(language, "regresión: $|x-0{,}2|$", "regression: $|x-0.2|$"),
        say(language, "clasificación: tablero de 3×3", "classification: 3×3 checkerboard"),
        say(language, "autoencoder: código de un número", "autoencoder: one-number code"),
    ]
    panel_titles(axes, titles)
    return made


def _formula(target: Target, language: str) -> str:
    point = say(language, "{,}", ".")
    return f"${target.formula.replace('.', point)}$"


def _curve(
    ax: Axes, results: Results, part: str, metric: str, activation: str, language: str
) -> None:
    widths, values = results.curve(part, metric, where={"activation": activation})
    face = "white" if activation == "square_at_zero" else COLOUR[activation]
    measured(
        ax,
        widths,
        *_geometric(values.T),
        name_of(activation, language),
        COLOUR[activation],
        marker=MARKER[activation],
        linewidth=1.4,
        markerfacecolor=face,
    )


def _trained(ax: Axes, results: Results, part: str, activation: str, language: str) -> None:
    widths = results.axis(part, "model.width")
    cells = [{"model.activation": activation, "model.width": width} for width in widths]
    if part == "classification":
        values = [results.values(part, "test_error", where=cell) for cell in cells]
        estimates = [mean_interval(each) for each in values]
    else:
        values = [results.values(part, "test_mse", where=cell) for cell in cells]
        estimates = [ratio_interval(np.sqrt(each)) for each in values]
    label = say(language, f"{name_of(activation, language)}, entrenada",
                f"{name_of(activation, language)}, trained")  # fmt: skip
    measured(ax, widths, *_three(estimates), label, COLOUR[activation], marker=MARKER[activation])


def _rms_of_existence(ax: Axes, results: Results, language: str) -> None:
    widths, values = results.curve("line", "rms_kink", where={"activation": "tanh"})
    label = say(language, "tanh, existe (mínimos cuadrados)", "tanh, exists (least squares)")
    measured(ax, widths, *_geometric(values.T), label, OKABE_ITO["blue"], marker="D")


def _geometric(values: np.ndarray) -> Interval:
    """Geometric means over draws with intervals, of values (points, draws)."""
    return _three([ratio_interval(each) for each in values])


def _three(estimates: list[Estimate]) -> Interval:
    """Values, lower ends and upper ends; no ends where two draws would give absurd ones."""
    ends = [(each.low, each.high) if each.n > 2 else (-np.inf, np.inf) for each in estimates]
    low, high = np.array(ends).T
    return np.array([each.value for each in estimates]), low, high


def _best_parabola(points: int = 4001) -> float:
    """Root-mean-square error of the least-squares parabola on the kink: what z² can reach."""
    x = np.linspace(-1, 1, points)
    values = LINE["kink"].f(torch.from_numpy(x)[:, None]).numpy()
    parabola = np.polynomial.Polynomial.fit(x, values, 2)
    return float(np.sqrt(np.mean((parabola(x) - values) ** 2)))


def _best_line_code() -> float:
    """Root-mean-square error of the best linear code of one number (PCA) on the curve."""
    points = load_curve({"name": "curve"}, 0).test.targets.double().numpy()
    values = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return float(np.sqrt((values[1:] ** 2).sum() / points.size))


def _logarithmic(ax: Axes, language: str) -> None:
    _widths(ax, language)
    ax.set_yscale("log")


def _widths(ax: Axes, language: str) -> None:
    """A logarithmic axis of widths that reads 8, 16, 32 and not powers."""
    from matplotlib.ticker import FormatStrFormatter

    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(FormatStrFormatter("%d"))
    ax.set_xlabel(say(language, "unidades ocultas $n$", "hidden units $n$"))
