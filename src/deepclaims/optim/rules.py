"""The lectures' update rules as functions of tensors (L1 "Diferentes tipos de optimizadores").

A rule changes `theta` and its `state` in place from the gradients `g`, and keeps nothing itself.
All three are lists of tensors in step, so that torch's `_foreach_` kernels see them together. A
hyperparameter is a float, or a tensor (R,) with one value for each replica: then the first axis of
every tensor counts replicas, and one model and a thousand run the same code.

Letters are deck 1's: α learning rate, β₁ of the average m of g, β₂ of the average v of g², ε; t
counts updates from 1. `form` and `root` choose among what the decks and `torch.optim` write;
`docs/optimizers.md` says which of them are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from deepclaims.optim.arithmetic import (
    Number,
    Tensors,
    add_,
    add_each_,
    average_,
    average_squares_,
    mul_,
    operand,
    shift_,
)

State: TypeAlias = dict[str, list[Tensor]]
"""By the letter of its formula, one tensor for each of θ; empty before the first step."""

Form = Literal["sum", "average", "velocity"]
Root = Literal["outside", "inside"]


@torch.no_grad()
def sgd(theta: Tensors, g: Tensors, state: State, t: int, *, alpha: Number) -> None:
    """θ ← θ − α g."""
    add_(theta, g, -alpha)


@torch.no_grad()
def momentum(
    theta: Tensors,
    g: Tensors,
    state: State,
    t: int,
    *,
    alpha: Number,
    beta1: Number,
    form: Form = "sum",
    corrected: bool = False,
) -> None:
    """Momentum.

    Args:
        theta: parameters.
        g: gradients.
        state: m.
        t: which update this is, from 1.
        alpha: α.
        beta1: β₁; μ of the velocity.
        form: "average", deck 1's m ← β₁ m + (1 − β₁) g, θ ← θ − α m; "sum", torch's
            m ← β₁ m + g, θ ← θ − α m; "velocity", deck 2's m ← μ m − α g, θ ← θ + m.
        corrected: of the average: divided by 1 − β₁^t, its weights' sum.
    """
    m = _of(state, "m", theta)
    if form == "velocity":
        mul_(m, beta1)
        add_(m, g, -alpha)
        add_(theta, m, 1.0)
        return
    if form == "average":
        average_(m, g, beta1)
    else:
        mul_(m, beta1)
        add_(m, g, 1.0)
    add_(theta, m, -(alpha / (1 - beta1**t) if corrected else alpha))


@torch.no_grad()
def nesterov(
    theta: Tensors,
    g: Tensors,
    state: State,
    t: int,
    *,
    alpha: Number,
    beta1: Number,
    form: Form = "sum",
) -> None:
    """Nesterov's accelerated gradient.

    Args:
        theta: parameters; with "average" the points θ − αβ₁m at which deck 1 takes the gradient
            ("look ahead"), see `behind`.
        g: gradients there.
        state: m.
        t: which update this is, from 1.
        alpha: α.
        beta1: β₁; μ of the velocity.
        form: "average", deck 1's θ_t = θ_{t−1} − αβ₁m_{t−1} − α(1 − β₁) ∂L(θ_{t−1} − αβ₁m_{t−1});
            "sum", torch's m ← β₁ m + g, θ ← θ − α(g + β₁ m); "velocity", deck 2's m ← μ m − α g,
            θ ← θ + μ m − α g.
    """
    m = _of(state, "m", theta)
    if form == "velocity":
        mul_(m, beta1)
        add_(m, g, -alpha)
        add_(theta, m, beta1)
        add_(theta, g, -alpha)
        return
    if form == "average":
        # From one look-ahead point to the next: back by αβ₁m, a step, ahead by αβ₁ of the new m.
        average_(m, g, beta1)
        add_(theta, g, -alpha * (1 - beta1))
    else:
        mul_(m, beta1)
        add_(m, g, 1.0)
        add_(theta, g, -alpha)
    add_(theta, m, -alpha * beta1)


@torch.no_grad()
def behind(points: Tensors, state: State, *, alpha: Number, beta1: Number) -> list[Tensor]:
    """θ from deck 1's look-ahead points θ − αβ₁m."""
    theta = [point.detach().clone() for point in points]
    if "m" in state:
        add_(theta, state["m"], alpha * beta1)
    return theta


@torch.no_grad()
def adagrad(
    theta: Tensors,
    g: Tensors,
    state: State,
    t: int,
    *,
    alpha: Number,
    eps: Number,
    root: Root = "outside",
) -> None:
    """θ ← θ − α g / √(Σ g² + ε) with ε inside the root (both decks), or / (√Σ g² + ε) (torch)."""
    v = _of(state, "v", theta)
    torch._foreach_addcmul_(v, g, g)
    _divide(theta, g, v, alpha, eps, 1.0, root)


@torch.no_grad()
def rmsprop(
    theta: Tensors,
    g: Tensors,
    state: State,
    t: int,
    *,
    alpha: Number,
    beta2: Number,
    eps: Number,
    root: Root = "outside",
    corrected: bool = False,
) -> None:
    """θ ← θ − α g / √(v + ε) with v ← β₂ v + (1 − β₂) g² (both decks; torch: / (√v + ε)).

    Args:
        theta: parameters.
        g: gradients.
        state: v.
        t: which update this is, from 1.
        alpha: α.
        beta2: β₂; ρ of deck 2.
        eps: ε.
        root: where ε is.
        corrected: v / (1 − β₂^t) in v's place (deck 1 "RMSProp with bias correction").
    """
    v = _of(state, "v", theta)
    average_squares_(v, g, beta2)
    _divide(theta, g, v, alpha, eps, 1 - beta2**t if corrected else 1.0, root)


@torch.no_grad()
def adam(
    theta: Tensors,
    g: Tensors,
    state: State,
    t: int,
    *,
    alpha: Number,
    beta1: Number,
    beta2: Number,
    eps: Number,
    root: Root = "outside",
    hat_on_m: bool = True,
    decay: Number = 1.0,
) -> None:
    """θ ← θ − α m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁^t), v̂ = v/(1 − β₂^t).

    Args:
        theta: parameters.
        g: gradients.
        state: m and v.
        t: which update this is, from 1.
        alpha: α.
        beta1: β₁.
        beta2: β₂.
        eps: ε.
        root: "outside" (Kingma & Ba 2015, torch, deck 2) or "inside", √(v̂ + ε) (deck 1).
        hat_on_m: False divides m itself, as deck 1's formula is printed; its text has both
            averages corrected.
        decay: deck 2's λ: the average takes β₁ λ^(t−1), the correction still β₁^t.
    """
    m, v = _of(state, "m", theta), _of(state, "v", theta)
    average_(m, g, beta1 if _is_one(decay) else beta1 * decay ** (t - 1))
    average_squares_(v, g, beta2)
    rate = alpha / (1 - beta1**t) if hat_on_m else alpha
    _divide(theta, m, v, rate, eps, 1 - beta2**t, root)


@torch.no_grad()
def penalise_(g: Tensors, theta: Tensors, lambdas: Sequence[Number]) -> None:
    """Add λ θ, the gradient of λ/2 ‖θ‖², to g, with a λ for each tensor: L2 for any rule."""
    add_each_(g, theta, lambdas)


@torch.no_grad()
def shrink_(theta: Tensors, alpha: Number, lambdas: Sequence[Number]) -> None:
    """θ ← θ − αλθ with a λ for each tensor: decay apart from the gradient (AdamW)."""
    add_each_(theta, theta, [-alpha * own for own in lambdas])


def _divide(
    theta: Tensors, m: Tensors, v: Tensors, alpha: Number, eps: Number, mass: Number, root: Root
) -> None:
    """θ ← θ − α m / (√(v/mass) + ε), or with ε inside the root."""
    if root == "inside":
        below = torch._foreach_div(v, operand(mass, v))
        shift_(below, eps)
        torch._foreach_sqrt_(below)
    else:
        below = torch._foreach_sqrt(v)
        if not _is_one(mass):
            mul_(below, mass**-0.5)
        shift_(below, eps)
    if isinstance(alpha, Tensor):
        add_(theta, torch._foreach_div(m, below), -alpha)
    else:
        torch._foreach_addcdiv_(theta, m, below, value=-alpha)


def _of(state: State, letter: str, theta: Tensors) -> list[Tensor]:
    if letter not in state:
        state[letter] = [torch.zeros_like(x) for x in theta]
    return state[letter]


def _is_one(number: Any) -> bool:
    return not isinstance(number, Tensor) and number == 1
