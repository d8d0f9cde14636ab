"""Steps against κ, factors against η at fixed β, and the autoencoder."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.nesterov_looks_ahead.judge import LARGE, SMALL, tuned
from deepclaims.claims.optimisation.tuning_panels import rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.optim.quadratic_rates import METHODS, best, fastest, radius, steps_for
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS

NAMES = {
    "gradient": ("descenso por gradiente", "gradient descent"),
    "heavy_ball": "momentum (heavy ball)",
    "nesterov": "Nesterov",
}


def quadratic(results: Results, drawing: Drawing) -> None:
    """Steps that shrink the distance 10⁶ times, each method with its best α and β (points)."""
    panel = drawing.panel()
    kappas = [float(kappa) for kappa in results.axis("quadratic", "kappa") if kappa > 1]
    grid = np.geomspace(min(kappas), max(kappas), 50)
    for series, method in enumerate(METHODS):
        found = [
            mean_interval(results.values("quadratic", f"{method}_steps", where={"kappa": kappa}))
            for kappa in kappas
        ]
        panel.measured(kappas, found, NAMES[method], series, linestyle="none")
        line = [steps_for(best(method, kappa)[2]) for kappa in grid]
        panel.theory(grid, line, colour=COLOURS[series])
    panel.theory([], [], "ln 10⁶ / −ln ρ")
    panel.axes(
        x=("número de condición κ", "condition number κ"),
        y=("pasos hasta 10⁻⁶", "steps to 10⁻⁶"),
        log="xy",
    )
    panel.legend()


def fixed_beta(results: Results, drawing: Drawing) -> None:
    """Factor per step at fixed β, against the rate."""
    kappa = float(results.axis("fixed", "kappa")[0])
    betas = (SMALL, LARGE)
    titles = [f"β = {drawing.number(beta)}, κ = {kappa:g}" for beta in betas]
    for panel, beta in zip(drawing.panels(1, 2, titles), betas, strict=True):
        eta = np.geomspace(1e-3, 4, 800) * (1 + beta) / kappa
        for series, method in enumerate(("heavy_ball", "nesterov"), start=1):
            rho = radius(method, eta, beta, kappa)
            line = np.where(rho < 1, rho, np.nan)
            panel.theory(eta * kappa, line, NAMES[method], colour=COLOURS[series])
            top, low = fastest(method, beta, kappa)
            panel.ax.plot([top * kappa], [low], "o", color=COLOURS[series])
        panel.axes(
            x=("tasa ηL", "rate ηL"), y=("factor por paso ρ", "factor per step ρ"),
            log="x", decimal="xy",
        )  # fmt: skip
        panel.legend()


def autoencoder(results: Results, drawing: Drawing) -> None:
    """Reconstruction error on validation against the rate."""
    panel = drawing.panel()
    kinds = {"sgd": "SGD", "momentum": "momentum", "nesterov": "Nesterov"}
    named = {}
    for name, method in tuned(results).items():
        kind, _, beta = name.partition(" ")
        label = kinds[kind] + (f", β = {panel.number(float(beta))}" if beta else "")
        named[label] = method
    rates_panel(panel, named.items())
    panel.axes(
        x=("tasa η = α(1 − β)", "rate η = α(1 − β)"),
        y=("error de reconstrucción (validación)", "reconstruction error (validation)"),
        ylim=(0.15, 0.5),
    )
    panel.legend()
