"""Random features with the smallest least-squares fit: Belkin et al. 2019, section 2.

The hidden layer is drawn and stays; only the linear output is fitted, and where infinitely many
outputs fit all samples the one of least norm is taken. Nothing is left to an optimiser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

RANK = 1e-10
"""Pivots and singular values below this share of the largest count as zero."""


@dataclass(frozen=True)
class Features:
    """φ(x) = max(0, xW + b) with W ~ N(0, 1) and b ~ N(0, 0.3²), fixed.

    Args:
        w: (inputs, units).
        b: (units,).
    """

    w: Tensor
    b: Tensor

    @classmethod
    def draw(cls, inputs: int, units: int, generator: torch.Generator) -> Features:
        """Draw the units; a narrower net is meant to take the first of them."""
        w = torch.randn(inputs, units, generator=generator, dtype=torch.float64)
        return cls(w, 0.3 * torch.randn(units, generator=generator, dtype=torch.float64))

    def __call__(self, x: Tensor) -> Tensor:
        """(samples, inputs) -> (samples, units)."""
        return torch.relu(x @ self.w + self.b)


def least_norm(phi: Tensor, targets: Tensor, ridges: Sequence[float] = ()) -> Tensor:
    """The least-squares θ of least norm, and the ridge solutions.

    Args:
        phi: features of the training samples (samples, units).
        targets: (samples, classes).
        ridges: λ of ‖φθ - y‖² + λ‖θ‖².

    Returns:
        θ of shape (1 + ridges, units, classes), the least-norm solution first.
    """
    least = _least(phi, targets)
    return torch.cat([least[None], _ridge(phi, targets, phi.new_tensor(ridges))])


def _least(phi: Tensor, targets: Tensor) -> Tensor:
    """By Householder's QR of φ or φᵀ; where their rank is not full by an SVD, which takes longer.

    Features of different images have full rank, unless a unit is zero on all.
    """
    tall = phi.shape[0] >= phi.shape[1]
    packed, tau = torch.geqrf(phi if tall else phi.T)
    size = min(phi.shape)
    pivots = packed.diagonal().abs()
    if pivots.min() <= RANK * pivots.max():
        return torch.linalg.lstsq(phi, targets, rcond=RANK, driver="gelsd").solution
    r = packed[:size].triu()
    if tall:
        turned = torch.ormqr(packed, tau, targets, transpose=True)[:size]
        return torch.linalg.solve_triangular(r, turned, upper=True)
    seen = targets.new_zeros(phi.shape[1], targets.shape[1])
    seen[:size] = torch.linalg.solve_triangular(r.T, targets, upper=False)
    return torch.ormqr(packed, tau, seen)


def _ridge(phi: Tensor, targets: Tensor, ridges: Tensor) -> Tensor:
    """(φᵀφ + λ)⁻¹ φᵀy = φᵀ (φφᵀ + λ)⁻¹ y, by whichever of both Gram matrices is the smaller."""
    if phi.shape[0] < phi.shape[1]:
        return phi.T @ _damped_solutions(phi @ phi.T, targets, ridges)
    return _damped_solutions(phi.T @ phi, phi.T @ targets, ridges)


def _damped_solutions(gram: Tensor, right: Tensor, ridges: Tensor) -> Tensor:
    """(K + λ)⁻¹ b of each λ > 0, by Cholesky's factors."""
    damped = gram + ridges[:, None, None] * torch.eye(
        len(gram), dtype=gram.dtype, device=gram.device
    )
    return torch.cholesky_solve(right, torch.linalg.cholesky(damped))


def errors(phi: Tensor, theta: Tensor, labels: Tensor) -> Tensor:
    """Share of wrong classes of each solution, (solutions,).

    Args:
        phi: (samples, units).
        theta: (solutions, units, classes).
        labels: (samples,).
    """
    scores = torch.einsum("sn,lnk->lsk", phi, theta)
    return (scores.argmax(2) != labels).double().mean(1)
