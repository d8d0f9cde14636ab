"""The noise ball of SGD: its bound at every time, where it is tight, loose, and where it breaks.

W_{t+1} = Π_Θ(W_t − α · mean of B sample gradients), samples i.i.d., with the projection Π_Θ that
the proof needs and the slides omit (L1 "Gradiente Descendente Estocástico por minibatch").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from deepclaims.evidence.outcome import Curve, Outcome, moments
from deepclaims.optim.population_problem import PROBLEMS as SHARED
from deepclaims.optim.population_problem import Constants, Problem, sign_regression
from deepclaims.optim.population_problem import constants as extremes
from deepclaims.optim.walks import iid, onto_ball, record, scattered
from deepclaims.optim.walks import walk as points_of

Array = np.ndarray
START = 0.9
"""‖W_0 − w*‖ as a share of D; directions are uniform."""
POINTS = 24
"""Times at which E‖W_t − w*‖² is kept, spaced by logarithm."""
COMPENSATED = 64
"""Trajectories whose chance is taken out step by step; they tell more than thousands."""
PROBLEMS: Mapping[str, Callable[[], Problem]] = MappingProxyType(
    {**SHARED, "tighter": lambda: sign_regression(3, 4.0, 1.0)}
)
"""`tighter`: the bound is attained up to 6 %."""


def constants(config: dict[str, Any], seed: int) -> Outcome:
    """σ², μ², c of a problem: the extremes over Θ of finite sums.

    Args:
        config: `problem`, a name in `PROBLEMS`.
        seed: not used: nothing is random.
    """
    return Outcome(_known(config["problem"]).as_dict())


def walk(config: dict[str, Any], seed: int) -> Outcome:
    """Run trajectories of SGD on one problem for 10/(αc) steps.

    Half of the steps, the burn-in, brings what is left of the start to e⁻¹⁰.

    Args:
        config: `problem`, `lr`, `batch`, `replicas`, `projected`, `looks`; see `Plan`.
        seed: of starts and samples.

    Returns:
        See `run`.
    """
    problem, known = PROBLEMS[config["problem"]](), _known(config["problem"])
    plan = Plan(
        alpha=float(config["lr"]),
        batch=int(config["batch"]),
        replicas=config["replicas"],
        steps=math.ceil(10 / (float(config["lr"]) * known.c)),
        projected=config["projected"],
        looks=config["looks"],
    )
    return run(problem, known, plan, seed)


@dataclass(frozen=True)
class Plan:
    """How to run.

    Args:
        alpha: learning rate.
        batch: samples a step, B.
        replicas: independent trajectories.
        steps: length of each.
        projected: whether steps end with the projection on Θ.
        looks: steps that are compared with their exact conditional expectation.
    """

    alpha: float
    batch: int
    replicas: int
    steps: int
    projected: bool = True
    looks: int = 200


def run(problem: Problem, known: Constants, plan: Plan, seed: int) -> Outcome:
    """Run the trajectories.

    Args:
        problem: with the population that samples come from.
        known: its constants, for the one-step inequality.
        plan: how to run.
        seed: of starts and samples.

    Returns:
        Metrics: `ball` and `ball_square`, mean over trajectories of the time average of
        ‖W_t − w*‖² over the second half, and of its square; `step_bias` and `step_bias_square`,
        the same of what a step did beyond its exact conditional expectation, in units of
        α²σ²/B; `recursion_gap`, the largest relative excess of that expectation over the
        slides' right-hand side at any state looked at; `final`, the mean at the end.
        Curves: `distance` and `distance_square` at the recorded times; `compensated` and its
        square, the same or more without the chance of the steps, see `ComparedStep`.
    """
    rng = np.random.default_rng([seed, plan.batch, round(plan.alpha * 1e9)])
    size, dimension = problem.x.shape
    kept = np.unique(np.geomspace(1, plan.steps, POINTS).round().astype(int)).tolist()
    step = ComparedStep(problem, known, plan, kept)
    points = points_of(
        START * problem.radius * scattered(rng, plan.replicas, dimension, 1.0),
        lambda error, samples: _gradient(problem, error, samples),
        step,
        plan.steps,
        draws=iid(rng, size, plan.batch, plan.replicas),
        project=onto_ball(problem.radius, _square) if plan.projected else None,
    )
    squares = record(points, _square, range(plan.steps + 1))
    metrics = {
        **moments("ball", squares[plan.steps // 2 + 1 :].mean(axis=0)),
        **moments("step_bias", step.bias()),
        "recursion_gap": step.gap,
        "final": float(squares[-1].mean()),
    }
    seen = [
        {**moments("distance", squares[t]), **moments("compensated", step.compensated[t])}
        for t in kept
    ]
    return Outcome(metrics, {name: Curve(kept, [each[name] for each in seen]) for name in seen[0]})


class ComparedStep:
    """A step of SGD, compared with what is expected of it, exactly.

    Of every trajectory some steps are. Of the first `COMPENSATED` all are, to tell without chance
    what E‖W_t − w*‖² does not exceed: with ρ = 1 − 2αc and D_t = ‖W_t − w*‖²,

        C_t = ρ C_{t−1} + E[D_t⁻ | W_{t−1}] − ρ D_{t−1},   C_0 = D_0,

    where D⁻ is before the projection. C_t − D_t sums what each step did beyond its expectation,
    which has mean zero, and what projections took away: E C_t ≥ E D_t, equal where nothing was
    projected, and C_t varies much less than D_t.

    Args:
        problem: with the population that samples come from.
        known: its constants.
        plan: how to run.
        kept: the times at which C_t is kept.

    Attributes:
        gap: the largest excess of E‖W_{t+1} − w*‖² over (1 − 2αc)‖W_t − w*‖² + α²(σ²/B + μ²),
            relative to it.
        compensated: C_t at the times kept, each `(COMPENSATED,)`.
    """

    def __init__(
        self, problem: Problem, known: Constants, plan: Plan, kept: Sequence[int] = ()
    ) -> None:
        self.problem, self.known, self.plan, self.kept = problem, known, plan, frozenset(kept)
        self.every = max(1, plan.steps // plan.looks)
        self.beyond, self.looks, self.gap = np.zeros(plan.replicas), 0, -math.inf
        self.compensated: dict[int, Array] = {}
        self._now: Array | None = None

    def __call__(self, error: Array, g: Array, t: int) -> None:
        """Take the step in place."""
        looked = (t - 1) % self.every == 0
        before = error[:COMPENSATED]
        expected = self.expected(error if looked else before)
        distance = _square(before)
        if looked:
            self.gap = max(self.gap, float((expected / self.allowed(error) - 1).max()))
        error -= self.plan.alpha * g
        if looked:
            self.beyond += _square(error) - expected
            self.looks += 1
        self._compensate(expected[:COMPENSATED], distance, t)

    def _compensate(self, expected: Array, before: Array, t: int) -> None:
        now = before if self._now is None else self._now
        self._now = (1 - 2 * self.plan.alpha * self.known.c) * (now - before) + expected
        if t in self.kept:
            self.compensated[t] = self._now

    def expected(self, error: Array) -> Array:
        """E[‖W_t − αg − w*‖² | W_t] of each trajectory, exactly, `(replicas,)`."""
        w, alpha = self.problem.minimiser + error, self.plan.alpha
        gradient, variance = gradient_and_variance(self.problem, w)
        return _square(error - alpha * gradient) + alpha**2 * variance / self.plan.batch

    def allowed(self, error: Array) -> Array:
        """The slides' right-hand side, `(replicas,)`."""
        alpha, known = self.plan.alpha, self.known
        noise = alpha**2 * (known.sigma2 / self.plan.batch + known.mu2)
        return (1 - 2 * alpha * known.c) * _square(error) + noise

    def bias(self) -> Array:
        """What steps did beyond their expectation, in units of α²σ²/B, `(replicas,)`."""
        sigma2 = max(self.known.sigma2, 1e-300)
        return self.beyond / (self.looks * self.plan.alpha**2 * sigma2 / self.plan.batch)


def gradient_and_variance(problem: Problem, w: Array) -> tuple[Array, Array]:
    """`Problem.gradient` and `Problem.variance` from slopes computed once, most of their work."""
    slopes = problem.slope(w @ problem.x.T, problem.y)
    mean = slopes @ problem.x / len(problem.y)
    slopes *= slopes
    square = slopes @ (problem.x**2).sum(axis=1) / len(problem.y)
    return mean + problem.ridge * w, square - (mean**2).sum(axis=1)


def _gradient(problem: Problem, error: Array, samples: Array) -> Array:
    """`Problem.minibatch_gradient` by matrix products, which round otherwise."""
    w, x = problem.minimiser + error, problem.x.take(samples, axis=0)
    slopes = problem.slope((x @ w[:, :, None])[:, :, 0], problem.y[samples])
    mean: Array = (slopes[:, None, :] @ x)[:, 0] / samples.shape[1] + problem.ridge * w
    return mean


def _square(error: Array) -> Array:
    square: Array = (error**2).sum(axis=1)
    return square


@cache
def _known(problem: str) -> Constants:
    """A worker runs many replicas of one problem and needs its constants once."""
    return extremes(PROBLEMS[problem]())
