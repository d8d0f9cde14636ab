"""Gradient descent and SGD on one least-squares problem, all rates side by side.

J(w) = 1/(2n) Σ (⟨w, x_i⟩ − y_i)² + ridge/2 ‖w‖², with features whose variances spread over a factor
κ and equal energy in every direction, so that gradient descent needs many steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from deepclaims.optim import rules

Array = np.ndarray
EVERY = 4
"""Steps of SGD between looks at the excess; gradient descent is looked at after every step."""


@dataclass(frozen=True)
class LeastSquares:
    """The training set and where J is least.

    Args:
        x: `(n, d)`.
        y: `(n,)`.
        ridge: weight of the penalty.
        hessian: of J, `(d, d)`.
        minimiser: `(d,)`.
    """

    x: Tensor
    y: Tensor
    ridge: float
    hessian: Tensor
    minimiser: Tensor

    @property
    def largest_curvature(self) -> float:
        """λ_max(H): gradient descent converges with α < 2/λ_max."""
        return float(torch.linalg.eigvalsh(self.hessian)[-1])

    @property
    def curvature(self) -> float:
        """tr(H), the mean of ‖x‖² but for the penalty: the scale of SGD's largest α."""
        return float(self.hessian.trace())

    def excess(self, w: Tensor) -> Tensor:
        """J(w) − J(w*) at points `(R, d)`, `(R,)`."""
        off = w - self.minimiser
        return torch.einsum("ri,ij,rj->r", off, self.hessian, off) / 2

    def gradient(self, w: Tensor) -> Tensor:
        """∇J at `(d,)`: the mean of n gradients, as gradient descent computes it."""
        return self.x.T @ (self.x @ w - self.y) / len(self.y) + self.ridge * w


def drawn(n: int, d: int, kappa: float, noise: float, ridge: float, seed: int) -> LeastSquares:
    """A training set: normal features of variances from 1 down to 1/κ.

    Args:
        n: samples.
        d: parameters.
        kappa: ratio of the largest variance to the smallest.
        noise: standard deviation of the targets about ⟨w, x⟩.
        ridge: weight of the penalty.
        seed: of features, signs of w and noise.
    """
    generator = torch.Generator().manual_seed(seed)
    deviations = torch.logspace(0, -np.log10(kappa) / 2, d, dtype=torch.float64)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64) * deviations
    signs = 2.0 * torch.randint(0, 2, (d,), generator=generator).double() - 1
    y = x @ (signs / deviations)
    y += noise * torch.randn(n, generator=generator, dtype=torch.float64)
    hessian = x.T @ x / n + ridge * torch.eye(d, dtype=torch.float64)
    minimiser = torch.linalg.solve(hessian, x.T @ y / n)
    return LeastSquares(x, y, ridge, hessian, minimiser)


@dataclass(frozen=True)
class Race:
    """How fast each rate got there.

    Args:
        steps: until the excess is the asked share of the first one; NaN if never, `(rates,)`.
        floor: the smallest share that any rate reached.
    """

    steps: Array
    floor: float


def descend(problem: LeastSquares, alphas: Sequence[float], share: float, steps: int) -> Race:
    """Gradient descent from 0, one run a rate.

    ∇J = H (w − w*) is used, which is the mean of the n gradients but for rounding: it is their
    number that is counted, not our time.
    """
    theta = torch.zeros(len(alphas), len(problem.minimiser), dtype=torch.float64)

    def gradient(w: Tensor) -> Tensor:
        return (w - problem.minimiser) @ problem.hessian

    return _race(problem, theta, gradient, alphas, share, steps, replicas=1)


def wander(
    problem: LeastSquares,
    alphas: Sequence[float],
    share: float,
    steps: int,
    replicas: int,
    generator: torch.Generator,
) -> Race:
    """SGD from 0 with one i.i.d. sample a step; the excess is the mean over `replicas` runs."""
    theta = torch.zeros(len(alphas) * replicas, len(problem.minimiser), dtype=torch.float64)

    def gradient(w: Tensor) -> Tensor:
        return _sampled(problem, w, len(alphas), generator)

    return _race(problem, theta, gradient, alphas, share, steps, replicas)


def stay(
    problem: LeastSquares,
    alphas: Sequence[float],
    steps: int,
    replicas: int,
    generator: torch.Generator,
) -> float:
    """Where SGD from w* itself stays: the least of all rates.

    Returns:
        J(W_t) − J(w*) averaged over the second half of the steps, as a share of J(0) − J(w*).
    """
    alpha = torch.tensor(alphas, dtype=torch.float64).repeat_interleave(replicas)
    theta = problem.minimiser.repeat(len(alphas) * replicas, 1)
    total = torch.zeros(len(theta), dtype=torch.float64)
    for t in range(1, steps + 1):
        rules.sgd([theta], [_sampled(problem, theta, len(alphas), generator)], {}, t, alpha=alpha)
        if t > steps // 2:
            total += problem.excess(theta)
    first = float(problem.excess(torch.zeros_like(theta[:1])))
    means = (total / (steps - steps // 2)).view(-1, replicas).mean(dim=1)
    return float(means.nan_to_num(nan=np.inf).min()) / first


def _sampled(problem: LeastSquares, w: Tensor, rates: int, generator: torch.Generator) -> Tensor:
    """The gradient of one sample for each trajectory; every rate sees the same samples."""
    replicas = len(w) // rates
    chosen = torch.randint(0, len(problem.y), (replicas,), generator=generator).repeat(rates)
    x = problem.x[chosen]
    off = (x * w).sum(dim=1) - problem.y[chosen]
    return off[:, None] * x + problem.ridge * w


def _race(
    problem: LeastSquares,
    theta: Tensor,
    gradient: Callable[[Tensor], Tensor],
    alphas: Sequence[float],
    share: float,
    steps: int,
    replicas: int,
) -> Race:
    alpha = torch.tensor(alphas, dtype=torch.float64).repeat_interleave(replicas)
    first = float(problem.excess(theta[:1]))
    reached = np.full(len(alphas), np.nan)
    floor = np.inf
    every = 1 if replicas == 1 else EVERY
    for t in range(1, steps + 1):
        rules.sgd([theta], [gradient(theta)], {}, t, alpha=alpha)
        if t % every:
            continue
        shares = (problem.excess(theta).view(-1, replicas).mean(dim=1) / first).numpy()
        reached[np.isnan(reached) & (shares <= share)] = t
        floor = min(floor, float(np.nanmin(np.append(shares, np.inf))))
    return Race(reached, floor)
