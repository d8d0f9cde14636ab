"""Stochastic gradient descent, hundreds of trajectories in one array program.

W_{t+1} = Π_Θ(W_t − α · mean of B sample gradients), samples i.i.d. (L1 "Gradiente Descendente
Estocástico por minibatch"), with the projection Π_Θ that the proof needs and the slides omit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deepclaims.claims.optimisation.population_problem import Constants, Problem
from deepclaims.evidence.outcome import Curve, Outcome

Array = np.ndarray
CHUNK = 64  # steps whose samples are drawn at once


@dataclass(frozen=True)
class Walk:
    """How to run.

    Args:
        alpha: learning rate.
        batch: samples a step, B.
        replicas: independent trajectories.
        steps: length of each.
        start: ‖W_0 − w*‖ as a share of D; directions are uniform.
        projected: whether steps end with the projection on Θ.
        points: times at which E‖W_t − w*‖² is recorded, spaced by logarithm.
        looks: steps that are compared with their exact conditional expectation.
    """

    alpha: float
    batch: int
    replicas: int
    steps: int
    start: float = 0.9
    projected: bool = True
    points: int = 24
    looks: int = 200


@dataclass
class Tally:
    """Sums over the trajectories, kept while they run."""

    steps: list[int] = field(default_factory=list)
    mean: list[float] = field(default_factory=list)
    mean_square: list[float] = field(default_factory=list)
    gap: float = -np.inf


def burn_in_steps(alpha: float, c: float) -> int:
    """10/(αc): half of it, the burn-in, brings what is left of the start to e⁻¹⁰."""
    return int(np.ceil(10 / (alpha * c)))


def run(problem: Problem, exact: Constants, walk: Walk, seed: int) -> Outcome:
    """Run the trajectories and keep moments, from which errors over all seeds can be pooled.

    Args:
        problem: with the population that samples come from.
        exact: its constants, for the one-step inequality.
        walk: how to run.
        seed: of starts and samples.

    Returns:
        Metrics: `ball` and `ball_square`, mean over trajectories of the time average of
        ‖W_t − w*‖² over the second half, and of its square; `step_bias` and `step_bias_square`,
        the same of what a step did beyond its exact conditional expectation, in units of
        α²σ²/B; `recursion_gap`, the largest relative excess of that expectation over the
        slides' right-hand side at any state looked at; `final`, the mean at the end.
        Curves: `distance` and `distance_square` at the recorded times.
    """
    rng = np.random.default_rng([seed, walk.batch, round(walk.alpha * 1e9)])
    error = _directions(rng, walk.replicas, problem) * walk.start * problem.radius
    tally = Tally()
    ball, bias, looks = np.zeros(walk.replicas), np.zeros(walk.replicas), 0
    recorded = set(np.unique(np.geomspace(1, walk.steps, walk.points).round().astype(int)))
    look_every = max(1, walk.steps // walk.looks)
    for step in range(walk.steps):
        if step % CHUNK == 0:
            shape = (min(CHUNK, walk.steps - step), walk.replicas, walk.batch)
            samples = rng.integers(0, len(problem.y), shape)
        moved = error - walk.alpha * _gradient(problem, error, samples[step % CHUNK])
        if step % look_every == 0:
            expected = expected_square(problem, error, walk)
            tally.gap = max(tally.gap, _gap(error, expected, exact, walk))
            bias += (moved**2).sum(axis=1) - expected
            looks += 1
        error = _project(moved, problem.radius) if walk.projected else moved
        square = (error**2).sum(axis=1)
        if step + 1 in recorded:
            tally.steps.append(step + 1)
            tally.mean.append(float(square.mean()))
            tally.mean_square.append(float((square**2).mean()))
        if step + 1 > walk.steps // 2:
            ball += square
    ball /= walk.steps - walk.steps // 2
    bias /= looks * walk.alpha**2 * max(exact.sigma2, 1e-300) / walk.batch
    return Outcome(
        metrics={
            "ball": float(ball.mean()),
            "ball_square": float((ball**2).mean()),
            "step_bias": float(bias.mean()),
            "step_bias_square": float((bias**2).mean()),
            "recursion_gap": tally.gap,
            "final": tally.mean[-1],
        },
        curves={
            "distance": Curve(tally.steps, tally.mean),
            "distance_square": Curve(tally.steps, tally.mean_square),
        },
    )


def expected_square(problem: Problem, error: Array, walk: Walk) -> Array:
    """E[‖W_t − αg − w*‖² | W_t] of each trajectory, exactly, `(replicas,)`."""
    w = problem.minimiser + error
    drift = error - walk.alpha * problem.gradient(w)
    noise = walk.alpha**2 * problem.variance(w) / walk.batch
    expected: Array = (drift**2).sum(axis=1) + noise
    return expected


def _gap(error: Array, expected: Array, exact: Constants, walk: Walk) -> float:
    """Excess over (1 − 2αc)‖W_t − w*‖² + α²(σ²/B + μ²), relative to it."""
    square = (error**2).sum(axis=1)
    allowed = (1 - 2 * walk.alpha * exact.c) * square + walk.alpha**2 * (
        exact.sigma2 / walk.batch + exact.mu2
    )
    return float((expected / allowed - 1).max())


def _gradient(problem: Problem, error: Array, samples: Array) -> Array:
    """Mean gradient of each trajectory's minibatch, `(replicas, d)`."""
    w = problem.minimiser + error
    x = problem.x[samples]  # (replicas, batch, d)
    slopes = problem.slope((x @ w[:, :, None])[:, :, 0], problem.y[samples])
    mean: Array = (slopes[:, None, :] @ x)[:, 0] / samples.shape[1] + problem.ridge * w
    return mean


def _project(error: Array, radius: float) -> Array:
    length = np.sqrt((error**2).sum(axis=1, keepdims=True))
    projected: Array = error * np.minimum(1.0, radius / np.maximum(length, radius))
    return projected


def _directions(rng: np.random.Generator, replicas: int, problem: Problem) -> Array:
    rays = rng.normal(size=(replicas, problem.x.shape[1]))
    unit: Array = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return unit
