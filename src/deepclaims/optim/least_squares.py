"""Least squares with a penalty, ill-conditioned as asked.

J(w) = 1/(2n) Σ (⟨w, x_i⟩ − y_i)² + ridge/2 ‖w‖², with features whose variances spread over a factor
κ and equal energy in every direction, so that gradient descent needs many steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


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

    def sample_gradient(self, w: Tensor, samples: Tensor) -> Tensor:
        """The gradients of single samples.

        Args:
            w: points, `(R, d)`.
            samples: one index for each point, `(R,)`.
        """
        x = self.x.index_select(0, samples)
        off = (x * w).sum(dim=1) - self.y[samples]
        return off[:, None] * x + self.ridge * w


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
