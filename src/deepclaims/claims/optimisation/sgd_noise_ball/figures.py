"""Bound and measurement over time; the ball over α and B; wrong bounds; looseness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of
from deepclaims.claims.optimisation.sgd_noise_ball.judge import (
    constants_of,
    judge,
    over_time_of,
    start,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.verdict import findings
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def over_time(results: Results, drawing: Drawing) -> Figure:
    """Measured E‖W_t − w*‖² (band."""
    language = drawing.language
    made, ax = figure()
    known = constants_of(results, "tight")
    batch = min(results.axis("tight", "batch"))
    for lr, colour in zip(results.axis("tight", "lr"), COLOURS, strict=False):
        steps, mean = results.curve("tight", "distance", where={"lr": lr, "batch": batch})
        allowed = known.unrolled(lr, batch, start(known), steps)
        shares = over_time_of(results, lr, batch)
        low, high = (allowed * [getattr(each, end) for each in shares] for end in ("low", "high"))
        measured(ax, steps, mean.mean(axis=0), low, high, f"α = {lr:g}", colour, band=True)
        theory(ax, steps, allowed, colour=colour)
    theory(ax, [], [], say(language, "cota de la filmina", "the slide's bound"))
    ax.set(xscale="log", yscale="log", xlabel=say(language, "paso t", "step t"))
    ax.set_ylabel(say(language, "E‖W_t − w*‖²  (unidades de w²)", "E‖W_t − w*‖²  (units of w²)"))
    ax.legend()
    return made


def ball(results: Results, drawing: Drawing) -> Figure:
    """Noise ball against α and B, with the bound (dashed) and the sharp constant (dotted)."""
    language = drawing.language
    made, ax = figure()
    known, lrs = constants_of(results, "tight"), sorted(results.axis("tight", "lr"))
    batches = results.axis("tight", "batch")
    for batch, colour, marker in zip(batches, COLOURS, MARKERS, strict=False):
        found = [ball_of(results, "tight", {"lr": lr, "batch": batch}, 1.0) for lr in lrs]
        _points(ax, lrs, found, f"B = {batch}", colour, marker)
        theory(ax, lrs, [known.ball(lr, batch) for lr in lrs], colour=colour)
        exact_line = [known.sharp * lr / batch for lr in lrs]
        theory(ax, lrs, exact_line, colour=colour, linestyle=":")
    theory(ax, [], [], say(language, "cota α(σ²/B + μ²)/(2c)", "bound α(σ²/B + μ²)/(2c)"))
    theory(ax, [], [], "α tr(H⁻¹Σ*)/(2B)", linestyle=":")
    ax.set(xscale="log", yscale="log", xlabel=say(language, "tasa α", "learning rate α"))
    ax.set_xticks(lrs, [f"{lr:g}" for lr in lrs])
    ax.minorticks_off()
    ax.set_ylabel(say(language, "bola de ruido E‖W − w*‖²", "noise ball E‖W − w*‖²"))
    ax.legend()
    return made


def wrong_bounds(results: Results, drawing: Drawing) -> Figure:
    """Measured ball as a share of the repaired bound, of mutilated bounds and of the bound."""
    language = drawing.language
    labels = {
        "ball_within_bound": say(language, "cota reparada (el peor caso)", "repaired (worst case)"),
        "half_bound_breaks": say(language, "la mitad de la cota", "half the bound"),
        "spectral_norm_breaks": say(
            language, "norma espectral por traza", "spectral norm for trace"
        ),
        "no_variance_breaks": say(language, "sin σ²", "without σ²"),
        "as_printed": say(language, "como está escrita: sin proyección", "as printed: unprojected"),
        "minimum_only_breaks": say(language, "σ² sólo en w*, μ = 0", "σ² at w* only, μ = 0"),
    }
    found = {each.check.name: each.estimate
             for each in findings(results.claim.checks, judge(results))}  # fmt: skip
    made, ax = figure()
    for height, (name, label) in enumerate(labels.items()):
        each = found[name]
        ends = np.nan_to_num([[each.value - each.low], [each.high - each.value]], posinf=0.0)
        ax.errorbar(
            [each.value], [height], xerr=ends, fmt=MARKERS[0], color=COLOURS[int(height > 0)]
        )
        ax.annotate(label, (each.value, height), (0, 7), textcoords="offset points", ha="center")
    ax.axvline(1.0, color="black", linestyle="--")
    ax.set(xscale="log", yticks=[], ylim=(-0.7, len(labels)))
    ax.margins(x=0.3)
    ax.set_xlabel(say(language, "bola medida / cota", "measured ball / bound"))
    return made


def looseness(results: Results, drawing: Drawing) -> Figure:
    """How loose the bound is on three problems, and how close the constant α tr(H⁻¹Σ*)/2."""
    language = drawing.language
    made, axes = figure(1, 2)
    for name, colour, marker in zip(("tight", "wide", "logistic"), COLOURS, MARKERS, strict=False):
        known, lrs = constants_of(results, name), sorted(results.axis(name, "lr"))
        where = [{"lr": lr, "batch": 1} if name == "tight" else {"lr": lr} for lr in lrs]
        if name == "tight" and 1 not in results.axis("tight", "batch"):
            continue
        of_bound = [
            ball_of(results, name, w, known.ball(lr, 1)) for lr, w in zip(lrs, where, strict=True)
        ]
        of_sharp = [
            ball_of(results, name, w, known.sharp * lr) for lr, w in zip(lrs, where, strict=True)
        ]
        label = _problem_name(name, language)
        _points(axes[0], lrs, of_bound, label, colour, marker)
        _points(axes[1], lrs, of_sharp, label, colour, marker)
    theory(axes[0], axes[0].get_xlim(), 1.0, say(language, "cota", "bound"))
    theory(axes[1], axes[1].get_xlim(), 1.0, "α tr(H⁻¹Σ*)/2")
    axes[0].set_yscale("log")
    for ax in axes:
        ax.set(xscale="log", xlabel=say(language, "tasa α (B = 1)", "learning rate α (B = 1)"))
        ax.set_ylabel(say(language, "bola medida / teoría", "measured ball / theory"))
    axes[0].legend()
    panel_titles(
        axes,
        [
            say(language, "respecto de la cota de la filmina", "against the slide's bound"),
            say(language, "respecto de la constante exacta", "against the sharp constant"),
        ],
    )
    return made


def _problem_name(name: str, language: str) -> str:
    return {
        "tight": say(language, "casi ajustado (d=3)", "nearly tight (d=3)"),
        "wide": say(language, "Θ grande (d=10)", "wide Θ (d=10)"),
        "logistic": say(language, "logística (d=2)", "logistic (d=2)"),
    }[name]


def _points(
    ax: Axes, x: list[float], found: list[Estimate], label: str, colour: str, marker: str
) -> None:
    value, low, high = (
        [getattr(each, name) for each in found] for name in ("value", "low", "high")
    )
    measured(ax, x, value, low, high, label, colour, marker=marker, linestyle="none")
