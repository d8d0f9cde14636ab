"""Rules that give their components less than a rate each: one for all, or one for each tensor.

They stand beside the adaptive rules of `optim.rules` as what is left of these without a rate of
each component's own, and are called alike: (theta, g, state, t, **numbers), in place. Tensors are
stacks: the first axis counts replicas, and α `(R,)` has one rate for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from deepclaims.optim import rules
from deepclaims.optim.arithmetic import Number


def decaying_sgd(
    theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *, alpha: Number
) -> None:
    """θ ← θ − α g/√t."""
    rules.sgd(theta, g, state, t, alpha=alpha / t**0.5)


def one_rate(
    theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *, alpha: Tensor, eps: float
) -> None:
    """AdaGrad with one rate for all components: θ ← θ − α g/√(Σ‖g‖² + ε)."""
    total = state.setdefault("v", [torch.zeros_like(alpha)])[0]
    total += torch.stack([each.flatten(1).square().sum(1) for each in g]).sum(0)
    rules.sgd(theta, g, state, t, alpha=alpha / (total + eps).sqrt())


@torch.no_grad()
def layer_rates(
    theta: list[Tensor],
    g: list[Tensor],
    state: rules.State,
    t: int,
    *,
    alpha: Tensor,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """Adam with one denominator for each tensor `(R, n, m)`: the mean of v over it in v's place."""
    if not state:
        state["m"] = [torch.zeros_like(each) for each in g]
        state["v"] = [torch.zeros(len(alpha), 1, 1) for _ in g]
    for w, own, m, v in zip(theta, g, state["m"], state["v"], strict=True):
        m.lerp_(own, 1 - beta1)
        v.lerp_(own.square().mean((1, 2), keepdim=True), 1 - beta2)
        below = (v / (1 - beta2**t)).sqrt() + eps
        w -= alpha.to(w)[:, None, None] * m / (1 - beta1**t) / below


def falling(rule: Callable[..., None], steps: int) -> Callable[..., None]:
    """The rule with α falling linearly, to 0 after `steps`."""

    def step(
        theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *,
        alpha: Number, **numbers: Any,
    ) -> None:  # fmt: skip
        rule(theta, g, state, t, alpha=alpha * (1 - (t - 1) / steps), **numbers)

    return step
