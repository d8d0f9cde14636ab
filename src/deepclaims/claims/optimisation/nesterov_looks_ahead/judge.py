"""Ratios of steps on quadratics, differences of the autoencoder's test error."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation.nesterov_looks_ahead.measure import ARMS
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.optim.quadratic_rates import METHODS

SMALL, LARGE = 0.9, 0.99
"""The β of both kinds of momentum on the autoencoder."""


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of steps on quadratics, differences of the autoencoder's test error."""
    kappas = [kappa for kappa in results.axis("quadratic", "kappa") if kappa > 1]
    methods = tuned(results)
    error = {name: method.reported("test_mse") for name, method in methods.items()}
    ball, ahead = (pick(methods, kind) for kind in ("momentum", "nesterov"))
    asked = {"sgd", ball, ahead, f"momentum {LARGE}", f"nesterov {LARGE}"}
    speeds = np.array(
        [
            results.values("quadratic", f"{method}_speed", where={"kappa": kappa})
            for method in METHODS
            for kappa in kappas
        ]
    ).ravel()
    return {
        "beats_gradient": [_steps(results, kappa, "gradient") for kappa in kappas],
        "beats_heavy_ball": [_steps(results, kappa, "heavy_ball") for kappa in kappas],
        "autoencoder_beats_gradient": paired_difference(error["sgd"], error[ahead]),
        "autoencoder_beats_heavy_ball": paired_difference(error[ball], error[ahead]),
        "at_large_beta": mean_interval(results.values("fixed", "walked", where={"beta": LARGE})),
        "autoencoder_at_large_beta": paired_difference(
            error[f"momentum {LARGE}"], error[f"nesterov {LARGE}"]
        ),
        "rates_as_theory": exact(float(np.abs(speeds - 1).max()), len(speeds)),
        "well_conditioned": _steps(results, 1, "gradient"),
        "no_momentum_no_difference": extreme(results, "fixed", "same_path", beta=LARGE),
        "rates_interior": exact(float(np.mean([methods[name].on_edge for name in asked]))),
    }


def tuned(results: Results) -> dict[str, Tuned]:
    """Each method and β on the autoencoder, at the rate its choosing seeds chose."""
    found = {"sgd": results.tuned("sgd", "sgd")}
    for kind in ARMS.values():
        for part, beta in (("small_beta", SMALL), ("large_beta", LARGE)):
            found[f"{kind} {beta}"] = results.tuned(part, kind)
    return found


def pick(methods: dict[str, Tuned], kind: str) -> str:
    """Name of a kind of momentum with the β that its choosing seeds prefer."""
    names = [f"{kind} {beta}" for beta in (SMALL, LARGE)]
    return min(names, key=lambda name: min(methods[name].choice.scores))


def _steps(results: Results, kappa: float, method: str) -> Estimate:
    """Steps of a method over Nesterov's, each with its best constants."""
    counts, ahead = (
        results.values("quadratic", f"{name}_steps", where={"kappa": kappa})
        for name in (method, "nesterov")
    )
    ratio = counts / ahead
    return exact(float(ratio[0]), len(ratio)) if np.ptp(ratio) == 0 else mean_interval(ratio)
