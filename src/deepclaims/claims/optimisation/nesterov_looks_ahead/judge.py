"""Ratios of steps on quadratics, differences of the autoencoder's test error."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.nesterov_looks_ahead.measure import ARMS
from deepclaims.claims.optimisation.quadratic_rates import METHODS
from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.evidence.verdict import Measured

LARGE = 0.99


SMALL = 0.9


SCORE = "validation_mse"


def judge(results: Results) -> dict[str, Measured]:
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
        "beats_gradient": slow,
        "beats_heavy_ball": tied,
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
