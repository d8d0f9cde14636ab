"""What is approximated, and the activations that the theorem speaks of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.nn.random_layer import Function

ADMISSIBLE = ("sigmoid", "tanh", "relu", "elu", "elu_half", "leaky_relu", "step")
"""Locally bounded, discontinuities of null closure, no polynomial almost everywhere (Leshno)."""

CONTINUOUS = ADMISSIBLE[:-1]
POLYNOMIAL = ("square", "cube")
FLAT = (*POLYNOMIAL, "square_at_zero")
"""What does not approximate by Leshno's theorem; measured in parts of their own."""


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


@dataclass(frozen=True)
class Ridge:
    """A function of one linear combination of two variables, on [-2, 2].

    Args:
        f: maps its values (n, 1) to values (n,).
        direction: of the combination, (2,).
        steepest: max |f'|.
    """

    f: Function
    direction: Tensor
    steepest: float


RIDGES = (
    Ridge(
        lambda u: torch.sin(math.pi * u[:, 0]) / 2,
        torch.tensor([1.0, 1.0], dtype=torch.float64),
        math.pi / 2,
    ),
    Ridge(
        lambda u: torch.sin(math.pi * u[:, 0]) / 2 + u[:, 0].abs(),
        torch.tensor([1.0, -1.0], dtype=torch.float64),
        math.pi / 2 + 1,
    ),
)
"""Of which `PLANE` is the sum, since 2 sin a cos b = sin(a + b) + sin(a - b)."""


def staircase(f: Function, units: int, u: Tensor, half: float) -> Tensor:
    """A net of so many steps 1{z ≥ 0} that takes in each of equal cells f's value at its middle.

    The first step is before the domain and gives the first value, each other one stands at an edge
    and adds a difference. The error is at most half a cell times max |f'|.

    Args:
        f: maps points (n, 1) to values (n,).
        units: steps, as many as cells.
        u: where the net is evaluated, (n,).
        half: the domain is [-half, half].
    """
    edges = torch.linspace(-half, half, units + 1, dtype=torch.float64)
    values = f(((edges[:-1] + edges[1:]) / 2)[:, None])
    alpha = torch.cat([values[:1], values.diff()])
    behind = torch.bucketize(u, edges[1:-1], right=True)  # how many inner steps are at 1
    return alpha.cumsum(0)[behind]
