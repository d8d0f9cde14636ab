"""The links of a chain of stacked layers, which write their gradients where these belong."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepclaims.nn.activations import Activation
from deepclaims.nn.chain import IN_PLACE, Bend, Chain, Fork, Link
from deepclaims.nn.products import product
from deepclaims.nn.stacked_layers import (
    StackedLinear,
    StackedNoisyUnits,
    aligned,
)

WRITTEN_FROM = 2**12
"""Numbers of a matrix from which on its gradient is written where it belongs: smaller ones, and
tall ones, are multiplied faster, along their longer side, into a tensor that lies densely, and
copied."""
TALL = 4
"""Rows to a column from which on a matrix is tall."""


class Dense:
    """A `StackedLinear` of a chain, which writes its gradients into their rooms.

    Args:
        layer: with rooms, as a stack makes them.
        first: whether nothing before it asks for a gradient.
    """

    def __init__(self, layer: StackedLinear, *, first: bool) -> None:
        self.w, self.b, self.first = layer.weight, layer.bias, first
        w_room, b_room = layer.rooms
        assert w_room
        assert b_room
        self.w_slope, self.b_slope = w_room.place, b_room.place
        _, rows, columns = self.w.shape
        self.tall = rows > columns
        copied = rows * columns < WRITTEN_FROM or rows >= TALL * columns
        self.dense = aligned(self.w.mT if self.tall else self.w) if copied else None

    def forward(self, h: Tensor) -> Tensor:
        """W h + b."""
        self.h = h
        return product(h, self.w.mT).add_(self.b[:, None])

    def backward(self, g: Tensor) -> Tensor:
        """Wᵀ ∂L/∂z, but for the first, before which nothing asks for it."""
        if self.dense is None:
            torch.bmm(g.mT, self.h, out=self.w_slope)
        elif self.tall:
            self.w_slope.copy_(torch.bmm(self.h.mT, g, out=self.dense).mT)
        else:
            self.w_slope.copy_(torch.bmm(g.mT, self.h, out=self.dense))
        torch.sum(g, 1, out=self.b_slope)
        return g if self.first else torch.bmm(g, self.w)


class Noise:
    """A `StackedNoisyUnits` of a chain."""

    def __init__(self, layer: StackedNoisyUnits) -> None:
        self.layer = layer

    def forward(self, h: Tensor) -> Tensor:
        """What comes out."""
        self.mask, addend = self.layer.drawn(h.flatten(0, 1))
        if self.mask is not None:
            h = h * self.mask.view(h.shape)
        return h if addend is None else h + addend.view(h.shape)

    def backward(self, g: Tensor) -> Tensor:
        """Through the units that were kept."""
        return g if self.mask is None else g.mul_(self.mask.view(g.shape))


def chain_of(network: nn.Module) -> Chain | Fork | None:
    """The chain, or fork, that a stacked network is; None where a layer has no link."""
    fork = getattr(network, "fork", None)
    if not isinstance(fork, tuple):  # another network may mean something else by that name
        return _chain(network)
    encode, answer, decode = (_chain(own, ends=place == 0) for place, own in enumerate(fork))
    if encode is None or answer is None or decode is None:
        return None
    return Fork(encode, answer, decode, lambda: network.training)


def _chain(network: nn.Module, *, ends: bool = True) -> Chain | None:
    """The chain that a stacked network is; None where it is more, or a layer has no link.

    Args:
        network: it.
        ends: whether the way back does at its first parameters; else it goes on to what comes in,
            which is not written over.
    """
    links: list[Link] = []
    first: int | None = None
    for layer in getattr(network, "chain", [nn.Identity()]):
        if isinstance(layer, StackedLinear):
            links.append(Dense(layer, first=ends and first is None))
            first = len(links) - 1 if first is None else first
        elif isinstance(layer, StackedNoisyUnits):
            links.append(Noise(layer))
        elif isinstance(layer, Activation) and layer.name in IN_PLACE and (ends or links):
            links.append(Bend(layer.name))
        elif not isinstance(layer, nn.Flatten):
            return None
    return None if first is None else Chain(links, first if ends else 0)
