"""Many networks of one shape as one network: parameters (R, …), replicas folded into the batch.

What flows has shape (R·n, …), replica r in rows r·n to (r + 1)·n. So a layer that treats samples
alike (activation, pooling, flattening), and every `forward` that only passes samples on, is as it
was; layers with parameters, and dropout, unfold the replicas and treat each with its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.nn.stacked_chain import chain_of
from deepclaims.nn.stacked_layers import (
    ALIGNMENT,
    Room,
    StackedConvolution,
    StackedLinear,
    StackedNoisyUnits,
    StackedRecurrence,
)
from deepclaims.nn.unit_noise import NoisyUnits

STACKED: Mapping[type[nn.Module], Callable[..., nn.Module]] = MappingProxyType(
    {
        nn.Linear: StackedLinear,
        nn.Conv2d: StackedConvolution,
        nn.LSTM: StackedRecurrence,
        nn.RNN: StackedRecurrence,
        NoisyUnits: StackedNoisyUnits,
    }
)
"""What takes the place of a layer."""


def stack_layers(network: nn.Module, replicas: int) -> nn.Module:
    """Give every layer of `network` room for `replicas` sets of parameters (in place).

    Raises:
        TypeError: a layer with parameters that is not in `STACKED`.
    """
    if type(network) in STACKED:
        return STACKED[type(network)](network, replicas)
    if any(True for _ in network.parameters(recurse=False)):
        raise TypeError(f"layers of type {type(network).__name__} cannot be stacked")
    for name, child in network.named_children():
        network.add_module(name, stack_layers(child, replicas))
    return network


class Stack(nn.Module):
    """R networks in one, all their numbers in one matrix θ (R, P).

    One matrix, so that an update is one call for all layers, a number of a replica is a column
    beside it, and replicas can leave.

    Args:
        template: a network of their shape; it becomes the stacked one.
        networks: their weights.

    Attributes:
        theta: (R, P), what the layers see; a row is a network's parameters in their order, and
            zeros up to the next multiple of `ALIGNMENT`.
        quantum: n is to be a multiple of this, so that each replica's part of all that flows
            starts at a line of the cache.
    """

    def __init__(self, template: nn.Module, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.network = stack_layers(template, len(networks))
        # Listed once: to find them in the layers takes longer than a small matrix product.
        self.parts = list(self.network.parameters())
        self.parameters_each = sum(p[0].numel() for p in self.parts)
        self.padding = -self.parameters_each % ALIGNMENT
        weights = [p[0] for p in self.parts if p[0].ndim > 1]
        widths = [size for w in weights for size in (w.shape[0], w[0].numel())]
        self.quantum = ALIGNMENT // math.gcd(ALIGNMENT, *widths)
        rows = [torch.cat([p.detach().flatten() for p in own.parameters()]) for own in networks]
        self.slope = torch.empty(0)
        self.load(F.pad(torch.stack(rows), (0, self.padding)))

    def __len__(self) -> int:
        return len(self.theta)

    def load(self, theta: Tensor) -> None:
        """Take other numbers: `theta` (R, P), for any R."""
        self.theta = theta
        for p, own in zip(self.parts, self._columns(theta), strict=True):
            p.data = own
        if self.slope.shape != theta.shape or self.slope.device != theta.device:
            self._make_room()

    def _make_room(self) -> None:
        """Let the layers that can write gradients where they belong, and chain them up."""
        self.slope = torch.zeros_like(self.theta)
        self.rooms = [Room(place) for place in self._columns(self.slope)]
        of = {id(p): room for p, room in zip(self.parts, self.rooms, strict=True)}
        for layer in self.network.modules():
            if isinstance(layer, StackedLinear):
                layer.rooms = of[id(layer.weight)], of[id(layer.bias)]
        self.chain = chain_of(self.network)

    def _columns(self, matrix: Tensor) -> Iterator[Tensor]:
        """What in a matrix (R, P) belongs to each parameter, in its shape."""
        start = 0
        for p in self.parts:
            size = p[0].numel()
            yield matrix[:, start : start + size].view(len(matrix), *p.shape[1:])
            start += size

    def forward(self, *inputs: Tensor) -> Tensor:
        """(R·n, …) -> (R·n, …)."""
        return self.network(*inputs)

    def descent(
        self, inputs: Sequence[Tensor], slopes: Callable[[Tensor], tuple[Tensor, Tensor]]
    ) -> tuple[Tensor, Tensor]:
        """Losses (R,) of what comes out, and ∂ Σ losses / ∂ θ (R, P); see `gradient`.

        Args:
            inputs: each (R·n, …).
            slopes: of outputs (R·n, …), their losses (R,) and the gradient of the sum of these.
        """
        if self.chain is None:
            outputs = self(*inputs)
            losses, slope = slopes(outputs.detach())
            return losses, self.gradient(outputs, slope)
        outputs = self.outputs(inputs)
        losses, slope = slopes(outputs)
        with torch.no_grad():
            self.chain.backward(slope.view(len(self), -1, outputs.shape[-1]))
        return losses, self.slope

    @torch.no_grad()
    def outputs(self, inputs: Sequence[Tensor]) -> Tensor:
        """What comes out, (R·n, …), where nobody asks for a gradient."""
        if self.chain is None:
            return self(*inputs)
        return self.chain.forward(inputs[0].view(len(self), -1, inputs[0][0].numel())).flatten(0, 1)

    def gradient(self, outputs: Tensor, slope: Tensor | None = None) -> Tensor:
        """∂ L / ∂ θ, (R, P); the next call writes over it.

        Args:
            outputs: L itself; or what it depends on, with
            slope: ∂ L / ∂ outputs.
        """
        gradients = torch.autograd.grad(outputs, self.parts, slope)
        for room, own in zip(self.rooms, gradients, strict=True):
            room.settle(own)
        return self.slope

    def noisy_layers(self) -> list[StackedNoisyUnits]:
        """Its layers of noise, in their order."""
        return [
            module for module in self.network.modules() if isinstance(module, StackedNoisyUnits)
        ]
