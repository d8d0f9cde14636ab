"""The ball with and without momentum, and what it costs in speed."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.ball_panels import over_line
from deepclaims.claims.optimisation.measured_balls import ball_of
from deepclaims.claims.optimisation.momentum_lowers_ball.judge import ball_ratio, heavy, law, steps
from deepclaims.claims.results import Results
from deepclaims.optim import momentum_law
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS

PROBLEMS = {
    "additive": ("una curvatura", "one curvature"),
    "regression": ("regresión, d = 10", "regression, d = 10"),
    "ill_conditioned": ("curvaturas 0,01 a 1", "curvatures 0.01 to 1"),
}
LAW = ("ley exacta", "exact law")
WIDE = np.geomspace(0.1, 1.9, 60)
"""αh at which a law is drawn where one rate was measured."""


def ball(results: Results, drawing: Drawing) -> None:
    """(a) The ball against α; (b) momentum's over SGD's, on three problems."""
    titles = (
        ("bola de ruido, una curvatura", "noise ball, one curvature"),
        ("bola con momentum / sin", "ball with momentum / without"),
    )
    balls, ratios = drawing.panels(1, 2, titles)
    _balls(balls, results)
    _ratios(ratios, results)
    for panel in (balls, ratios):
        panel.axes(x=("tasa por curvatura máxima, αh", "rate times curvature, αh"), log="x")


def _balls(panel: Panel, results: Results) -> None:
    parts = {lr: part for part in ("additive", "beyond") for lr in results.axis(part, "lr")}
    for series, beta in enumerate((0.0, heavy(results))):
        lrs = [lr for lr in parts if np.isfinite(momentum_law.ball(lr, beta, 1.0, 1.0))]
        found = [ball_of(results, parts[lr], {"lr": lr, "beta": beta}) for lr in lrs]
        grid = np.geomspace(min(parts), 1.97 if beta == 0 else max(parts), 200)
        line = [momentum_law.ball(lr, beta, 1.0, 1.0) for lr in grid]
        over_line(panel, (lrs, found), (grid, line), _name(panel, beta), series)
    panel.ax.axvline(2, color="grey", linestyle=":", linewidth=1.2)
    panel.ax.annotate(
        panel.say(("SGD diverge", "SGD diverges")),
        (2, 0.04), (4, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
        fontsize="x-small",
    )  # fmt: skip
    panel.theory([], [], LAW)
    panel.axes(y="E‖w − w*‖²  (v = h = 1)", log="y")
    panel.legend(loc="upper left")


def _ratios(panel: Panel, results: Results) -> None:
    for series, (part, name) in enumerate(PROBLEMS.items(), start=2):
        lrs = results.axis(part, "lr")
        found = [ball_ratio(results, part, lr) for lr in lrs]
        grid = WIDE if part == "ill_conditioned" else np.geomspace(min(lrs), max(lrs), 60)
        with_m, without = ([law(results, part, lr, beta) for lr in grid]
                           for beta in (heavy(results), 0.0))  # fmt: skip
        over_line(panel, (lrs, found), (grid, np.divide(with_m, without)), name, series)
    panel.level(1.0)
    panel.axes(y=("cociente de bolas", "ratio of balls"), ylim=(0, 1.15))
    panel.legend(loc="lower left")


def speed(results: Results, drawing: Drawing) -> None:
    """Ball against steps, a point for each α: what each buys with the other."""
    panel = drawing.panel()
    timed = results.axis("speed", "lr")
    lrs = [lr for lr in results.axis("additive", "lr") if lr in timed]
    for series, beta in enumerate((0.0, heavy(results))):
        taken = [steps(results, lr, beta) for lr in lrs]
        found = [ball_of(results, "additive", {"lr": lr, "beta": beta}) for lr in lrs]
        line = [law(results, "additive", lr, beta) for lr in lrs]
        over_line(panel, (taken, found), (taken, line), _name(panel, beta), series)
        place, side = ((6, 5), "left") if beta == 0 else ((-6, -13), "right")
        for lr, x, each in zip(lrs, taken, found, strict=True):
            panel.ax.annotate(
                f"α={panel.number(lr)}", (x, each.value), place, textcoords="offset points",
                ha=side, fontsize="x-small", color=COLOURS[series],
            )  # fmt: skip
    panel.theory([], [], LAW)
    panel.axes(
        x=("pasos hasta ‖w − w*‖ = 10⁻³ (sin ruido)", "steps to ‖w − w*‖ = 10⁻³ (no noise)"),
        y="E‖w − w*‖²",
        log="xy",
    )
    panel.ax.margins(x=0.15, y=0.12)
    panel.legend()


def _name(panel: Panel, beta: float) -> str:
    return f"momentum, β₁ = {panel.number(beta)}" if beta else "SGD (β₁ = 0)"
