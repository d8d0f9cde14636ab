"""Autoencoders (L1 "Autoencoder"): a code of few numbers, and the way back."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import Perceptron
from deepclaims.nn.unit_noise import UnitNoise


class Autoencoder(nn.Module):
    """x -> u -> x̂, with a perceptron either way; the code u and the output x̂ are linear.

    Args:
        features: numbers in a sample.
        code: numbers in its code.
        hidden: widths of the encoder's hidden layers; the decoder mirrors them.
        activation: g of the hidden layers.
        noise: on its units; on the decoder only where it has hidden layers.
    """

    reconstructs = True
    """What comes out is to be compared with what went in."""

    def __init__(
        self, features: int, code: int, hidden: list[int], activation: str, noise: UnitNoise
    ) -> None:
        super().__init__()
        self.encode = Perceptron([features, *hidden, code], activation, noise)
        self.decode = Perceptron(
            [code, *hidden[::-1], features], activation, replace(noise, p_keep_input=1.0)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) -> (n, …): the reconstruction, in the shape of the input."""
        return self.decode(self.encode(x)).view_as(x)

    @property
    def chain(self) -> list[nn.Module]:
        """Its layers, which are all there is to it."""
        return [*self.encode.chain, *self.decode.chain]


def autoencoder(
    interface: Interface,
    noise: UnitNoise,
    *,
    depth: int = 1,
    width: int = 128,
    code: int = 32,
    activation: str = "relu",
) -> Autoencoder:
    """`depth` hidden layers of `width` units either side of `code` units; depth 0 is linear."""
    return Autoencoder(interface.features, code, [width] * depth, activation, noise)
