"""The chain that a network of dense layers is, where one network is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepclaims.nn.activations import Activation
from deepclaims.nn.chain import IN_PLACE, Bend, Chain, Link
from deepclaims.nn.unit_noise import NoisyUnits


class Dense:
    """A dense layer of a chain; its gradients go where autograd would put them.

    Args:
        layer: it.
        first: whether nothing before it has parameters.
    """

    def __init__(self, layer: nn.Linear, *, first: bool) -> None:
        self.w, self.b, self.first = layer.weight, layer.bias, first

    def forward(self, h: Tensor) -> Tensor:
        """W h + b, (n, d_in) -> (n, d_out)."""
        self.h = h
        return torch.addmm(self.b, h, self.w.mT)

    def backward(self, g: Tensor) -> Tensor:
        """Wᵀ ∂L/∂z, but for the first, before which nothing asks for it."""
        self.w.grad, self.b.grad = g.mT @ self.h, g.sum(0)
        return g if self.first else g @ self.w


def dense_chain(network: nn.Module) -> Chain | None:
    """The chain that a network is, (n, d_0) -> (n, d_L); None where it is more, or has noise."""
    layers = getattr(network, "chain", None)
    if not isinstance(layers, list):  # another network may mean something else by that name
        return None
    links: list[Link] = []
    first: int | None = None
    for layer in layers:
        if isinstance(layer, nn.Linear):
            links.append(Dense(layer, first=first is None))
            first = len(links) - 1 if first is None else first
        elif isinstance(layer, Activation) and layer.name in IN_PLACE:
            links.append(Bend(layer.name))
        elif not (
            isinstance(layer, nn.Flatten) or (isinstance(layer, NoisyUnits) and layer.silent)
        ):
            return None
    return None if first is None else Chain(links, first)
