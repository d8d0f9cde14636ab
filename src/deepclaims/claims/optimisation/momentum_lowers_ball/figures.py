"""Figures of `momentum_lowers_ball`: the ball, and what it costs in speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of, numeral, points
from deepclaims.claims.optimisation.momentum_lowers_ball.judge import ball_ratio, heavy, law, steps
from deepclaims.claims.results import Results
from deepclaims.optim import momentum_law
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, level_line, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WIDE = np.geomspace(0.1, 1.9, 60)
"""αh at which a law is drawn where one rate was measured."""


def ball(results: Results, drawing: Drawing) -> Figure:
    """(a) The ball against α; (b) momentum's over SGD's, on three problems."""
    language = drawing.language
    made, axes = figure(1, 2)
    _balls(axes[0], results, language)
    _ratios(axes[1], results, language)
    for ax in axes:
        ax.set_xscale("log")
        ax.set_xlabel(say(language, "tasa por curvatura máxima, αh", "rate times curvature, αh"))
    panel_titles(
        axes,
        [
            say(language, "bola de ruido, una curvatura", "noise ball, one curvature"),
            say(language, "bola con momentum / sin", "ball with momentum / without"),
        ],
    )
    return made


def speed(results: Results, drawing: Drawing) -> Figure:
    """Ball against steps, a point for each α: what each buys with the other."""
    language = drawing.language
    made, ax = figure()
    beta, timed = heavy(results), set(results.axis("speed", "lr"))
    lrs = [lr for lr in results.axis("additive", "lr") if lr in timed]
    for b, colour, marker in zip((0.0, beta), COLOURS, MARKERS, strict=False):
        across = [steps(results, lr, b) for lr in lrs]
        found = [ball_of(results, "additive", {"lr": lr, "beta": b}) for lr in lrs]
        points(ax, across, found, _name(b, language), colour, marker)
        expected = [law(results, "additive", lr, b) for lr in lrs]
        theory(ax, across, expected, colour=colour)
        for lr, x, each in zip(lrs, across, found, strict=True):
            place = (6, 5) if b == 0 else (-6, -13)
            ax.annotate(
                f"α={numeral(lr, language)}",
                (x, each.value),
                place,
                textcoords="offset points",
                ha="left" if b == 0 else "right",
                fontsize="x-small",
                color=colour,
            )
    theory(ax, [], [], say(language, "ley exacta", "exact law"))
    ax.set(xscale="log", yscale="log")
    ax.margins(x=0.15, y=0.12)
    ax.set_xlabel(
        say(
            language,
            "pasos hasta ‖w − w*‖ = 10⁻³ (sin ruido)",
            "steps to ‖w − w*‖ = 10⁻³ (no noise)",
        )
    )
    ax.set_ylabel("E‖w − w*‖²")
    ax.legend()
    return made


def _balls(ax: Axes, results: Results, language: str) -> None:
    lrs = [*results.axis("additive", "lr"), *results.axis("beyond", "lr")]
    for beta, colour, marker in zip((0.0, heavy(results)), COLOURS, MARKERS, strict=False):
        kept = [lr for lr in lrs if np.isfinite(momentum_law.ball(lr, beta, 1.0, 1.0))]
        parts = ["additive" if lr in results.axis("additive", "lr") else "beyond" for lr in kept]
        found = [
            ball_of(results, part, {"lr": lr, "beta": beta})
            for part, lr in zip(parts, kept, strict=True)
        ]
        points(ax, kept, found, _name(beta, language), colour, marker)
        grid = np.geomspace(min(lrs), 1.97 if beta == 0 else max(lrs), 200)
        theory(ax, grid, [momentum_law.ball(a, beta, 1.0, 1.0) for a in grid], colour=colour)
    ax.axvline(2, color="grey", linestyle=":", linewidth=1.2)
    ax.annotate(
        say(language, "SGD diverge", "SGD diverges"),
        (2, 0.04), (4, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
        fontsize="x-small",
    )  # fmt: skip
    theory(ax, [], [], say(language, "ley exacta", "exact law"))
    ax.set_yscale("log")
    ax.set_ylabel("E‖w − w*‖²  (v = h = 1)")
    ax.legend(loc="upper left")


def _ratios(ax: Axes, results: Results, language: str) -> None:
    names = {
        "additive": say(language, "una curvatura", "one curvature"),
        "regression": say(language, "regresión, d = 10", "regression, d = 10"),
        "ill_conditioned": say(language, "curvaturas 0,01 a 1", "curvatures 0.01 to 1"),
    }
    beta = heavy(results)
    for (part, name), colour, marker in zip(names.items(), COLOURS[2:], MARKERS[2:], strict=False):
        lrs = results.axis(part, "lr")
        points(ax, lrs, [ball_ratio(results, part, lr) for lr in lrs], name, colour, marker)
        grid = np.geomspace(min(lrs), max(lrs), 60) if part != "ill_conditioned" else WIDE
        with_m, without = ([law(results, part, a, b) for a in grid] for b in (beta, 0.0))
        theory(ax, grid, np.divide(with_m, without), colour=colour)
    level_line(ax, 1.0)
    ax.set_ylim(0, 1.15)
    ax.set_ylabel(say(language, "cociente de bolas", "ratio of balls"))
    ax.legend(loc="lower left")


def _name(beta: float, language: str) -> str:
    if beta == 0:
        return "SGD (β₁ = 0)"
    return f"momentum, β₁ = {numeral(beta, language)}"
