"""Arithmetic on lists of tensors with numbers that may differ from replica to replica.

Everything is in place and goes through torch's `_foreach_` kernels, lists at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

Number: TypeAlias = float | Tensor
"""One for all, or (R,): one for each replica, along the first axis of every tensor."""

Tensors: TypeAlias = list[Tensor] | tuple[Tensor, ...]


def add_(xs: Tensors, ys: Tensors, factor: Number) -> None:
    """Set x ← x + factor · y."""
    if isinstance(factor, Tensor):
        torch._foreach_addcmul_(xs, ys, spread(factor, xs))
    else:
        torch._foreach_add_(xs, ys, alpha=factor)


def mul_(xs: Tensors, factor: Number) -> None:
    """Set x ← factor · x."""
    torch._foreach_mul_(xs, operand(factor, xs))


def average_(ms: Tensors, xs: Tensors, beta: Number) -> None:
    """Set m ← β m + (1 − β) x, the exponentially weighted average."""
    torch._foreach_lerp_(ms, xs, operand(1 - beta, ms))


def average_squares_(vs: Tensors, xs: Tensors, beta: Number) -> None:
    """Set v ← β v + (1 − β) x²."""
    mul_(vs, beta)
    if isinstance(beta, Tensor):
        weighted = torch._foreach_mul(xs, spread(1 - beta, xs))
        torch._foreach_addcmul_(vs, weighted, xs)
    else:
        torch._foreach_addcmul_(vs, xs, xs, value=1 - beta)


def spread(number: Tensor, xs: Tensors) -> list[Tensor]:
    """(R,) -> for each x (R, …) the same numbers as (R, 1, …), in its type.

    Hyperparameters stay in double precision until here: in single, 1 − β₂^t would at first keep
    only four digits.
    """
    return [number.view(-1, *[1] * (x.ndim - 1)).to(x.dtype) for x in xs]


def operand(number: Number, xs: Tensors) -> Any:
    """What a `_foreach_` function takes for `number`: a number, or a tensor for each x."""
    return spread(number, xs) if isinstance(number, Tensor) else number


def shift_(xs: Tensors, by: Number) -> None:
    """Set x ← x + by."""
    torch._foreach_add_(xs, operand(by, xs))


def add_each_(xs: Tensors, ys: Tensors, factors: Sequence[Number]) -> None:
    """Set x ← x + factor · y with a factor for each: a number, (R,), or in the shape of x."""
    for x, y, factor in zip(xs, ys, factors, strict=True):
        if isinstance(factor, Tensor):
            x.addcmul_(y, spread(factor, [x])[0] if factor.ndim == 1 else factor)
        elif factor:
            x.add_(y, alpha=factor)
