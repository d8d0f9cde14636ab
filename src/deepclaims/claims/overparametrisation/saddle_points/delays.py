"""How long saddles hold up runs that start beside them, and whether ordinary runs meet any."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from deepclaims.claims.overparametrisation.critical_points import Array
from deepclaims.claims.overparametrisation.saddle_points.search import Levels, copies, traps
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import TanhNet
from deepclaims.claims.overparametrisation.saddle_points.walks import Course, first


def spread(places: Array, most: int) -> Array:
    """At most so many of some places, from the first to the last."""
    picked = np.linspace(0, len(places) - 1, most).round().astype(int)
    chosen: Array = places[np.unique(picked)]
    return chosen


def same_loss(net: TanhNet, starts: Array, reached: Array, level: float, count: int) -> Array:
    """Points of a loss where the straight way from a start to its run's end first comes to it.

    (count, p), of the first starts that are above that loss, each as often as is needed.
    """
    above = np.flatnonzero((net(starts)[0] > level) & (net(reached)[0] < level))
    chosen = np.resize(above, count)
    way = np.linspace(0, 1, 201)[:, None, None]
    line = starts[chosen] + way * (reached - starts)[chosen]
    below = net(line.reshape(-1, net.size))[0].reshape(len(way), -1) < level
    high = below.argmax(axis=0) / (len(way) - 1)
    low = high - 1 / (len(way) - 1)
    for _ in range(40):
        middle = (low + high) / 2
        under = net(starts[chosen] + middle[:, None] * (reached - starts)[chosen])[0] < level
        low, high = np.where(under, low, middle), np.where(under, middle, high)
    found: Array = starts[chosen] + high[:, None] * (reached - starts)[chosen]
    return found


def steepest(net: TanhNet, saddle: Array) -> tuple[float, Array]:
    """The lowest curvature at a point, and its direction, (p,)."""
    curvature, axes = np.linalg.eigh(net(saddle[None])[2][0])
    return float(curvature[0]), axes[:, 0]


def held_up(
    courses: dict[str, Course], goals: Array, beside: int, least: float = 1.0
) -> dict[str, tuple[Array, Array]]:
    """Of each way to walk the median steps to each goal, at least some, and the share that left.

    Args:
        courses: from `beside` starts of each goal, goal by goal.
        goals: losses.
        beside: starts a goal.
        least: steps that are counted at the least.
    """
    found: dict[str, tuple[Array, Array]] = {}
    for by, course in courses.items():
        parts = [
            first(course.losses[:, beside * k : beside * (k + 1)], goal)
            for k, goal in enumerate(goals)
        ]
        steps = np.array(parts)
        left = (steps < len(course.losses)).mean(axis=1)
        found[by] = (np.maximum(np.median(steps, axis=1), least), left)
    return found


def practice(
    net: TanhNet, found: Levels, high: Array, runs: Course, best: float, config: dict[str, Any]
) -> tuple[float, float, list[float]]:
    """Shares of ordinary runs with a plateau, with one at a saddle, within each reach of one."""
    looks = slice(None, None, config["every"])
    places, losses = runs.places[looks], runs.losses[looks]
    flat = places.reshape(-1, net.size)
    whole = np.full((len(flat), len(net.targets)), 1 / len(net.targets))
    length = np.linalg.norm(net.descent(flat, whole)[1], axis=1).reshape(losses.shape)
    saddles = np.concatenate([copies(point, net.units) for point in found.points[high]])
    far = cdist(flat, saddles).min(axis=1).reshape(losses.shape)
    still = (length < config["still"]) & traps(losses, best, config)
    met = still & (far < config["close"])
    return (
        float(still.any(axis=0).mean()),
        float(met.any(axis=0).mean()),
        [float((far.min(axis=0) < reach).mean()) for reach in config["reach"]],
    )
