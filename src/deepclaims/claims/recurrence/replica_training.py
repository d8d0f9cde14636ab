"""Adam over a stack of small nets, each with its own rate, that leave the stack once they solve it.

Batches are drawn afresh at every step, so there is no training set to memorise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.claims.recurrence.recurrent_replicas import Weights, choose
from deepclaims.optim import rules

Problem = Callable[[int, int, Generator], tuple[Tensor, Tensor]]
"""(replicas, n, generator) -> inputs (R, steps, n, d) and classes (R, n)."""
Net = Callable[[Weights, Tensor], Tensor]
"""(weights, inputs) -> logits (R, n, classes)."""

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
SOLVED = 0.99  # validation accuracy at which a replica stops


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


class Adam:
    """Adam (Kingma & Ba 2015) for R nets, with a rate each and the norm of each gradient clipped.

    Args:
        weights: trained in place; leaves of the graph.
        rates: (R,).
        clip: largest norm of a replica's gradient; None: as it is.
    """

    def __init__(self, weights: Weights, rates: Tensor, clip: float | None) -> None:
        self.weights = {name: w.detach().clone().requires_grad_() for name, w in weights.items()}
        self.rates, self.clip, self.t = rates, clip, 0
        self.state: rules.State = {}

    def step(self, loss: Tensor) -> Tensor:
        """Descend on the sum of the replicas' losses; gives the norms before clipping, (R,)."""
        theta = [*self.weights.values()]
        gradients = torch.autograd.grad(loss, theta)
        norms = torch.stack([g.flatten(1).square().sum(1) for g in gradients]).sum(0).sqrt()
        factor = torch.ones_like(norms)
        if self.clip is not None:
            factor = (self.clip / norms).clamp(max=1.0)
        clipped = [g * factor.view(-1, *[1] * (g.ndim - 1)) for g in gradients]
        self.t += 1
        rules.adam(
            theta, clipped, self.state, self.t,
            alpha=self.rates, beta1=BETA1, beta2=BETA2, eps=EPSILON,
        )  # fmt: skip
        return norms

    def keep(self, kept: Tensor) -> None:
        """Go on with the replicas `kept`, by number."""
        chosen = choose(self.weights, kept)
        self.weights = {name: w.detach().requires_grad_() for name, w in chosen.items()}
        self.state = {letter: [x[kept] for x in each] for letter, each in self.state.items()}
        self.rates = self.rates[kept]


def train(
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
    draws = Generator().manual_seed(seed)
    replicas = len(rates)
    x_look, y_look = problem(replicas, plan.validation, draws)
    best = {name: w.clone() for name, w in weights.items()}
    accuracy, steps = torch.full((replicas,), -1.0), torch.zeros(replicas, dtype=torch.long)
    left, optimiser = torch.arange(replicas), Adam(weights, rates, plan.clip)
    for t in range(1, plan.steps + 1):
        x, y = problem(len(left), plan.batch, draws)
        optimiser.step(loss(net(optimiser.weights, x), y))
        if t % plan.look and t != plan.steps:
            continue
        now = accuracies(net, optimiser.weights, x_look[left], y_look[left])
        better = now > accuracy[left]
        rows = left[better]
        accuracy[rows], steps[rows] = now[better], t
        for name, w in optimiser.weights.items():
            best[name][rows] = w.detach()[better]
        kept = (now < SOLVED).nonzero()[:, 0]
        if len(kept) < len(left):
            left = left[kept]
            optimiser.keep(kept)
        if not len(left):
            break
    return Trained(best, accuracy, steps)


def loss(logits: Tensor, y: Tensor) -> Tensor:
    """Mean cross entropy of each replica, summed over them."""
    return F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum") / y.shape[1]


@torch.no_grad()
def accuracies(net: Net, weights: Weights, x: Tensor, y: Tensor) -> Tensor:
    """Share of right answers of each replica, (R,)."""
    return (net(weights, x).argmax(-1) == y).float().mean(1)
