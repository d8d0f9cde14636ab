"""The search for distinct critical points of a tanh net's landscape, each with a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

from deepclaims.claims.overparametrisation.critical_points import (
    Array,
    distinct,
    minima,
    newton_steps,
)
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import TanhNet

APART = 1e-7
"""Losses nearer than this are one level: copies of one critical point lie at the same."""
CERTAIN = 0.5
"""Kantorovich: a critical point lies within two Newton steps where |H⁻¹g| |H⁻¹| |H'| is no more."""
FLAT = 1e-9
"""Length of a gradient at which a search ends."""
FIRST, EASE, BRAKE, STUCK = 1e-2, 0.2, 2.0, 1e6
"""Damping at first, what multiplies it after a step taken and not taken, where a search ends."""
PATIENCE, GAIN = 15, 2.0
"""A search is given up that did not shorten the gradient by `GAIN` in so many steps."""


@dataclass(frozen=True)
class Levels:
    """The distinct critical points of a landscape, by rising loss.

    Args:
        points: one of each level's copies, (L, p).
        losses: (L,).
        indices: negative eigenvalues of each, (L,); 0 is a minimum.
        hits: how many starts led to each, (L,).
        certainty: the largest of Kantorovich's numbers that passed.
        share: of the starts that gave a certified point.
    """

    points: Array
    losses: Array
    indices: Array
    hits: Array
    certainty: float
    share: float

    @property
    def saddle(self) -> Array:
        """Which are saddles, (L,)."""
        return self.indices > 0

    def once(self, saddle: bool) -> float:
        """The share of the saddles, or of the minima, that one start alone led to."""
        hits = self.hits[self.saddle == saddle]
        return float((hits == 1).mean()) if hits.size else np.nan


def levels(net: TanhNet, config: Mapping[str, Any], rng: np.random.Generator) -> Levels:
    """The certified critical points found.

    Args:
        net: the landscape.
        config: `starts` of the search for critical points of any index, `descents` of that for
            minima, `steps` of each.
        rng: draws the starts.
    """
    points = np.concatenate(
        [
            stationary(net, drawn(rng, config["starts"], net.size), config["steps"]),
            minima(net, drawn(rng, config["descents"], net.size), config["steps"]),
        ]
    )
    loss, g, h = net(points)
    curvature = np.linalg.eigvalsh(h)
    kantorovich = newton_steps(g, h) * net.turning(points) / np.abs(curvature).min(axis=1)
    sure = np.flatnonzero(kantorovich < CERTAIN)
    first = distinct(loss[sure], APART)
    kept = sure[first]
    level = np.searchsorted(loss[kept], loss[sure], side="right") - 1
    return Levels(
        points[kept],
        loss[kept],
        (curvature[kept] < 0).sum(axis=1),
        np.bincount(level, minlength=len(kept)),
        float(kantorovich[sure].max()),
        len(sure) / len(points),
    )


def stationary(net: TanhNet, starts: Array, steps: int) -> Array:
    """Points of small gradient, (S, p): Levenberg and Marquardt's steps on ‖g‖²/2.

    Most starts end where ‖g‖ has a minimum that is not 0, and would take most of the time.
    """
    points, damping = starts.copy(), np.full(len(starts), FIRST)
    _, g, h = net(points)
    left, before = np.arange(len(points)), np.linalg.norm(g, axis=1)
    diagonal = np.arange(net.size)
    for step in range(1, steps + 1):
        if not left.size:
            break
        old, curved = g[left], h[left]
        square = curved @ curved
        square[:, diagonal, diagonal] += damping[left][:, None]
        tried = points[left] - np.linalg.solve(square, curved @ old[..., None])[..., 0]
        _, new, bent = net(tried)
        better = (new**2).sum(axis=1) < (old**2).sum(axis=1)
        taken = left[better]
        points[taken], g[taken], h[taken] = tried[better], new[better], bent[better]
        damping[left] *= np.where(better, EASE, BRAKE)
        now = np.linalg.norm(g[left], axis=1)
        goes_on = (now > FLAT) & (damping[left] < STUCK)
        if step % PATIENCE == 0:
            goes_on &= GAIN * now < before[left]
            before[left] = now
        left = left[goes_on]
    return points


def drawn(rng: np.random.Generator, count: int, size: int) -> Array:
    """Starts of a search: of lengths that differ, since critical points lie near and far."""
    starts: Array = rng.normal(size=(count, size)) * np.exp(rng.normal(size=(count, 1)) / 2)
    return starts


def copies(point: Array, units: int) -> Array:
    """All points that permuting and reflecting the units makes of one, (copies, p)."""
    ends = point[: -1 - units].reshape(units, -1)
    rows = np.hstack([ends, point[-1 - units : -1, None]])
    orders = np.array(list(permutations(range(units))))
    signs = np.array(list(product((1, -1), repeat=units)))
    images = (rows[orders][:, None] * signs[:, :, None]).reshape(-1, units, rows.shape[1])
    _, first = np.unique(
        np.round(images, 4).reshape(len(images), -1) + 0.0, axis=0, return_index=True
    )
    kept = images[first]
    bias = np.full((len(kept), 1), point[-1])
    return np.hstack([kept[:, :, :-1].reshape(len(kept), -1), kept[:, :, -1], bias])


def traps(losses: Array, best: float, config: dict[str, Any]) -> Array:
    """Which losses are above the best by the margin."""
    above: Array = losses > best + config["margin"] / 2
    return above
