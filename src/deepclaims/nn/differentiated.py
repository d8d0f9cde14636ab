"""Functions of units with their derivatives, in place: for backpropagation written out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

_tanh_backward = torch.ops.aten.tanh_backward.grad_input
_relu_backward = torch.ops.aten.threshold_backward.grad_input


@dataclass(frozen=True)
class Differentiated:
    """y = g(z), and what goes back through it.

    Args:
        into: (z, y) -> None; writes y, which may lie where z does if `needs_z` is False.
        back: (∂/∂y, z, y, ∂/∂z) -> None; writes the last, which may lie where the first does.
        needs_z: whether `back` reads z.
    """

    into: Callable[[Tensor, Tensor], object]
    back: Callable[[Tensor, Tensor, Tensor, Tensor], object]
    needs_z: bool = False


def _softsign(z: Tensor, y: Tensor) -> None:
    torch.div(z, z.abs().add_(1.0), out=y)


def _softsign_back(above: Tensor, z: Tensor, y: Tensor, below: Tensor) -> None:
    torch.mul(above, y.abs().neg_().add_(1.0).square_(), out=below)


def _square_back(above: Tensor, z: Tensor, y: Tensor, below: Tensor) -> None:
    torch.mul(above, z, out=below).mul_(2.0)


DIFFERENTIATED: Mapping[str, Differentiated] = MappingProxyType(
    {
        "tanh": Differentiated(
            lambda z, y: torch.tanh(z, out=y),
            lambda above, z, y, below: _tanh_backward(above, y, grad_input=below),
        ),
        "relu": Differentiated(
            lambda z, y: torch.clamp_min(z, 0.0, out=y),
            lambda above, z, y, below: _relu_backward(above, y, 0.0, grad_input=below),
        ),
        "softsign": Differentiated(_softsign, _softsign_back),
        "square": Differentiated(
            lambda z, y: torch.square(z, out=y), _square_back, needs_z=True
        ),
    }
)  # fmt: skip
"""By name: softsign is z / (1 + |z|), whose derivative is (1 − |y|)²."""
