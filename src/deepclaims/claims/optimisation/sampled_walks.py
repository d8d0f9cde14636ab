"""Trajectories of any update rule on a problem, with samples drawn in any of three ways.

`projected_sgd` runs SGD with i.i.d. draws; here the rule is one of `deepclaims.optim.rules`, its
rate may change from step to step, and the B samples of a step may also be a fresh subset of the
population, or come from passes over a shuffled population, as practised (L1 "Sobre el batchsize").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation.population_problem import Problem

Array = np.ndarray
CHUNK = 64
"""Steps whose samples are drawn at once."""

Update = Callable[[list[Tensor], list[Tensor], int], None]
"""(θ, g, t) -> None: changes θ in place; t counts steps from 1."""


@dataclass(frozen=True)
class Draws:
    """Whose samples are drawn, and how many.

    Args:
        size: N, of the population.
        batch: B, samples a step.
        replicas: trajectories, each with its own samples.
    """

    size: int
    batch: int
    replicas: int


def iid(draws: Draws, rng: np.random.Generator) -> Iterator[Array]:
    """B independent samples a step, as the slides have it; `(replicas, B)` indices each."""
    while True:
        yield from rng.integers(0, draws.size, (CHUNK, draws.replicas, draws.batch))


def subsets(draws: Draws, rng: np.random.Generator) -> Iterator[Array]:
    """A fresh subset of B different samples a step: without replacement within the step."""
    while True:
        order = rng.random((CHUNK, draws.replicas, draws.size)).argsort(axis=2)
        yield from order[:, :, : draws.batch]


def reshuffled(draws: Draws, rng: np.random.Generator) -> Iterator[Array]:
    """Passes over the population in a new order each: N/B steps an epoch, as practised.

    Raises:
        ValueError: when B does not divide N.
    """
    if draws.size % draws.batch:
        raise ValueError(f"batches of {draws.batch} do not fill {draws.size} samples")
    while True:
        order = rng.random((draws.replicas, draws.size)).argsort(axis=1)
        for first in range(0, draws.size, draws.batch):
            yield order[:, first : first + draws.batch]


SAMPLING: Mapping[str, Callable[[Draws, np.random.Generator], Iterator[Array]]] = MappingProxyType(
    {"iid": iid, "subsets": subsets, "reshuffled": reshuffled}
)
"""Ways to draw samples, by name."""


@dataclass(frozen=True)
class Walked:
    """What is kept of a set of trajectories.

    Args:
        steps: the times looked at, `(points,)`.
        mean: mean of ‖W_t − w*‖² over trajectories, `(points,)`.
        mean_square: mean of its square, `(points,)`.
        ball: average of ‖W_t − w*‖² over the second half of each trajectory, `(replicas,)`.
    """

    steps: list[int]
    mean: list[float]
    mean_square: list[float]
    ball: Array


def walk(
    problem: Problem,
    samples: Iterator[Array],
    update: Update,
    *,
    error: Array,
    steps: int,
    look_at: Sequence[int],
    projected: bool = False,
) -> Walked:
    """Run trajectories side by side.

    Args:
        problem: with the population that samples come from.
        samples: what each step sees, `(replicas, B)` indices.
        update: one step of the rule.
        error: W_0 − w*, `(replicas, d)`.
        steps: length of the trajectories.
        look_at: steps after which moments of ‖W_t − w*‖² are kept; 0 is the start.
        projected: whether steps end with the projection on Θ.
    """
    error = np.array(error, dtype=float)
    theta = torch.from_numpy(error)  # the same memory: the rule's steps move `error`
    asked, seen = set(look_at), Walked([], [], [], np.zeros(len(error)))
    total = np.zeros(len(error))
    for t in range(steps + 1):
        if t:
            g = minibatch_gradient(problem, problem.minimiser + error, next(samples))
            update([theta], [torch.from_numpy(g)], t)
            if projected:
                _project(error, problem.radius)
        square = np.einsum("rd,rd->r", error, error)
        if t in asked:
            seen.steps.append(t)
            seen.mean.append(float(square.mean()))
            seen.mean_square.append(float((square**2).mean()))
        if t > steps // 2:
            total += square
    return Walked(seen.steps, seen.mean, seen.mean_square, total / (steps - steps // 2))


def minibatch_gradient(problem: Problem, w: Array, samples: Array) -> Array:
    """(1/B) Σ ∂L/∂w over each trajectory's samples `(replicas, B)`, shape `(replicas, d)`."""
    x = problem.x[samples]
    slopes = problem.slope(np.einsum("rbd,rd->rb", x, w), problem.y[samples])
    mean: Array = np.einsum("rb,rbd->rd", slopes, x) / samples.shape[1] + problem.ridge * w
    return mean


def scattered(problem: Problem, replicas: int, share: float, rng: np.random.Generator) -> Array:
    """Starts W_0 − w* at `share`·D from the minimum, in uniform directions, `(replicas, d)`."""
    rays = rng.normal(size=(replicas, problem.x.shape[1]))
    starts: Array = share * problem.radius * rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return starts


def _project(error: Array, radius: float) -> None:
    length = np.sqrt(np.einsum("rd,rd->r", error, error))
    error *= (radius / np.maximum(length, radius))[:, None]
