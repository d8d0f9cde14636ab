"""Affine pieces of functions of one variable: those of a ReLU net, and the fewest that will do.

A net with one hidden layer of n ReLU units has at most n + 1 pieces, so the fewest pieces that come
within a tolerance of a function are a lower bound on its units, whatever its weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Layers = Sequence[tuple[np.ndarray, np.ndarray]]
"""(weights (out, in), biases (out,)) of each layer; ReLU after all but the last."""

CHUNK = 256
"""Points that are looked at together, so that wide layers fit into a cache."""


def forward(layers: Layers, x: np.ndarray) -> np.ndarray:
    """The net's values (points,) at `x` (points,)."""
    values = np.empty(len(x))
    for start in range(0, len(x), CHUNK):
        h = np.asarray(x[start : start + CHUNK], dtype=float)[:, None]
        for w, b in layers[:-1]:
            h = np.maximum(h @ w.T + b, 0.0)
        w, b = layers[-1]
        values[start : start + CHUNK] = (h @ w.T + b)[:, 0]
    return values


def count_pieces(layers: Layers, low: float, high: float) -> int:
    """Affine pieces of the net's function on [low, high]: places where its slope changes, plus one.

    Layer by layer the points are kept between which all units so far are affine; a unit adds those
    where its argument crosses zero.
    """
    x = np.array([low, high], dtype=float)
    h = x[:, None]
    for w, b in layers[:-1]:
        z = h @ w.T + b
        piece, unit = np.nonzero(z[:-1] * z[1:] < 0)
        first, last = z[piece, unit], z[piece + 1, unit]
        at = (first / (first - last))[:, None]
        more = h[piece] + at * (h[piece + 1] - h[piece])
        x = np.concatenate([x, x[piece] + at[:, 0] * (x[piece + 1] - x[piece])])
        order = np.argsort(x, kind="stable")
        x, h = x[order], np.concatenate([h, more])[order]
        apart = np.concatenate([[True], np.diff(x) > 1e-12 * (high - low)])
        x, h = x[apart], np.maximum(h[apart] @ w.T + b, 0.0)
    w, b = layers[-1]
    slopes = np.diff((h @ w.T + b)[:, 0]) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-9 * np.abs(slopes).max()).sum())


def fewest_pieces(x: np.ndarray, y: np.ndarray, tolerance: float) -> int:
    """The fewest affine pieces, continuous or not, within `tolerance` of every point.

    Greedy: each piece goes as far as it can, which is optimal. Some line passes within the
    tolerance of a set of points if and only if the largest lower bound on its slope that two of
    them give is at most the smallest upper bound.

    Args:
        x: abscissae in ascending order (points,).
        y: values (points,).
        tolerance: largest distance allowed.
    """
    pieces, start, steepest, flattest = 1, 0, np.inf, -np.inf
    for j in range(1, len(x)):
        run, rise = x[j] - x[start:j], y[j] - y[start:j]
        if len(run):
            flattest = max(flattest, float(((rise - 2 * tolerance) / run).max()))
            steepest = min(steepest, float(((rise + 2 * tolerance) / run).min()))
        if flattest > steepest:
            pieces, start, steepest, flattest = pieces + 1, j, np.inf, -np.inf
    return pieces
