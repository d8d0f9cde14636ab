"""How fast gradient descent, heavy ball and Nesterov contract on a quadratic, and how fast in fact.

A step acts on each eigenvalue h of the Hessian apart, by a two-term recursion whose larger root is
the factor per step. η is the rate of torch's form; deck 1's α is η/(1 − β).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from deepclaims.optim import rules
from deepclaims.optim.walks import Step, by, record, walk

METHODS = ("gradient", "heavy_ball", "nesterov")
SMALLEST = 1.0
"""The smallest eigenvalue μ; the largest is L = κ."""
STARTS = 16


def factor(method: str, eta: ArrayLike, beta: float, h: ArrayLike) -> np.ndarray:
    """The larger modulus of the roots of one step's recursion on an eigenvalue.

    Heavy ball: r² − (1 + β − ηh) r + β; Nesterov: r² − (1 + β)(1 − ηh) r + β(1 − ηh); gradient
    descent: r = 1 − ηh (Lessard, Recht & Packard 2016, sec. 4).

    Args:
        method: one of `METHODS`.
        eta: rates η, to be broadcast with `h`.
        beta: β.
        h: eigenvalues.
    """
    rest = 1 - np.asarray(eta, dtype=float) * np.asarray(h, dtype=float)
    if method == "gradient":
        return np.asarray(np.abs(rest))
    trace, product = (
        (beta + rest, beta + 0 * rest)
        if method == "heavy_ball"
        else ((1 + beta) * rest, beta * rest)
    )
    root = np.sqrt((trace**2 - 4 * product).astype(complex))
    return np.asarray(np.maximum(np.abs(trace + root), np.abs(trace - root)) / 2)


def radius(method: str, eta: ArrayLike, beta: float, kappa: float) -> np.ndarray:
    """The factor per step on a quadratic with eigenvalues in [1, κ], for each rate."""
    h = spectrum(kappa)
    return np.asarray(factor(method, np.asarray(eta, dtype=float)[..., None], beta, h).max(axis=-1))


def spectrum(kappa: float, count: int = 30) -> np.ndarray:
    """Log-spaced eigenvalues from 1 to κ."""
    return np.geomspace(SMALLEST, kappa, count)


def best(method: str, kappa: float) -> tuple[float, float, float]:
    """η, β and the factor of the method tuned to [1, κ] (Lessard, Recht & Packard 2016, table 1).

    For Nesterov η = 4/(3L + μ), which is best on quadratics.
    """
    root, top = np.sqrt(kappa), SMALLEST * kappa
    if method == "gradient":
        return 2 / (top + SMALLEST), 0.0, (kappa - 1) / (kappa + 1)
    if method == "heavy_ball":
        rho = (root - 1) / (root + 1)
        return 4 / (np.sqrt(top) + np.sqrt(SMALLEST)) ** 2, rho**2, rho
    long = np.sqrt(3 * kappa + 1)
    return 4 / (3 * top + SMALLEST), (long - 2) / (long + 2), 1 - 2 / long


def fastest(method: str, beta: float, kappa: float) -> tuple[float, float]:
    """The best η at a given β, and its factor: over 4000 log-spaced rates."""
    eta = np.geomspace(1e-3, 4, 4000) / kappa * (1 + beta)
    found = radius(method, eta, beta, kappa)
    return float(eta[found.argmin()]), float(found.min())


def steps_for(rho: float, gain: float = 1e6) -> float:
    """Steps that shrink an error by `gain`, at ρ a step."""
    return float(np.log(gain) / -np.log(rho)) if rho > 0 else 1.0


def distances(
    method: str, eta: float, beta: float, kappa: float, steps: int, seed: int
) -> np.ndarray:
    """‖θ_t‖/‖θ_0‖ by the lecture's updates (deck 1's form), `(steps + 1,)`.

    Root mean square over `STARTS` random starts, so that the luck of one does not count.
    """
    generator = torch.Generator().manual_seed(seed)
    h = torch.from_numpy(spectrum(kappa))
    start = torch.empty(STARTS, len(h), dtype=h.dtype).normal_(generator=generator)
    points = walk(start, lambda theta, _: h * theta, _lecture(method, eta, beta), steps)
    found = record(points, lambda theta: float(theta.norm()), range(steps + 1))
    return found / found[0]


def _lecture(method: str, eta: float, beta: float) -> Step:
    if method == "gradient":
        return by(rules.sgd, eta)
    rule = rules.momentum if method == "heavy_ball" else rules.nesterov
    return by(rule, eta / (1 - beta), beta1=beta, form="average")
