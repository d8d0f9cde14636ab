"""Drawn hidden layers, with α-ELU for more than one α."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.nn.random_layer import HiddenLayer

ALPHAS: Mapping[str, float] = MappingProxyType({"elu_half": 0.5})
"""α of the ELUs where it is not 1."""


@dataclass(frozen=True)
class Units:
    """Drawn units of any g that the claim names.

    Args:
        layer: the units; of an α-ELU those with α = 1.
        alpha: what their negative part is multiplied by.
    """

    layer: HiddenLayer
    alpha: float

    @classmethod
    def draw(cls, activation: str, units: int, m: int, generator: torch.Generator) -> Units:
        """Draw them as `HiddenLayer.draw` does.

        Args:
            activation: what `HiddenLayer` knows, or a name of `ALPHAS`.
            units: how many.
            m: the input's dimension.
            generator: draws the weights.
        """
        known = "elu" if activation in ALPHAS else activation
        layer = HiddenLayer.draw(known, units, m, generator)
        return cls(layer, ALPHAS.get(activation, 1.0))

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs of the units (points, units) at `x` (points, m), in float64."""
        g = self.layer(x)
        return g if self.alpha == 1 else torch.where(g > 0, g, self.alpha * g)
