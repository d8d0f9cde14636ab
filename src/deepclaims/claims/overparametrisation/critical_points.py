"""Critical points of small landscapes, searched from many starts at once in float64.

A landscape is a function of points (S, p) that gives losses (S,), gradients (S, p) and Hessians
(S, p, p). The search follows either the loss down, to minima, or the gradient's length, to critical
points of any index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray
Landscape: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]

FLAT = 1e-13
"""Length of a gradient below which there is nothing left to gain."""
EASE, BRAKE = 0.3, 5.0
"""What the damping is multiplied by after a step that was taken, and after one that was not."""
STUCK = 1e10
"""Damping at which a search ends where it is."""


def stationary(landscape: Landscape, starts: Array, steps: int) -> Array:
    """Points of small gradient, (S, p): Levenberg and Marquardt's steps on ‖g‖²/2."""

    def step(g: Array, h: Array, damping: Array) -> Array:
        return np.linalg.solve(_shifted(h @ h, damping), (h @ g[..., None]))[..., 0]

    return _search(landscape, starts, steps, lambda loss, g: (g**2).sum(1), step)


def minima(landscape: Landscape, starts: Array, steps: int) -> Array:
    """Where the loss falls to, (S, p): damped Newton steps with |curvatures|."""

    def step(g: Array, h: Array, damping: Array) -> Array:
        curvature, axes = np.linalg.eigh(h)
        along = (g[:, None, :] @ axes)[:, 0] / (np.abs(curvature) + damping[:, None])
        return (axes @ along[..., None])[..., 0]

    return _search(landscape, starts, steps, lambda loss, g: loss, step)


def newton_steps(gradient: Array, hessian: Array) -> Array:
    """Lengths of Newton's steps, (S,): how far the critical point is; infinite if singular."""
    found = np.full(len(gradient), np.inf)
    for k, (g, h) in enumerate(zip(gradient, hessian, strict=True)):
        try:
            found[k] = np.linalg.norm(np.linalg.solve(h, g))
        except np.linalg.LinAlgError:
            continue
    return found


def distinct(values: Array, apart: float) -> Array:
    """Positions of the first of each group of values that lie within `apart` of the one before."""
    order = np.argsort(values, kind="stable")
    new = np.diff(values[order], prepend=-np.inf) > apart
    return order[new]


def _search(
    landscape: Landscape,
    starts: Array,
    steps: int,
    merit: Callable[[Array, Array], Array],
    step: Callable[[Array, Array, Array], Array],
) -> Array:
    points = np.array(starts, dtype=float)
    damping = np.ones(len(points))
    state = landscape(points)
    left = np.arange(len(points))
    for _ in range(steps):
        left = left[(np.linalg.norm(state[1][left], axis=1) > FLAT) & (damping[left] < STUCK)]
        if not left.size:
            break
        loss, g, h = (each[left] for each in state)
        tried = points[left] - step(g, h, damping[left])
        new = landscape(tried)
        better = merit(new[0], new[1]) < merit(loss, g)
        taken = left[better]
        points[taken] = tried[better]
        for old, fresh in zip(state, new, strict=True):
            old[taken] = fresh[better]
        damping[left] *= np.where(better, EASE, BRAKE)
    return points


def _shifted(h: Array, damping: Array) -> Array:
    return h + damping[:, None, None] * np.eye(h.shape[-1])
