"""Polynomials through fixed points: the fits, and their bias and variance exactly.

A fit is linear in the noisy values, ŷ = H y. With y = f + σε its bias² is ‖(I − H) f‖²/n and its
variance σ² tr(HHᵀ)/n, which is σ²(p + 1)/n for least squares of degree p.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev


@dataclass(frozen=True)
class Problem:
    """Values of a smooth function at n fixed points, with noise.

    Args:
        points: n; they are Chebyshev's nodes, at which high degrees do not run away.
        sigma: standard deviation of the noise.
    """

    points: int
    sigma: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Problem:
        """The problem that a part's config names."""
        return cls(int(config["points"]), float(config["sigma"]))

    @property
    def x(self) -> np.ndarray:
        """The points, `(n,)`."""
        return chebyshev.chebpts1(self.points)

    @property
    def f(self) -> np.ndarray:
        """What is learnt, `(n,)`."""
        return 0.6 * np.exp(-self.x) * np.sin(2.5 * np.pi * self.x)

    def hat(self, degree: int, ridge: float = 0.0) -> np.ndarray:
        """H of the fit of a degree, `(n, n)`.

        Args:
            degree: p, below n.
            ridge: λ of λ Σ (1 + k)⁴ c_k², c_k being the coefficient of the k-th Chebyshev
                polynomial: the less smooth, the dearer.
        """
        phi = chebyshev.chebvander(self.x, degree)
        penalty = ridge * np.diag((1.0 + np.arange(degree + 1)) ** 4)
        hat: np.ndarray = phi @ np.linalg.solve(phi.T @ phi + penalty, phi.T)
        return hat

    def bias2(self, hat: np.ndarray) -> float:
        """‖(I − H) f‖²/n."""
        return float(np.square(self.f - hat @ self.f).mean())

    def variance(self, hat: np.ndarray) -> float:
        """σ² tr(HHᵀ)/n."""
        return self.sigma**2 * float(np.square(hat).sum()) / self.points

    def error(self, hat: np.ndarray) -> float:
        """Mean squared error on fresh values at the same points."""
        return self.bias2(hat) + self.variance(hat) + self.sigma**2
