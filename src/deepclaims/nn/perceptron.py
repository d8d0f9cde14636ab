"""The multilayer perceptron."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from deepclaims.nn.activations import Activation
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise


class Perceptron(nn.Module):
    """z_l = W_l h_{l-1} + b_l, h_l = g(z_l); the last layer is linear.

    Args:
        sizes: d_0 … d_L, the widths from the inputs to the outputs.
        activation: g of the hidden layers.
        noise: on h_0 (the inputs) and on h_1 … h_{L-1}.
    """

    def __init__(self, sizes: list[int], activation: str, noise: UnitNoise) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten(), *_audible(noise.on_inputs())]
        for d_in, d_out in pairwise(sizes[:-1]):
            layers += [nn.Linear(d_in, d_out), Activation(activation), *_audible(noise.on_hidden())]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) samples of d_0 numbers -> (n, d_L)."""
        return self.layers(x)

    @property
    def chain(self) -> list[nn.Module]:
        """Its layers, which are all there is to it."""
        return list(self.layers)


def perceptron(
    interface: Interface,
    noise: UnitNoise,
    *,
    depth: int = 2,
    width: int = 128,
    activation: str = "relu",
) -> Perceptron:
    """`depth` hidden layers of `width` units; depth 0 is a linear model."""
    sizes = [interface.features, *[width] * depth, interface.outputs]
    return Perceptron(sizes, activation, noise)


def _audible(layer: NoisyUnits) -> list[nn.Module]:
    return [] if layer.silent else [layer]
