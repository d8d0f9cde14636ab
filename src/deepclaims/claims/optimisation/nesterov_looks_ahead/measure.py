"""Nesterov's look-ahead gradient against gradient descent and heavy ball, each tuned."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.evidence.outcome import Outcome
from deepclaims.optim.quadratic_rates import (
    METHODS,
    best,
    distances,
    fastest,
    steps_for,
)

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
