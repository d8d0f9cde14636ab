"""Activations that are polynomials, and what nets made of them are asked to approximate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb
from types import MappingProxyType

from torch import Tensor

from deepclaims.data.toys import TARGETS
from deepclaims.nn.random_layer import Function

POLYNOMIALS: Mapping[str, tuple[int, Callable[[Tensor], Tensor]]] = MappingProxyType(
    {
        "identity": (1, lambda z: z),
        "square": (2, lambda z: z**2),
        "cube": (3, lambda z: z**3),
        "mixed": (4, lambda z: z**4 - z),
        "fifth": (5, lambda z: z**5),
    }
)
"""Degree and g."""


def on_line(name: str) -> Function:
    """A target of `data=function`, of points (n, 1)."""
    return lambda x: TARGETS[name](x[:, 0])


def ridge(x: Tensor) -> Tensor:
    """|x₁ - x₂|, of points (n, 2)."""
    return (x[:, 0] - x[:, 1]).abs()


def affine(x: Tensor) -> Tensor:
    """0.5 - 0.7x, of points (n, 1): what a linear net can hold."""
    return 0.5 - 0.7 * x[:, 0]


def dimension(degree: int, m: int) -> int:
    """Of the polynomials of m variables up to a total degree."""
    return comb(m + degree, degree)
