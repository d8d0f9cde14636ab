"""Small hand-written nets trained together: a stack of R nets, a rule of `optim.rules`, a loop.

A weight of a stack is one tensor (R, …) and a batch another, so that a step of R nets is one tensor
program; a replica learns as it would alone. For networks built of `nn.Module`s and trained by a
composed config see `training.replicas`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from deepclaims.optim import rules
from deepclaims.optim.arithmetic import Number
from deepclaims.optim.stacked import FUSED

Weights = dict[str, Tensor]
"""By name, each (R, …)."""
Rule = Callable[..., None]
"""As those of `optim.rules`: (theta, g, state, t, **numbers), in place."""
Batches = Callable[[int], Any]
"""(replicas left) -> a batch for each of them."""
Loss = Callable[[Weights, Any], Tensor]
"""(weights, batch) -> losses (R,), or their sum."""
Gradients = Callable[[Weights, Any], Sequence[Tensor]]
"""(weights, batch) -> gradients of the sum of the replicas' losses, one a weight."""
Look = Callable[[int, "Descent"], Tensor | None]
"""(steps taken, stack) -> which of the replicas left go on, bool (left,); None: all."""

ADAM: Mapping[str, float] = MappingProxyType({"beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
"""Constants of `rules.adam` as Kingma & Ba 2015 advise."""


class Descent:
    """A rule at work on the nets of a stack.

    Args:
        weights: where they start; not changed.
        rule: one of `optim.rules`.
        clip: largest norm of a replica's gradient; None: as it is, and no norm is taken.
        numbers: the rule's, each for all or (R,), one for each replica.
    """

    def __init__(
        self, weights: Weights, rule: Rule, *, clip: float | None = None, **numbers: Number
    ) -> None:
        self.weights = {name: w.detach().clone().requires_grad_() for name, w in weights.items()}
        self.rule, self.clip, self.numbers, self.t = rule, clip, numbers, 0
        self.state: rules.State = {}

    def step(self, losses: Tensor) -> Tensor | None:
        """Descend on the sum of the replicas' losses; see `along`."""
        return self.along(torch.autograd.grad(losses.sum(), [*self.weights.values()]))

    def along(self, gradients: Sequence[Tensor]) -> Tensor | None:
        """A step along gradients at hand, one a weight.

        Returns:
            Where they are clipped, their norms before that, (R,).
        """
        norms = None
        if self.clip is not None:
            each = [torch.linalg.vector_norm(g.flatten(1), dim=1) for g in gradients]
            norms = torch.linalg.vector_norm(torch.stack(each), dim=0)
            factor = (self.clip / norms).clamp(max=1.0)
            gradients = [g * factor.view(-1, *[1] * (g.ndim - 1)) for g in gradients]
        self.t += 1
        theta = [*self.weights.values()]
        self.rule(theta, list(gradients), self.state, self.t, **self.numbers)
        return norms

    def keep(self, kept: Tensor) -> None:
        """Go on with the replicas `kept` alone, by number."""
        self.weights = {name: w.detach()[kept].requires_grad_() for name, w in self.weights.items()}
        self.state = {letter: [x[kept] for x in each] for letter, each in self.state.items()}
        self.numbers = {
            name: each[kept] if isinstance(each, Tensor) and each.ndim else each
            for name, each in self.numbers.items()
        }


def by_adam(weights: Weights, rates: Tensor, *, clip: float | None = None) -> Descent:
    """A descent by Adam; where one rate serves all nets, in one pass over each weight.

    Args:
        weights: where they start; not changed.
        rates: of each replica, (R,).
        clip: see `Descent`.
    """
    first = float(rates[0])
    if bool((rates == first).all()):
        return Descent(weights, FUSED[rules.adam], clip=clip, alpha=first, **ADAM)
    return Descent(weights, rules.adam, clip=clip, alpha=rates, **ADAM)


def train_stack(
    descent: Descent,
    loss: Loss,
    batches: Batches,
    steps: int,
    look: Look | None = None,
    every: int = 1,
) -> None:
    """`train_along` the gradients that autograd finds.

    Args:
        descent: the stack, trained in place.
        loss: of each replica.
        batches: see `train_along`, as the others.
        steps: at most.
        look: at the nets.
        every: steps between two looks.
    """

    def gradients(weights: Weights, batch: Any) -> Sequence[Tensor]:
        return torch.autograd.grad(loss(weights, batch).sum(), [*weights.values()])

    train_along(descent, gradients, batches, steps, look, every)


def train_along(
    descent: Descent,
    gradients: Gradients,
    batches: Batches,
    steps: int,
    look: Look | None = None,
    every: int = 1,
) -> None:
    """Take steps on fresh batches, and look at the nets on the way.

    Args:
        descent: the stack, trained in place.
        gradients: of the replicas' losses.
        batches: draws a batch for as many replicas as are left.
        steps: at most.
        look: called before the first step, each `every` steps and after the last: records what it
            wants, and says which replicas go on.
        every: steps between two looks.
    """
    for t in range(steps + 1):
        if t:
            batch = batches(len(next(iter(descent.weights.values()))))
            descent.along(gradients(descent.weights, batch))
        if look is None or (t % every and t != steps):
            continue
        going = look(t, descent)
        if going is None or bool(going.all()):
            continue
        if not bool(going.any()):
            return
        descent.keep(going.nonzero()[:, 0])


def join(parts: Sequence[Weights]) -> Weights:
    """One stack from several of the same shapes."""
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
