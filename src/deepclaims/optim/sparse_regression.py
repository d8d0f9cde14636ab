"""Sparse regressions with fewer samples than inputs: of many interpolants one is the truth."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor


@dataclass(frozen=True)
class SparseRegression:
    """P noiseless problems y = x·w* with few nonzero entries.

    Args:
        x: inputs, `(P, n, d)`.
        w: the truth, `(P, d)`.
    """

    x: Tensor
    w: Tensor

    @classmethod
    def drawn(cls, problems: int, n: int, d: int, k: int, generator: Generator) -> SparseRegression:
        """Gaussian inputs; k entries of w* are ±1, the others 0."""
        x = torch.empty(problems, n, d, dtype=torch.float64).normal_(generator=generator)
        w = torch.zeros(problems, d, dtype=torch.float64)
        w[:, :k] = (torch.rand(problems, k, generator=generator) < 0.5).double() * 2 - 1
        return cls(x, w)

    @property
    def y(self) -> Tensor:
        """Targets, `(P, n)`."""
        return torch.einsum("pnd,pd->pn", self.x, self.w)

    def loss(self, w: Tensor) -> Tensor:
        """Mean squared training errors of weights `(…, P, d)`, `(…, P)`."""
        return (torch.einsum("...pd,pnd->...pn", w, self.x) - self.y).square().mean(-1)
