"""Figures of `lr_decay_shrinks_ball`: what is left over epochs, for each decay law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.lr_decay_shrinks_ball.judge import exact, part_rates
from deepclaims.claims.optimisation.measured_balls import param
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def regression(results: Results, drawing: Drawing) -> Figure:
    """(a) The rate over epochs; (b) E‖W − w*‖² with the exact recursion."""
    language = drawing.language
    made, axes = figure(1, 2)
    per_epoch = param(results, "regression", "per_epoch")
    for law, colour in zip(results.axis("regression", "law"), COLOURS, strict=False):
        alphas = part_rates(results, "regression", law)[::per_epoch]
        axes[0].plot(
            np.arange(1, len(alphas) + 1), alphas, color=colour, label=_name(law, language)
        )
        _curve(axes[1], results, "regression", "distance", law, colour, language)
        left = exact(results, law)[per_epoch::per_epoch]
        theory(axes[1], np.arange(1, len(left) + 1), left, linewidth=1.0)
    theory(axes[1], [], [], say(language, "recursión exacta", "exact recursion"), linewidth=1.0)
    axes[1].set_ylabel("E‖W_t − w*‖²")
    axes[0].set_ylabel(say(language, "tasa α", "learning rate α"))
    for ax in axes:
        ax.set(yscale="log", xlabel=say(language, "época", "epoch"))
    axes[0].set_ylim(3e-4, 2)  # a rate that falls too soon leaves the picture
    axes[0].legend(fontsize="x-small", ncols=2, loc="upper right")
    axes[1].legend(handles=[axes[1].get_lines()[-1]])
    panel_titles(
        axes,
        [
            say(language, "tasa de aprendizaje", "learning rate"),
            say(language, "distancia al mínimo", "distance from the minimum"),
        ],
    )
    return made


def mnist(results: Results, drawing: Drawing) -> Figure:
    """Excess loss over epochs, and the plateau that the last rate would have."""
    language = drawing.language
    made, ax = figure()
    epochs = param(results, "mnist", "epochs")
    for law, colour in zip(results.axis("mnist", "law"), COLOURS, strict=False):
        _curve(ax, results, "mnist", "excess", law, colour, language)
        level = float(results.values("mnist", "theory", where={"law": law})[0])
        theory(ax, [0.85 * epochs, epochs], level, colour=colour)
    theory(ax, [], [], say(language, "α tr(Σ*)/(4B), última α", "α tr(Σ*)/(4B), last α"))
    ax.set(yscale="log", xlabel=say(language, "época", "epoch"))
    ax.set_ylabel(say(language, "exceso de costo L − L* (nats)", "excess loss L − L* (nats)"))
    ax.legend(fontsize="x-small", ncols=2)
    return made


def _curve(
    ax: Axes, results: Results, part: str, metric: str, law: str, colour: str, language: str
) -> None:
    steps, values = results.curve(part, metric, where={"law": law})
    each = [mean_interval(column) for column in values.T]
    low, high = ([getattr(e, end) for e in each] for end in ("low", "high"))
    across = steps / param(results, part, "per_epoch")
    measured(ax, across, values.mean(axis=0), low, high, _name(law, language), colour, band=True)


def _name(law: str, language: str) -> str:
    return {
        "constant": say(language, "constante α₀", "constant α₀"),
        "hyperbolic": "α₀(1 + δ)/(1 + δe)",
        "exponential": "α₀γ^(e−1)",
        "inverse_sqrt": "α₀/√e",
        "piecewise": say(language, "por intervalos", "piecewise"),
        "small": say(language, "constante α₀/10", "constant α₀/10"),
        "hasty": say(language, "γ demasiado chico", "γ too small"),
    }[law]
