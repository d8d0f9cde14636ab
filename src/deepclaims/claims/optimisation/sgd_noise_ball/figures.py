"""Bound and measurement over time; the ball over α and B; wrong bounds; looseness."""

from __future__ import annotations

from deepclaims.claims.optimisation.ball_panels import DISTANCE, bounded_balls
from deepclaims.claims.optimisation.measured_balls import ball_of
from deepclaims.claims.optimisation.sgd_noise_ball.judge import (
    constants_of,
    judge,
    over_time_of,
    start,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.check import findings
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS

BOUNDS = {
    "ball_within_bound": ("cota reparada (el peor caso)", "repaired (worst case)"),
    "half_bound_breaks": ("la mitad de la cota", "half the bound"),
    "spectral_norm_breaks": ("norma espectral por traza", "spectral norm for trace"),
    "no_variance_breaks": ("sin σ²", "without σ²"),
    "as_printed": ("como está escrita: sin proyección", "as printed: unprojected"),
    "minimum_only_breaks": ("σ² sólo en w*, μ = 0", "σ² at w* only, μ = 0"),
}
"""Checks, by what they divide the measured ball by."""

PROBLEMS = {
    "tight": ("tighter", ("casi ajustado (d=3)", "nearly tight (d=3)")),
    "wide": ("wide", ("Θ grande (d=10)", "wide Θ (d=10)")),
    "logistic": ("logistic", ("logística (d=2)", "logistic (d=2)")),
}
"""Parts: the problem that each walks on, and what it is called."""


def over_time(results: Results, drawing: Drawing) -> None:
    """Measured E‖W_t − w*‖² (band) below the slide's recursion unrolled (dashed)."""
    panel = drawing.panel()
    known, batch = constants_of(results, "tighter"), min(results.axis("tight", "batch"))
    for series, lr in enumerate(results.axis("tight", "lr")):
        steps, _ = results.curve("tight", "distance", where={"lr": lr, "batch": batch})
        allowed = known.unrolled(lr, batch, start(known), steps)
        shares, label = over_time_of(results, lr, batch), f"α = {panel.number(lr)}"
        panel.measured(steps, shares, label, series, scale=allowed, band=True)
        panel.theory(steps, allowed, colour=COLOURS[series])
    panel.theory([], [], ("cota de la filmina", "the slide's bound"))
    panel.axes(
        x=("paso t", "step t"),
        y=(f"{DISTANCE}  (unidades de w²)", f"{DISTANCE}  (units of w²)"),
        log="xy",
    )
    panel.legend()


def ball(results: Results, drawing: Drawing) -> None:
    """Noise ball against α and B, with the bound (dashed) and the sharp constant (dotted)."""
    panel = drawing.panel()
    bounded_balls(panel, results, "tight", constants_of(results, "tighter"), across="lr")
    panel.axes(
        x=("tasa α", "learning rate α"), y=("bola de ruido E‖W − w*‖²", "noise ball E‖W − w*‖²")
    )


def wrong_bounds(results: Results, drawing: Drawing) -> None:
    """Measured ball as a share of the repaired bound, of mutilated bounds and of the bound."""
    panel = drawing.panel(width=7.2)
    found = {each.check.name: each.estimate
             for each in findings(results.claim.checks, judge(results))}  # fmt: skip
    panel.intervals([found[name] for name in BOUNDS], list(BOUNDS.values()), marker="o")
    panel.ax.axvline(1.0, color="black", linestyle="--")
    panel.axes(x=("bola medida / cota", "measured ball / bound"), log="x", decimal="x")


def looseness(results: Results, drawing: Drawing) -> None:
    """How loose the bound is on three problems, and how close the constant α tr(H⁻¹Σ*)/2."""
    titles = (
        ("respecto de la cota de la filmina", "against the slide's bound"),
        ("respecto de la constante exacta", "against the sharp constant"),
    )
    of_bound, of_sharp = drawing.panels(1, 2, titles)
    for series, (part, (problem, label)) in enumerate(PROBLEMS.items()):
        known, lrs = constants_of(results, problem), sorted(results.axis(part, "lr"))
        batch = {"batch": 1} if part == "tight" else {}
        for panel, theory in (
            (of_bound, [known.ball(lr, 1) for lr in lrs]),
            (of_sharp, [known.sharp * lr for lr in lrs]),
        ):
            found = [
                ball_of(results, part, {"lr": lr, **batch}, scale)
                for lr, scale in zip(lrs, theory, strict=True)
            ]
            panel.measured(lrs, found, label, series, linestyle="none")
    of_bound.ax.set_yscale("log")
    for panel, name in ((of_bound, ("cota", "bound")), (of_sharp, "α tr(H⁻¹Σ*)/2")):
        panel.axes(
            x=("tasa α (B = 1)", "learning rate α (B = 1)"),
            y=("bola medida / teoría", "measured ball / theory"),
            log="x",
        )
        panel.theory(panel.ax.get_xlim(), 1.0, name)
    of_bound.legend()
