"""The slide's variants without training: hidden layers drawn, outputs by least squares.

The same data as the trained nets, and the same error on the same test points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.claims.approximation.universal_approximation.units import Units
from deepclaims.data.splits import Split, Splits
from deepclaims.nn.random_layer import least_squares


def regression(splits: Splits, activation: str, units: int, generator: torch.Generator) -> float:
    """Root-mean-square error on the test points."""
    x, y, farthest = _points(splits.train)
    drawn = Units.draw(activation, units, x.shape[1], generator)
    alpha = least_squares(drawn(x), y)
    at, values, _ = _points(splits.test, farthest)
    return _rms(drawn(at) @ alpha - values)


def classification(
    splits: Splits, activation: str, units: int, generator: torch.Generator
) -> float:
    """Share of the test points on the wrong side: the output is solved for -1 and 1."""
    x, label, farthest = _points(splits.train)
    drawn = Units.draw(activation, units, x.shape[1], generator)
    alpha = least_squares(drawn(x), 2 * label[:, None] - 1)
    at, labels, _ = _points(splits.test, farthest)
    said = (drawn(at) @ alpha)[:, 0] > 0
    return float((said != (labels > 0)).double().mean())


def autoencoder(splits: Splits, activation: str, units: int, generator: torch.Generator) -> float:
    """Root-mean-square error of the reconstruction from a code of one number.

    The encoder's output is solved for the place t on the curve, whose first coordinate is
    sin(πt/2); the decoder's for the points, from the codes that the encoder gives.
    """
    x, _, _ = _points(splits.train, 1.0)
    encoder = Units.draw(activation, units, x.shape[1], generator)
    place = 2 / math.pi * torch.asin(x[:, :1].clamp(-1, 1))
    to_code = least_squares(encoder(x), place)
    decoder = Units.draw(activation, units, 1, generator)
    to_points = least_squares(decoder(encoder(x) @ to_code), x)
    at, _, _ = _points(splits.test, 1.0)
    return _rms(decoder(encoder(at) @ to_code) @ to_points - at)


SOLVERS: Mapping[str, Callable[[Splits, str, int, torch.Generator], float]] = MappingProxyType(
    {
        "regression": regression,
        "classification": classification,
        "reconstruction": autoencoder,
    }
)
"""By what is asked of a net on the data."""


def _points(split: Split, farthest: float | None = None) -> tuple[Tensor, Tensor, float]:
    """Inputs, divided by the largest there is, and targets; float64."""
    x = split.inputs[0].double()
    scale = float(x.abs().max()) if farthest is None else farthest
    return x / scale, split.targets.double(), scale


def _rms(error: Tensor) -> float:
    return float(error.square().mean().sqrt())
