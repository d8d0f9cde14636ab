"""Activation functions by name (L1 "Teorema de aproximación universal", "Funciones de activación").

The powers are there for the theorem's other half: networks of polynomial units do not approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.errors import ConfigError


def identity(z: Tensor) -> Tensor:
    """g(z) = z: a linear network."""
    return z


def cube(z: Tensor) -> Tensor:
    """g(z) = z³."""
    return z * z * z


ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "elu": F.elu,
        "leaky_relu": F.leaky_relu,
        "identity": identity,
        "square": torch.square,
        "cube": cube,
    }
)
"""g by name; ELU with α = 1, Leaky ReLU with slope 0.01."""


class Activation(nn.Module):
    """g, elementwise: any shape in, the same shape out.

    Args:
        name: a key of `ACTIVATIONS`.

    Raises:
        ConfigError: an unknown name.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        if name not in ACTIVATIONS:
            known = ", ".join(sorted(ACTIVATIONS))
            raise ConfigError(f"there is no activation {name!r}; known: {known}")
        self.name = name
        self.function = ACTIVATIONS[name]

    def forward(self, z: Tensor) -> Tensor:
        """g(z)."""
        return self.function(z)

    def extra_repr(self) -> str:
        """The name of g."""
        return self.name
