"""Perceptrons of any depth with the same number of parameters: depth alone is compared."""

from __future__ import annotations

from deepclaims.nn.budget import widest
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import Perceptron
from deepclaims.nn.unit_noise import UnitNoise


def budgeted_perceptron(
    interface: Interface,
    noise: UnitNoise,
    *,
    depth: int = 1,
    parameters: int = 12_000,
    activation: str = "relu",
) -> Perceptron:
    """`depth` hidden layers of equal width, the widest that the budget of `parameters` allows."""
    width = widest(interface.features, depth, interface.outputs, parameters)
    sizes = [interface.features, *[width] * depth, interface.outputs]
    return Perceptron(sizes, activation, noise)
