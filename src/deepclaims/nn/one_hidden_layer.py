"""ReLU nets of one hidden layer, R of them at once: what they answer, and gradients by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

aten = torch.ops.aten


def hidden_layer(weights: Sequence[Tensor], x: Tensor) -> Tensor:
    """max(0, x W₁ + b₁), (R, n, units).

    Args:
        weights: W₁ (R, d, units) and b₁ (R, 1, units), and whatever comes after them.
        x: (n, d) for all nets, or (R, n, d).
    """
    z: Tensor = x @ weights[0]
    return z.add_(weights[1]).relu_()


@torch.no_grad()
def gradients(
    weights: Sequence[Tensor], x: Tensor, slopes: Callable[[Tensor], Tensor]
) -> tuple[Tensor, ...]:
    """Of the sum of the nets' losses, one for each of the weights.

    Args:
        weights: W₁ (R, d, units), b₁ (R, 1, units), W₂ (R, units, outputs) and b₂ (R, 1, outputs).
        x: (n, d) for all nets, or (R, n, d).
        slopes: from outputs (R, n, outputs) to the gradient along them.
    """
    hidden = hidden_layer(weights, x)
    after = slopes((hidden @ weights[2]).add_(weights[3]))
    before = after @ weights[2].mT
    aten.threshold_backward.grad_input(before, hidden, 0.0, grad_input=before)
    return (
        x.mT @ before,
        before.sum(-2, keepdim=True),
        hidden.mT @ after,
        after.sum(-2, keepdim=True),
    )
