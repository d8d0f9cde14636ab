"""Nesterov's look-ahead gradient against gradient descent and heavy ball, each tuned.

L1 "Nesterov's accelerated gradient", L2 "Nesterov"; Sutskever et al. 2013. Rates on quadratics
come from `quadratic_rates`; an autoencoder of MNIST is the practical case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.quadratic_rates import (
    METHODS,
    best,
    distances,
    fastest,
    radius,
    steps_for,
)
from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.claims.optimisation.tuned_rates_figures import (
    columns,
    decimal_ticks,
    rates_panel,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import mean_interval, paired_difference, worst
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE = 0.99
SMALL = 0.9
SCORE = "validation_mse"
ARMS = {"heavy_ball": "momentum", "nesterov": "nesterov"}


def quadratic(config: dict[str, Any], seed: int) -> Outcome:
    """Walk down one quadratic with each tuned method, from random starts.

    Args:
        config: `kappa`, the condition number.
        seed: of the starts.

    Returns:
        For each method `<method>_steps` to shrink the distance by 10⁶, and
        `<method>_speed`, −log of the measured factor a step over the theoretical one.
    """
    kappa = float(config["kappa"])
    metrics = {}
    for method in METHODS:
        eta, beta, rho = best(method, kappa)
        if rho < 1e-12:  # κ = 1: there in one step
            steps = 4
            far = distances(method, eta, beta, kappa, steps, seed)
            speed = 1.0
        else:
            steps = int(np.ceil(60 / -np.log(rho)))
            far = distances(method, eta, beta, kappa, steps, seed)
            half = steps // 2
            speed = np.log(far[half] / far[-1]) / (steps - half) / -np.log(rho)
        metrics[f"{method}_steps"] = float(np.argmax(far < 1e-6))
        metrics[f"{method}_speed"] = float(speed)
    return Outcome(metrics)


def fixed(config: dict[str, Any], seed: int) -> Outcome:
    """Heavy ball and Nesterov at one β, each at its best η: theory, walked to check.

    Args:
        config: `beta` and `kappa`.
        seed: of the starts.

    Returns:
        `ratio`, steps of heavy ball over Nesterov's by their factors; `walked`, the same from
        steps counted; `same_path`, the largest distance between the two at β = 0.
    """
    beta, kappa = float(config["beta"]), float(config["kappa"])
    found = {method: fastest(method, beta, kappa) for method in ARMS}
    steps = {method: steps_for(rho) for method, (_, rho) in found.items()}
    long = int(3 * max(steps.values()))
    walked = {
        method: float(np.argmax(distances(method, eta, beta, kappa, long, seed) < 1e-6))
        for method, (eta, _) in found.items()
    }
    still = [distances(method, 1 / kappa, 0.0, kappa, 50, seed) for method in ARMS]
    return Outcome(
        {
            "ratio": steps["heavy_ball"] / steps["nesterov"],
            "walked": walked["heavy_ball"] / walked["nesterov"],
            "same_path": float(np.abs(still[0] - still[1]).max()),
        }
    )


def judge(results: Results) -> dict[str, Estimate]:
    """Ratios of steps on quadratics, differences of the autoencoder's test error."""
    kappas = [kappa for kappa in results.axis("quadratic", "kappa") if kappa > 1]
    methods = tuned(results)
    error = {name: method.reported("test_mse") for name, method in methods.items()}
    ball, ahead = (pick(methods, kind) for kind in ("momentum", "nesterov"))
    slow = [_steps(results, kappa, "gradient", "nesterov") for kappa in kappas]
    tied = [_steps(results, kappa, "heavy_ball", "nesterov") for kappa in kappas]
    speeds = np.array(
        [
            results.values("quadratic", f"{method}_speed", where={"kappa": kappa})
            for method in METHODS
            for kappa in kappas
        ]
    ).ravel()
    still = results.values("fixed", "same_path", where={"beta": LARGE})
    return {
        "beats_gradient": worst(slow, "above"),
        "beats_heavy_ball": worst(tied, "above"),
        "autoencoder_beats_gradient": paired_difference(error["sgd"], error[ahead]),
        "autoencoder_beats_heavy_ball": paired_difference(error[ball], error[ahead]),
        "at_large_beta": mean_interval(results.values("fixed", "walked", where={"beta": LARGE})),
        "autoencoder_at_large_beta": paired_difference(
            error[f"momentum {LARGE}"], error[f"nesterov {LARGE}"]
        ),
        "rates_as_theory": exact(float(np.abs(speeds - 1).max()), len(speeds)),
        "well_conditioned": _steps(results, 1, "gradient", "nesterov"),
        "no_momentum_no_difference": exact(float(still.max()), len(still)),
        "rates_interior": exact(share_on_the_edge([methods[name] for name in _asked(ball, ahead)])),
    }


def _asked(ball: str, ahead: str) -> set[str]:
    return {"sgd", ball, ahead, f"momentum {LARGE}", f"nesterov {LARGE}"}


def tuned(results: Results) -> dict[str, Tuned]:
    """Each method and β on the autoencoder, at the rate its tuning seeds chose."""
    found = {"sgd": Tuned(results, "sgd", "sgd", SCORE)}
    for kind in ARMS.values():
        for part, beta in (("small_beta", SMALL), ("large_beta", LARGE)):
            found[f"{kind} {beta}"] = Tuned(results, part, kind, SCORE)
    return found


def pick(methods: dict[str, Tuned], kind: str) -> str:
    """The β that the tuning seeds choose for a kind of momentum."""
    names = [f"{kind} {beta}" for beta in (SMALL, LARGE)]
    return min(names, key=lambda name: min(methods[name].scores))


def _steps(results: Results, kappa: float, one: str, other: str) -> Estimate:
    """Steps of one tuned method over another's."""
    counts = [
        results.values("quadratic", f"{method}_steps", where={"kappa": kappa})
        for method in (one, other)
    ]
    ratio = counts[0] / counts[1]
    return exact(float(ratio[0]), len(ratio)) if np.ptp(ratio) == 0 else mean_interval(ratio)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Steps against κ, factors against η at fixed β, and the autoencoder."""
    return {
        "quadratic": _draw_quadratic(results, language),
        "fixed_beta": _draw_fixed(results, language),
        "autoencoder": _draw_autoencoder(results, language),
    }


def _names(language: str) -> dict[str, str]:
    return {
        "gradient": say(language, "descenso por gradiente", "gradient descent"),
        "heavy_ball": say(language, "momentum (heavy ball)", "momentum (heavy ball)"),
        "nesterov": "Nesterov",
    }


def _draw_quadratic(results: Results, language: str) -> Figure:
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


def _draw_fixed(results: Results, language: str) -> Figure:
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


def _draw_autoencoder(results: Results, language: str) -> Figure:
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
