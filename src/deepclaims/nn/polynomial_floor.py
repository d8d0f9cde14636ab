"""The smallest errors that polynomials, and linear codes, can have: floors that nets are held to.

In the sup norm a floor is the value of a linear programme; in the mean square it is least squares.
"""

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


def rms_floor(f: Function, degree: int, points: int = 4001) -> float:
    """Root-mean-square error on [-1, 1] of the least-squares polynomial of one variable.

    Args:
        f: a function of one variable.
        degree: of the polynomial.
        points: equispaced, at which it is fitted.
    """
    x = np.linspace(-1, 1, points)
    values = _values(f, x[:, None])
    polynomial = np.polynomial.Polynomial.fit(x, values, degree)
    return float(np.sqrt(np.mean((polynomial(x) - values) ** 2)))


def linear_code_floor(points: np.ndarray) -> float:
    """Root-mean-square error of the best linear code of one number (PCA) on points `(n, d)`."""
    values = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return float(np.sqrt((values[1:] ** 2).sum() / points.size))


def _values(f: Function, x: np.ndarray) -> np.ndarray:
    values: np.ndarray = f(torch.from_numpy(x)).numpy()
    return values
