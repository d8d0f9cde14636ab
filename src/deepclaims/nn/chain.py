"""Networks that are a chain of layers: their gradients by hand, without autograd's nodes.

Of a small network's step autograd takes half: nodes, tensors kept and laid out anew. A chain knows
what comes next. It rectifies in place, and goes back through the same tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

aten = torch.ops.aten


class Link(Protocol):
    """A layer of a chain. What flows has shape (R, n, units)."""

    def forward(self, h: Tensor) -> Tensor:
        """What comes out; keeps what `backward` needs. `h` may be written over."""

    def backward(self, g: Tensor) -> Tensor:
        """From ∂L/∂ output to ∂L/∂ input; `g` may be written over."""


class Chain:
    """Layers one after another.

    Args:
        links: they.
        first: number of the first one with parameters, where the way back ends.
    """

    def __init__(self, links: Sequence[Link], first: int) -> None:
        self.links = links
        self.way_back = list(links[first:])[::-1]

    def forward(self, x: Tensor) -> Tensor:
        """(R, n, d) -> (R, n, outputs)."""
        for link in self.links:
            x = link.forward(x)
        return x

    def backward(self, g: Tensor) -> Tensor:
        """From ∂L/∂ outputs, which may be written over, to the gradient of every parameter.

        Returns:
            ∂L/∂ inputs, where the first link with parameters gives it.
        """
        for link in self.way_back:
            g = link.backward(g)
        return g


class Fork:
    """A code that two chains read, as in a `JointAutoencoder`.

    Args:
        encode: makes it.
        answer, decode: read it, and give ∂L/∂ code; neither writes over it.
        decodes: whether the residuals of the decoded input are asked for now.
    """

    def __init__(
        self, encode: Chain, answer: Chain, decode: Chain, decodes: Callable[[], bool]
    ) -> None:
        self.encode, self.answer, self.decode, self.decodes = encode, answer, decode, decodes

    def forward(self, x: Tensor) -> Tensor:
        """(R, n, d) -> (R, n, answers), and where asked for the residuals in columns after them."""
        code = self.encode.forward(x)
        answers = self.answer.forward(code)
        if not self.decodes():
            return answers
        self.answers = answers.shape[-1]
        return torch.cat([answers, self.decode.forward(code).sub_(x)], -1)

    def backward(self, g: Tensor) -> Tensor:
        """From ∂L/∂ answers and residuals to the gradient of every parameter."""
        of_code = self.answer.backward(g[..., : self.answers])
        of_code += self.decode.backward(g[..., self.answers :])
        return self.encode.backward(of_code)


Slope = Callable[[Tensor, Tensor], Tensor]
"""(∂L/∂h, h = g(z)) -> ∂L/∂z, in the place of the first."""

IN_PLACE: Mapping[str, tuple[Callable[[Tensor], Tensor], Slope]] = MappingProxyType(
    {
        "relu": (
            torch.relu_,
            lambda g, h: aten.threshold_backward.grad_input(g, h, 0.0, grad_input=g),
        ),
        "tanh": (torch.tanh_, lambda g, h: aten.tanh_backward.grad_input(g, h, grad_input=g)),
        "sigmoid": (
            torch.sigmoid_,
            lambda g, h: aten.sigmoid_backward.grad_input(g, h, grad_input=g),
        ),
        "elu": (
            F.elu_,
            lambda g, h: aten.elu_backward.grad_input(g, 1.0, 1.0, 1.0, True, h, grad_input=g),
        ),
        "leaky_relu": (
            F.leaky_relu_,
            lambda g, h: aten.leaky_relu_backward.grad_input(g, h, 0.01, True, grad_input=g),
        ),
        "identity": (lambda z: z, lambda g, h: g),
    }
)
"""Activations whose slope follows from what they give, by their names in `activations`."""


class Bend:
    """h = g(z) for a g of `IN_PLACE`."""

    def __init__(self, name: str) -> None:
        self.function, self.slope = IN_PLACE[name]

    def forward(self, h: Tensor) -> Tensor:
        """g(z) in the place of z."""
        self.h = self.function(h)
        return self.h

    def backward(self, g: Tensor) -> Tensor:
        """g'(z) ∂L/∂h in the place of ∂L/∂h."""
        return self.slope(g, self.h)
