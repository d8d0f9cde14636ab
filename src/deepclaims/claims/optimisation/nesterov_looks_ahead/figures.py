"""Steps against κ, factors against η at fixed β, and the autoencoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.nesterov_looks_ahead.judge import LARGE, SMALL, tuned
from deepclaims.claims.optimisation.quadratic_rates import METHODS, best, fastest, radius, steps_for
from deepclaims.claims.optimisation.tuned_rates_figures import columns, decimal_ticks, rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _names(language: str) -> dict[str, str]:
    return {
        "gradient": say(language, "descenso por gradiente", "gradient descent"),
        "heavy_ball": say(language, "momentum (heavy ball)", "momentum (heavy ball)"),
        "nesterov": "Nesterov",
    }


def quadratic(results: Results, drawing: Drawing) -> Figure:
    """Steps that shrink the distance 10⁶ times, each method with its best α and β (points)."""
    language = drawing.language
    made, ax = figure()
    kappas = [float(kappa) for kappa in results.axis("quadratic", "kappa") if kappa > 1]
    grid = np.geomspace(min(kappas), max(kappas), 50)
    for method, colour, marker in zip(METHODS, COLOURS, MARKERS, strict=False):
        found = [
            mean_interval(results.values("quadratic", f"{method}_steps", where={"kappa": kappa}))
            for kappa in kappas
        ]
        mean, low, high = columns(found)
        label = _names(language)[method]
        measured(ax, kappas, mean, low, high, label, colour, marker=marker, linestyle="none")
        theory(ax, grid, [steps_for(best(method, kappa)[2]) for kappa in grid], colour=colour)
    theory(ax, [], [], say(language, "ln 10⁶ / −ln ρ", "ln 10⁶ / −ln ρ"))
    ax.set(xscale="log", yscale="log")
    ax.set_xlabel(say(language, "número de condición κ", "condition number κ"))
    ax.set_ylabel(say(language, "pasos hasta 10⁻⁶", "steps to 10⁻⁶"))
    ax.legend()
    return made


def fixed_beta(results: Results, drawing: Drawing) -> Figure:
    """Factor per step at fixed β, against the rate."""
    language = drawing.language
    made, axes = figure(1, 2)
    kappa = float(results.axis("fixed", "kappa")[0])
    for ax, beta in zip(axes, (SMALL, LARGE), strict=True):
        eta = np.geomspace(1e-3, 4, 800) * (1 + beta) / kappa
        for method, colour in zip(("heavy_ball", "nesterov"), COLOURS[1:], strict=False):
            rho = radius(method, eta, beta, kappa)
            line = np.where(rho < 1, rho, np.nan)
            theory(ax, eta * kappa, line, _names(language)[method], colour)
            top, low = fastest(method, beta, kappa)
            ax.plot([top * kappa], [low], "o", color=colour)
        ax.set(xscale="log", xlabel=say(language, "tasa ηL", "rate ηL"))
        ax.set_ylabel(say(language, "factor por paso ρ", "factor per step ρ"))
        decimal_ticks(ax.xaxis, language)
        decimal_ticks(ax.yaxis, language, log=False)
        ax.legend()
    comma = (lambda b: f"{b:g}".replace(".", ",")) if language == "es" else (lambda b: f"{b:g}")
    panel_titles(axes, [f"β = {comma(beta)}, κ = {kappa:g}" for beta in (SMALL, LARGE)])
    return made


def autoencoder(results: Results, drawing: Drawing) -> Figure:
    """Reconstruction error on test against the rate (mean and 95 % interval)."""
    language = drawing.language
    made, ax = figure()
    methods = tuned(results)
    named = {name: methods[name] for name in methods}
    labels = {
        "sgd": "SGD",
        **{f"{kind} {beta}": f"{shown}, β = {beta:g}".replace(".", "," if language == "es" else ".")
           for kind, shown in (("momentum", "momentum"), ("nesterov", "Nesterov"))
           for beta in (SMALL, LARGE)},
    }  # fmt: skip
    rates_panel(ax, {labels[name]: each for name, each in named.items()}, "test_mse", language)
    ax.set_xlabel(say(language, "tasa η = α(1 − β)", "rate η = α(1 − β)"))
    ax.set_ylabel(say(language, "error de reconstrucción (test)", "reconstruction error (test)"))
    ax.set_ylim(0.15, 0.5)
    ax.legend()
    return made
