"""A stack of small classifiers trained by Adam, each kept as validation liked it best.

Batches are drawn afresh at every step, so there is no training set to memorise. A replica leaves
the stack once it solves its problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from deepclaims.training.objectives import cross_entropies
from deepclaims.training.stack import Descent, Weights, by_adam, train_stack

Problem = Callable[[int, int, Generator], tuple[Tensor, Tensor]]
"""(replicas, n, generator) -> inputs (R, steps, n, d) and classes (R, n)."""
Net = Callable[[Weights, Tensor], Tensor]
"""(weights, inputs) -> logits (R, n, classes)."""

SOLVED = 0.99
"""Validation accuracy at which a replica stops."""


@dataclass(frozen=True)
class Plan:
    """How long and how a stack is trained.

    Args:
        steps: at most.
        batch: samples of a step.
        clip: largest norm of a replica's gradient.
        look: steps between two looks at validation.
        validation: samples of a look, fixed for the training.
    """

    steps: int
    batch: int = 64
    clip: float = 1.0
    look: int = 25
    validation: int = 256


@dataclass(frozen=True)
class Trained:
    """What became of R nets: each as it was at its best look at validation.

    Args:
        weights: of that look.
        accuracy: on validation there, (R,).
        steps: taken when it was, (R,).
    """

    weights: Weights
    accuracy: Tensor
    steps: Tensor


def train_classifiers(
    net: Net, weights: Weights, rates: Tensor, problem: Problem, plan: Plan, seed: int
) -> Trained:
    """Train R classifiers on fresh batches; keep each as it was when validation liked it best.

    Args:
        net: what the weights mean.
        weights: where they start.
        rates: Adam's, (R,).
        problem: draws samples.
        plan: see `Plan`.
        seed: of the samples.
    """
    draws, replicas = Generator().manual_seed(seed), len(rates)
    x_look, y_look = problem(replicas, plan.validation, draws)
    best = {name: w.clone() for name, w in weights.items()}
    accuracy, steps = torch.full((replicas,), -1.0), torch.zeros(replicas, dtype=torch.long)
    left = torch.arange(replicas)

    def look(t: int, descent: Descent) -> Tensor | None:
        nonlocal left
        if t == 0:
            return None
        now = accuracies(net, descent.weights, x_look[left], y_look[left])
        better = now > accuracy[left]
        rows = left[better]
        accuracy[rows], steps[rows] = now[better], t
        for name, w in descent.weights.items():
            best[name][rows] = w.detach()[better]
        left = left[now < SOLVED]
        return now < SOLVED

    train_stack(
        by_adam(weights, rates, clip=plan.clip),
        lambda now, batch: cross_entropy(net(now, batch[0]), batch[1]),
        lambda n: problem(n, plan.batch, draws),
        plan.steps,
        look,
        plan.look,
    )
    return Trained(best, accuracy, steps)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """Mean cross entropy of each replica, summed over them."""
    return cross_entropies(logits, y).sum() / y.shape[1]


@torch.no_grad()
def accuracies(net: Net, weights: Weights, x: Tensor, y: Tensor) -> Tensor:
    """Share of right answers of each replica, (R,)."""
    return (net(weights, x).argmax(-1) == y).float().mean(1)
