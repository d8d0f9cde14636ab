"""The least error that any solution of a problem can have on average, by quadrature."""

from __future__ import annotations

import math

import numpy as np
from scipy import integrate, stats


def least_error(problem: str) -> float:
    """Share of errors of the best classifier of all, or of the variance that is noise.

    Args:
        problem: of `data=plane`.
    """
    match problem:
        case "moons":
            return _moons()
        case "ring":  # ‖x‖² is exponential of mean 2; the noise decides near 2 ln 2
            lost, _ = integrate.quad(
                lambda r: stats.norm.cdf(-abs(r - 2 * math.log(2)) / 0.3) * math.exp(-r / 2) / 2,
                0, 20, points=[2 * math.log(2)],
            )  # fmt: skip
            return float(lost)
        case "line":  # x₁ + x₂ and its blurred self have correlation √(2/2.25)
            return math.atan(0.5 / math.sqrt(2)) / math.pi
        case "wave":
            return 0.04 / (0.04 + (1 - math.exp(-8)) / 2 + 1 / 8)
        case "slope":
            return 0.25 / (0.25 + 1 + 0.25)
    raise ValueError(problem)


def best_plane_of_the_wave() -> float:
    """Share of the variance of `wave` that the best plane leaves: E x sin 2x = 2e⁻²."""
    return 1 - 4 * math.exp(-4) / (0.04 + (1 - math.exp(-8)) / 2 + 1 / 8)


def _moons() -> float:
    """The overlap of the two blurred half circles' densities, halved."""
    angles = np.pi * (np.arange(200) + 0.5) / 200
    arc = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    side = np.linspace(-2, 3, 201)
    at = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)

    def density(centres: np.ndarray) -> np.ndarray:
        parts = [stats.norm.pdf(at[:, [k]], centres[:, k], 0.2) for k in range(2)]
        mean: np.ndarray = (parts[0] * parts[1]).mean(axis=1)
        return mean

    one, other = density(arc), density(np.array([1.0, 0.5]) - arc)
    return float(np.minimum(one, other).sum() / 2 * (side[1] - side[0]) ** 2)
