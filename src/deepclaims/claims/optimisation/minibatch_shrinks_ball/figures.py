"""Figures of `minibatch_shrinks_ball`: variance and ball against B, and ways of drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of, numeral, points, ratio
from deepclaims.claims.optimisation.minibatch_shrinks_ball.judge import (
    SIZES,
    SUBSETS,
    bound_constants,
    fpc,
    iid_ball,
    variance_shares,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def ball(results: Results, drawing: Drawing) -> Figure:
    """(a) Variance of the minibatch gradient against B; (b) the ball against B."""
    language = drawing.language
    made, axes = figure(1, 2)
    _variance(axes[0], results, language)
    _ball(axes[1], results, language)
    panel_titles(
        axes,
        [
            say(language, "varianza del gradiente", "variance of the gradient"),
            say(language, "bola de ruido", "noise ball"),
        ],
    )
    return made


def sampling(results: Results, drawing: Drawing) -> Figure:
    """Ball of other ways of drawing over the ball of i.i.d. draws, against B/N."""
    language = drawing.language
    made, ax = figure()
    names = {
        "tight": say(language, "subconjunto nuevo, N = 16", "fresh subset, N = 16"),
        "logistic": say(
            language, "subconjunto nuevo, logística, N = 24", "fresh subset, logistic, N = 24"
        ),
    }
    for (problem, label), colour, marker in zip(names.items(), COLOURS, MARKERS, strict=False):
        part, size = SUBSETS[problem], SIZES[problem]
        batches = [b for b in results.axis(part, "batch") if b < size]
        found = [
            ratio(ball_of(results, part, {"batch": b}), iid_ball(results, problem, b))
            for b in batches
        ]
        points(ax, [b / size for b in batches], found, label, colour, marker)
        grid = np.linspace(1, size, 50)
        theory(ax, grid / size, [fpc(problem, b) for b in grid], colour=colour)
    batches = results.axis("reshuffled", "batch")
    found = [
        ratio(ball_of(results, "reshuffled", {"batch": b}), iid_ball(results, "tight", b))
        for b in batches
    ]
    label = say(language, "épocas mezcladas, N = 16", "shuffled epochs, N = 16")
    points(ax, [b / 16 for b in batches], found, label, COLOURS[2], MARKERS[2])
    theory(ax, [], [], "(N − B)/(N − 1)")
    ax.set_xlabel(say(language, "batch B / datos N", "batch B / data N"))
    ax.set_ylabel(say(language, "bola / bola con sorteo i.i.d.", "ball / ball with i.i.d. draws"))
    ax.set_ylim(-0.03, 1.12)
    ax.legend()
    return made


def _variance(ax: Axes, results: Results, language: str) -> None:
    batches = np.array(results.axis("variance", "batch"), dtype=float)
    names = {
        "tight": say(language, "regresión", "regression"),
        "logistic": say(language, "logística", "logistic"),
    }
    shares, index = variance_shares(results), 0
    for problem, name in names.items():
        if problem not in results.axis("variance", "problem"):
            continue
        sigma2 = bound_constants(results, problem).sigma2
        for place in results.axis("variance", "place"):
            found = [_scaled(shares[problem, place, b], sigma2 / b) for b in batches.astype(int)]
            where = "w*" if place == 0 else say(language, "borde de Θ", "edge of Θ")
            points(ax, list(batches), found, f"{name}, {where}", COLOURS[index], MARKERS[index])
            index += 1
        label = say(language, "cota σ²/B", "bound σ²/B") if problem == "tight" else None
        theory(ax, batches, sigma2 / batches, label)
    _logarithmic(ax, batches, say(language, "muestras por paso B", "samples a step B"))
    ax.set_ylabel(say(language, "varianza (traza)", "variance (trace)"))
    ax.legend()


def _ball(ax: Axes, results: Results, language: str) -> None:
    known, batches = bound_constants(results, "tight"), results.axis("iid", "batch")
    for lr, colour, marker in zip(results.axis("iid", "lr"), COLOURS, MARKERS, strict=False):
        found = [ball_of(results, "iid", {"lr": lr, "batch": b}) for b in batches]
        points(ax, batches, found, f"α = {numeral(lr, language)}", colour, marker)
        theory(ax, batches, [known.ball(lr, b) for b in batches], colour=colour)
        theory(ax, batches, [known.sharp * lr / b for b in batches], colour=colour, linestyle=":")
    theory(ax, [], [], say(language, "cota α(σ²/B + μ²)/(2c)", "bound α(σ²/B + μ²)/(2c)"))
    theory(ax, [], [], "α tr(H⁻¹Σ*)/(2B)", linestyle=":")
    _logarithmic(ax, np.asarray(batches), say(language, "muestras por paso B", "samples a step B"))
    ax.set_ylabel("E‖W − w*‖²")
    ax.legend()


def _scaled(estimate: Estimate, scale: float) -> Estimate:

    return replace(
        estimate,
        value=estimate.value * scale,
        low=estimate.low * scale,
        high=estimate.high * scale,
        law=None,
    )


def _logarithmic(ax: Axes, batches: np.ndarray, label: str) -> None:
    ax.set(xscale="log", yscale="log", xlabel=label)
    ticks = [b for b in batches if np.log2(b) % 1 == 0]
    ax.set_xticks(ticks, [f"{b:g}" for b in ticks])
    ax.minorticks_off()
