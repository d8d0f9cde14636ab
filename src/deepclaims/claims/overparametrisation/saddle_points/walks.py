"""SGD, momentum and Adam on small nets' landscapes, many runs side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from deepclaims.claims.overparametrisation.critical_points import Array
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import Stack, TanhNet

INERTIA, SECOND, TINY = 0.9, 0.999, 1e-8
"""β of momentum and β₁ of Adam; β₂ and ε of Adam."""
CHUNK = 50
"""Steps whose batches are drawn at once."""


@dataclass(frozen=True)
class Bundle:
    """Starts that are walked from alike.

    Args:
        starts: (S, p).
        batch: samples drawn for each step; None for all of them, without noise.
        rule: `sgd`, `momentum` (m ← β m + (1 − β) g in place of g) or `adam`.
        alpha: α.
    """

    starts: Array
    batch: int | None
    alpha: float
    rule: str = "sgd"


@dataclass(frozen=True)
class Course:
    """Where a bundle went.

    Args:
        losses: over all samples, before each step, (steps, S).
        places: before each step, (steps, S, p).
        ends: (S, p).
    """

    losses: Array
    places: Array
    ends: Array


def walks(
    net: TanhNet, bundles: Sequence[Bundle], steps: int, rng: np.random.Generator
) -> list[Course]:
    """The courses of all bundles, which are walked side by side."""
    sizes = [len(each.starts) for each in bundles]
    places = np.cumsum([0, *sizes])
    theta = np.concatenate([each.starts for each in bundles])
    alpha = np.repeat([each.alpha for each in bundles], sizes)[:, None]
    slow, square = np.zeros_like(theta), np.zeros_like(theta)
    rule = np.repeat([each.rule for each in bundles], sizes)
    inert, scaled = np.flatnonzero(rule != "sgd"), np.flatnonzero(rule == "adam")
    visited, losses = np.empty((steps, *theta.shape)), np.empty((steps, len(theta)))
    for t in range(steps):
        if t % CHUNK == 0:
            weights = np.concatenate(
                [
                    batches(CHUNK, len(each.starts), len(net.targets), each.batch, rng)
                    for each in bundles
                ],
                axis=1,
            )
        visited[t] = theta
        residuals, step = net.descent(theta, weights[t % CHUNK])
        losses[t] = net.loss(theta, residuals)
        if inert.size:
            slow[inert] = INERTIA * slow[inert] + (1 - INERTIA) * step[inert]
            square[scaled] = SECOND * square[scaled] + (1 - SECOND) * step[scaled] ** 2
            step[inert] = slow[inert]
            scale = np.sqrt(square[scaled] / (1 - SECOND ** (t + 1))) + TINY
            step[scaled] = slow[scaled] / (1 - INERTIA ** (t + 1)) / scale
        theta = theta - alpha * step
    return [Course(losses[:, a:b], visited[:, a:b], theta[a:b]) for a, b in pairwise(places)]


def ends(stack: Stack, starts: Array, config: Mapping[str, Any], rng: np.random.Generator) -> Array:
    """Where SGD ends on several landscapes at once, (K, R, p), from `starts` of that shape."""
    theta = starts.copy()
    many, n = math.prod(starts.shape[:2]), config["samples"]
    for t in range(config["train_steps"]):
        if t % CHUNK == 0:
            weights = batches(CHUNK, many, n, config["batch"], rng)
        drawn = weights[t % CHUNK].reshape(*starts.shape[:2], n)
        theta -= config["alpha"] * stack.descent(theta, drawn)
    return theta


def batches(
    steps: int, runs: int, samples: int, batch: int | None, rng: np.random.Generator
) -> Array:
    """What share of each step's batch each sample is, (steps, runs, samples)."""
    if batch is None:
        return np.full((steps, runs, samples), 1 / samples)
    picked = rng.integers(samples, size=(steps * runs, batch))
    places = samples * np.arange(steps * runs)[:, None] + picked
    counts = np.bincount(places.ravel(), minlength=steps * runs * samples)
    return counts.reshape(steps, runs, samples) / batch


def first(course: Array, goal: float) -> Array:
    """Steps until the loss is below a goal, (S,); all that were taken where it never is."""
    below = course < goal
    return np.where(below.any(axis=0), below.argmax(axis=0), len(course)).astype(float)


def passage(course: Array, level: float, goal: float) -> Array:
    """Steps from a level to a goal, of the runs that start above the level; at least one."""
    above = course[:, course[0] > level]
    return np.maximum(first(above, goal) - first(above, level), 1.0)


def ordinary(rng: np.random.Generator, count: int, units: int, width: int) -> Array:
    """Starts as nets are started: variance 1/inputs for W, 1/units for v, no biases."""
    w = rng.normal(size=(count, units, width)) / np.sqrt(width - 1)
    w[:, :, -1] = 0
    v = rng.normal(size=(count, units)) / np.sqrt(units)
    return np.hstack([w.reshape(count, -1), v, np.zeros((count, 1))])


def around(rng: np.random.Generator, points: Array, distance: float) -> Array:
    """Each point moved by a distance in a direction drawn at random."""
    rays = rng.normal(size=points.shape)
    moved: Array = points + distance * rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return moved
