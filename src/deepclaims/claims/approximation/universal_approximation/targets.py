"""What is approximated, and the activations that the theorem speaks of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from deepclaims.nn.random_layer import Function

ADMISSIBLE = ("sigmoid", "tanh", "relu", "elu", "leaky_relu", "step")
"""Locally bounded, discontinuities of null closure, no polynomial almost everywhere (Leshno)."""

CONTINUOUS = ADMISSIBLE[:-1]
POLYNOMIAL = ("square", "cube")


@dataclass(frozen=True)
class Target:
    """A continuous function on [-1, 1]^m.

    Args:
        f: maps points (n, m) to values (n,).
        formula: in LaTeX.
        curvature: max |f''| on [-1, 1]; NaN where f'' does not exist.
        kink: where f'' does not exist; None for nowhere.
    """

    f: Function
    formula: str
    curvature: float = math.nan
    kink: float | None = None


LINE: Mapping[str, Target] = MappingProxyType(
    {
        # f'' = -e^x (8 cos 3x + 6 sin 3x), largest in modulus at the end x = 1
        "smooth": Target(
            lambda x: torch.exp(x[:, 0]) * torch.cos(3 * x[:, 0]),
            r"e^x\cos 3x",
            abs(math.e * (8 * math.cos(3) + 6 * math.sin(3))),
        ),
        "kink": Target(lambda x: (x[:, 0] - 0.2).abs(), r"|x-0.2|", kink=0.2),
        "oscillating": Target(lambda x: torch.sin(12 * x[:, 0]), r"\sin 12x", 144.0),
    }
)
"""The targets in one dimension."""

PLANE = Target(
    lambda x: (
        torch.sin(math.pi * x[:, 0]) * torch.cos(math.pi * x[:, 1]) + (x[:, 0] - x[:, 1]).abs()
    ),
    r"\sin(\pi x_1)\cos(\pi x_2)+|x_1-x_2|",
)
"""The target in two dimensions, with a ridge along the diagonal."""
