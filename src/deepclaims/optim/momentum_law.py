"""The stationary law of momentum with averaged gradients on a quadratic, exactly.

With m ← β m + (1 − β) g, w ← w − α m (L1 "Momentum"), E[g | w] = h e for the error e = w − w*, and
E‖g‖² = (h² + k)‖e‖² + v, the moments E‖e‖², E⟨e, m⟩ and E‖m‖² follow a linear recursion. Its fixed
point is the noise ball. With k = 0 it is αv / (h (2 − αh (1 − β)/(1 + β))).
"""

from __future__ import annotations

import math

import numpy as np


def recursion(alpha: float, beta: float, h: float, k: float = 0.0) -> np.ndarray:
    """The matrix that takes (E‖e‖², E⟨e, m⟩, E‖m‖²) a step on, `(3, 3)`, noise v apart.

    Args:
        alpha: α.
        beta: β.
        h: curvature.
        k: by how much the variance of the gradient grows with ‖e‖².
    """
    new = 1 - beta
    mm = np.array([new**2 * (h**2 + k), 2 * beta * new * h, beta**2])  # of the new E‖m‖²
    em = np.array([new * h, beta, 0.0])  # of E⟨old e, new m⟩
    ee = np.array([1.0, 0.0, 0.0]) - 2 * alpha * em + alpha**2 * mm
    return np.stack([ee, em - alpha * mm, mm])


def ball(alpha: float, beta: float, h: float, v: float, k: float = 0.0) -> float:
    """E‖w − w*‖² at stationarity; infinite where there is none.

    Args:
        alpha: α.
        beta: β; 0 is SGD.
        h: curvature.
        v: variance (trace) of the gradient at w*.
        k: by how much it grows with ‖e‖².
    """
    matrix = recursion(alpha, beta, h, k)
    if np.abs(np.linalg.eigvals(matrix)).max() >= 1:
        return math.inf
    noise = (1 - beta) ** 2 * v * np.array([alpha**2, -alpha, 1.0])
    return float(np.linalg.solve(np.eye(3) - matrix, noise)[0])
