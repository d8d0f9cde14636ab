"""Strongly convex problems whose expectations are finite sums: σ², μ² and c computed, not fitted.

L1 "Análisis de convergencia" assumes var(∂L/∂w) ≤ σ², ‖∇𝓛(w)‖² ≤ μ² and c-strong convexity for all
w ∈ Θ. A population of N equally likely points makes each a maximum (or minimum) over Θ of a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np

from deepclaims.optim.walks import (
    Sampling,
    Step,
    iid,
    onto_ball,
    record,
    scattered,
    squared_norm,
    walk,
)

Array = np.ndarray


@dataclass(frozen=True)
class Problem:
    """𝓛(w) = mean over a population of ℓ(⟨w, x⟩, y), plus ridge/2 ‖w‖², on a ball about w*.

    Args:
        x: inputs, `(N, d)`.
        y: targets, `(N,)`; 0 or 1 for the logistic loss.
        minimiser: w*, `(d,)`.
        radius: D, of Θ = {w : ‖w − w*‖ ≤ D}.
        logistic: the loss is the logistic one, else ½(⟨w, x⟩ − y)².
        ridge: weight of the penalty.
    """

    x: Array
    y: Array
    minimiser: Array
    radius: float
    logistic: bool = False
    ridge: float = 0.0

    def slope(self, margin: Array, y: Array) -> Array:
        """∂ℓ/∂⟨w, x⟩; the sample's gradient is this times x, plus ridge times w."""
        return (_sigmoid(margin) if self.logistic else margin) - y

    def gradient(self, w: Array) -> Array:
        """∇𝓛 at points w `(P, d)`, shape `(P, d)`."""
        return self.slope(w @ self.x.T, self.y) @ self.x / len(self.y) + self.ridge * w

    def minibatch_gradient(self, error: Array, samples: Array) -> Array:
        """The mean of each trajectory's sample gradients at w* + error, `(R, d)`.

        Args:
            error: w − w*, `(R, d)`.
            samples: indices of the population, `(R, B)`.
        """
        w, x = self.minimiser + error, self.x[samples]
        slopes = self.slope(np.einsum("rbd,rd->rb", x, w), self.y[samples])
        mean: Array = np.einsum("rb,rbd->rd", slopes, x) / samples.shape[1] + self.ridge * w
        return mean

    def variance(self, w: Array) -> Array:
        """var(∂L/∂w) = E‖g − Eg‖², the trace of the covariance, at points w `(P, d)`, `(P,)`."""
        slopes = self.slope(w @ self.x.T, self.y)
        square = (slopes**2) @ (self.x**2).sum(axis=1) / len(self.y)
        return square - ((slopes @ self.x / len(self.y)) ** 2).sum(axis=1)

    def covariance(self, w: Array) -> Array:
        """Covariance of the sample gradient at points w `(P, d)`, shape `(P, d, d)`."""
        slopes = self.slope(w @ self.x.T, self.y)
        mean = slopes @ self.x / len(self.y)
        square = np.einsum("pn,ni,nj->pij", slopes**2, self.x, self.x, optimize=True)
        return square / len(self.y) - mean[:, :, None] * mean[:, None, :]

    def hessian(self, w: Array) -> Array:
        """∇²𝓛 at points w `(P, d)`, shape `(P, d, d)`."""
        margin = w @ self.x.T
        bend = _sigmoid(margin) * (1 - _sigmoid(margin)) if self.logistic else np.ones_like(margin)
        mean = np.einsum("pn,ni,nj->pij", bend, self.x, self.x, optimize=True) / len(self.y)
        return mean + self.ridge * np.eye(self.x.shape[1])


@dataclass(frozen=True)
class Constants:
    """What the slide's bound needs, and what sharper statements do.

    Args:
        sigma2: σ², the largest variance (trace) over Θ.
        spectral: the largest eigenvalue of the covariance over Θ: σ² mistaken.
        mu2: μ², the largest ‖∇𝓛‖² over Θ.
        c: the smallest eigenvalue of the Hessian over Θ.
        sigma2_minimum: variance at w*, where it is all there is.
        sharp: tr(H⁻¹Σ*)/2, the ball per α/B as α → 0.
        radius: D.
    """

    sigma2: float
    spectral: float
    mu2: float
    c: float
    sigma2_minimum: float
    sharp: float
    radius: float

    def ball(self, alpha: float, batch: int) -> float:
        """The slides' bound α(σ²/B + μ²)/(2c) of the noise ball."""
        return alpha * (self.sigma2 / batch + self.mu2) / (2 * self.c)

    def unrolled(self, alpha: float, batch: int, start: float, steps: Array) -> Array:
        """The slides' recursion from ‖W_0 − w*‖² = `start`, after `steps` steps."""
        left = (1 - 2 * alpha * self.c) ** np.asarray(steps)
        return left * start + (1 - left) * self.ball(alpha, batch)

    def as_dict(self) -> dict[str, float]:
        """The constants as metrics."""
        return {name: float(value) for name, value in asdict(self).items()}


def constants(problem: Problem, directions: int = 256, radii: int = 17) -> Constants:
    """Extremes over Θ, on `directions` rays of `radii` points (rays evenly spread in the plane)."""
    points = _ball(problem, directions, radii)
    centre = problem.minimiser[None]
    hessian, noise = problem.hessian(centre)[0], problem.covariance(centre)[0]
    return Constants(
        sigma2=float(problem.variance(points).max()),
        spectral=float(np.linalg.eigvalsh(problem.covariance(points)).max()),
        mu2=float((problem.gradient(points) ** 2).sum(axis=1).max()),
        c=float(np.linalg.eigvalsh(problem.hessian(points)).min()),
        sigma2_minimum=float(np.trace(noise)),
        sharp=float(np.trace(np.linalg.solve(hessian, noise)) / 2),
        radius=problem.radius,
    )


def squared_errors(
    problem: Problem,
    step: Step,
    steps: int,
    rng: np.random.Generator,
    *,
    replicas: int,
    batch: int = 1,
    sampling: Sampling = iid,
    start: float = 0.0,
    projected: bool = False,
    at: Iterable[int],
) -> Array:
    """‖W_t − w*‖² along walks of a rule, `(times, replicas)`.

    Args:
        problem: with the population that samples come from.
        step: of the rule.
        steps: length of the walks.
        rng: of starts and samples, in this order.
        replicas: independent trajectories.
        batch: samples a step, B.
        sampling: how they are drawn.
        start: ‖W_0 − w*‖; directions are uniform. From w* itself nothing is drawn.
        projected: whether steps end with the projection on Θ.
        at: the times that are kept.
    """
    size, dimension = problem.x.shape
    points = walk(
        scattered(rng, replicas, dimension, start) if start else np.zeros((replicas, dimension)),
        problem.minibatch_gradient,
        step,
        steps,
        draws=sampling(rng, size, batch, replicas),
        project=onto_ball(problem.radius) if projected else None,
    )
    return record(points, squared_norm, at)


def sign_regression(dimension: int, noise: float, radius: float) -> Problem:
    """Regression on all sign vectors, y = ±noise: H = I, w* = 0, known in closed form.

    With x ∈ {−1, 1}^d and y = noise·ξ, ξ = ±1, every one of the 2^(d+1) points equally likely,
    ‖x‖² = d and E[xxᵀ] = I, so c = 1, ∇𝓛(w) = w and var = (d − 1)‖w‖² + d·noise². Far from the
    minimum the noise grows little and the gradient is small where `noise` ≫ `radius`: there the
    slides' bound is nearly attained.
    """
    signs = np.array(list(product((-1.0, 1.0), repeat=dimension + 1)))
    return Problem(signs[:, :-1], noise * signs[:, -1], np.zeros(dimension), radius)


def logistic_regression(
    size: int, dimension: int, ridge: float, radius: float, seed: int
) -> Problem:
    """Logistic regression with a penalty on a drawn population: H differs from c·I."""
    rng = np.random.default_rng([seed, 7])
    x = rng.normal(size=(size, dimension)) * np.linspace(1.0, 2.0, dimension)
    y = (rng.uniform(size=size) < _sigmoid(x @ np.linspace(1.0, -0.5, dimension))).astype(float)
    problem = Problem(x, y, np.zeros(dimension), radius, logistic=True, ridge=ridge)
    w = np.zeros((1, dimension))
    for _ in range(50):  # Newton's method
        w = w - np.linalg.solve(problem.hessian(w), problem.gradient(w)[..., None])[..., 0]
    return Problem(x, y, w[0], radius, logistic=True, ridge=ridge)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "tight": lambda: sign_regression(3, 3.0, 1.0),
    "noiseless": lambda: sign_regression(3, 0.0, 1.0),
    "wide": lambda: sign_regression(10, 0.5, 2.0),
    "logistic": lambda: logistic_regression(200, 2, 0.1, 2.0, seed=0),
}
"""`tight`: the bound is nearly attained; `wide`: it is far off; `logistic`: H is not c·I."""


def _ball(problem: Problem, directions: int, radii: int) -> Array:
    """Points that fill Θ, `(directions · radii, d)`, its surface included."""
    dimension = problem.x.shape[1]
    if dimension == 2:
        angle = 2 * np.pi * np.arange(directions) / directions
        rays = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        rays = np.random.default_rng(0).normal(size=(directions, dimension))
        rays = np.concatenate([np.eye(dimension), np.ones((1, dimension)), rays])
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    lengths = problem.radius * np.linspace(0, 1, radii)
    return problem.minimiser + (lengths[:, None, None] * rays).reshape(-1, dimension)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))
