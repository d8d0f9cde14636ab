"""The smallest sup-norm error a polynomial of given degree can have: a linear programme."""

from __future__ import annotations

import numpy as np
import torch

from deepclaims.nn.random_layer import Function


def polynomial_floor(f: Function, degree: int, points: int = 801) -> float:
    """The minimax error of polynomials of one variable on [-1, 1].

    Solves min t subject to |p(xᵢ) - f(xᵢ)| ≤ t at Chebyshev points, p in the Chebyshev basis: a
    lower bound of the floor on the whole interval, attained as `points` grows.

    Args:
        f: a function of one variable.
        degree: of the polynomials.
        points: Chebyshev points of the programme.
    """
    x = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    return minimax(np.polynomial.chebyshev.chebvander(x, degree), _values(f, x[:, None]))


def plane_floor(f: Function, degree: int, points: int = 31) -> float:
    """The same in two variables, for polynomials of total degree `degree`, on a square grid."""
    side = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    x = np.stack(np.meshgrid(side, side, indexing="ij"), -1).reshape(-1, 2)
    basis = np.polynomial.chebyshev.chebvander2d(x[:, 0], x[:, 1], [degree, degree])
    rows, columns = np.indices((degree + 1, degree + 1))
    return minimax(basis[:, (rows + columns).ravel() <= degree], _values(f, x))


def minimax(basis: np.ndarray, values: np.ndarray) -> float:
    """Min over c of max |basis c - values|, by linear programming.

    Args:
        basis: (points, functions).
        values: (points,).
    """
    from scipy.optimize import linprog

    slack = np.ones((len(values), 1))
    rows = np.block([[basis, -slack], [-basis, -slack]])
    cost = np.zeros(rows.shape[1])
    cost[-1] = 1.0
    free = [(None, None)] * basis.shape[1] + [(0, None)]
    solved = linprog(cost, A_ub=rows, b_ub=np.concatenate([values, -values]), bounds=free)
    return float(solved.fun)


def _values(f: Function, x: np.ndarray) -> np.ndarray:
    values: np.ndarray = f(torch.from_numpy(x)).numpy()
    return values
