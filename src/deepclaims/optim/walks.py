"""Walks of an update rule: many trajectories side by side, and what is recorded of them.

A walk is a problem's gradient, what each step draws, a rule with its rates, and perhaps a
projection: w ← Π(w moved by the rule along the gradient at w of what was drawn). Points are arrays
or tensors whose first axis counts trajectories. Samples may be drawn i.i.d., as fresh subsets of
the population, or in passes over a shuffled population (L1 "Sobre el batchsize").

What decides the last bits (products, norms, the step itself) is a function that the caller gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import repeat
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from deepclaims.optim.arithmetic import Number
from deepclaims.optim.rules import State

Array = np.ndarray
Point = TypeVar("Point", np.ndarray, Tensor)
Step: TypeAlias = Callable[[Any, Any, int], None]
"""(w, g, t) -> None: moves w in place; t counts steps from 1."""
Sampling: TypeAlias = Callable[[np.random.Generator, int, int, int], Iterator[Array]]
"""(rng, N, B, R) -> for each step indices below N, `(R, B)`."""
CHUNK = 64
"""Steps whose samples are drawn at once."""


def walk(
    start: Point,
    gradient: Callable[[Point, Any], Point],
    step: Step,
    steps: int,
    *,
    draws: Iterable[Any] | None = None,
    project: Callable[[Point], object] | None = None,
) -> Iterator[Point]:
    """Yield W_0, W_1, …, W_steps: one array, which the next step changes.

    Args:
        start: W_0, `(R, …)`; it is not changed.
        gradient: of a point and of what its step drew, shaped like the point.
        step: moves a point, see `by`.
        steps: how many.
        draws: what each step draws, for example `iid`, not before it needs it; None without chance.
        project: applied in place after every step, for example `onto_ball`.
    """
    point, stream = deepcopy(start), repeat(None) if draws is None else draws
    yield point
    for t, drawn in zip(range(1, steps + 1), stream, strict=False):
        step(point, gradient(point, drawn), t)
        if project is not None:
            project(point)
        yield point


def by(rule: Callable[..., None], alpha: Number | Array, **options: Any) -> Step:
    """Steps of one of `deepclaims.optim.rules`, which remember the rule's state.

    Args:
        rule: the rule.
        alpha: α; an array `(steps,)` has one for each step, a tensor `(R,)` for each trajectory.
        options: of the rule.
    """
    state: State = {}

    def step(point: Any, g: Any, t: int) -> None:
        rate = float(alpha[t - 1]) if isinstance(alpha, np.ndarray) else alpha
        rule([_tensor(point)], [_tensor(g)], state, t, alpha=rate, **options)

    return step


def record(
    points: Iterable[Point], quantity: Callable[[Point], ArrayLike | Tensor], at: Iterable[int]
) -> Array:
    """Walk to the end and keep a quantity of each trajectory, `(times, R)`.

    Args:
        points: of `walk`.
        quantity: of a point, for example `squared_norm`.
        at: the times, 0 being the start; each is kept once and in order.
    """
    asked = {int(t) for t in at}
    return np.array([_copied(quantity(w)) for t, w in enumerate(points) if t in asked])


def second_half(steps: int) -> range:
    """The times at which a walk is read once the start is forgotten."""
    return range(steps // 2 + 1, steps + 1)


def iid(rng: np.random.Generator, size: int, batch: int, replicas: int) -> Iterator[Array]:
    """B independent samples a step, as the slides have it."""
    while True:
        yield from rng.integers(0, size, (CHUNK, replicas, batch))


def subsets(rng: np.random.Generator, size: int, batch: int, replicas: int) -> Iterator[Array]:
    """A fresh subset of B different samples a step: without replacement within the step."""
    while True:
        order = rng.random((CHUNK, replicas, size)).argsort(axis=2)
        yield from order[:, :, :batch]


def reshuffled(rng: np.random.Generator, size: int, batch: int, replicas: int) -> Iterator[Array]:
    """Passes over the population in a new order each: N/B steps an epoch, as practised.

    Raises:
        ValueError: when B does not divide N.
    """
    if size % batch:
        raise ValueError(f"batches of {batch} do not fill {size} samples")
    while True:
        order = rng.random((replicas, size)).argsort(axis=1)
        for first in range(0, size, batch):
            yield order[:, first : first + batch]


SAMPLING: Mapping[str, Sampling] = MappingProxyType(
    {"iid": iid, "subsets": subsets, "reshuffled": reshuffled}
)
"""Ways to draw samples, by name."""


def scattered(rng: np.random.Generator, replicas: int, dimension: int, length: float) -> Array:
    """Vectors of one length in uniform directions, `(replicas, dimension)`."""
    rays = rng.normal(size=(replicas, dimension))
    vectors: Array = length * rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return vectors


def squared_norm(vectors: Array) -> Array:
    """‖v‖² of each row, `(R,)`."""
    square: Array = np.einsum("rd,rd->r", vectors, vectors)
    return square


def onto_ball(
    radius: float, square: Callable[[Array], Array] = squared_norm
) -> Callable[[Array], None]:
    """The projection on the ball of a radius about 0, in place."""

    def project(vectors: Array) -> None:
        length = np.sqrt(square(vectors))
        vectors *= (radius / np.maximum(length, radius))[:, None]

    return project


def crossing(falling: ArrayLike, level: float) -> float:
    """When a sequence, indexed by steps, first comes down to a level; NaN if never.

    Between steps it is taken to fall geometrically.
    """
    values = np.asarray(falling, dtype=float)
    below = np.flatnonzero(values <= level)
    if not below.size:
        return math.nan
    t = int(below[0])
    if t == 0:
        return 0.0
    before, after = float(values[t - 1]), float(values[t])
    return t - 1 + math.log(before / level) / math.log(before / after)


def _tensor(point: Array | Tensor) -> Tensor:
    """The same memory as a tensor."""
    return torch.from_numpy(point) if isinstance(point, np.ndarray) else point


def _copied(found: ArrayLike | Tensor) -> Array:
    return np.array(found.numpy() if isinstance(found, Tensor) else found)
