"""How large signals are in an untrained dense net, forwards and backwards, and what theory says.

z_l = W_l h_{l−1}, h_l = g(z_l), d units a layer, W_ij ~ N(0, v), no biases. Theory takes z_l as
Gaussian of variance q_l, as it is for many units (Poole et al. 2016; Schoenholz et al. 2017):
q_l = d v E[g(√q_{l−1} Z)²], and a gradient's norm is multiplied by √(d v E[g'(√q Z)²]) a layer.
Everything depends on the scale d v alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import torch
from scipy import special, stats
from torch import Tensor

from deepclaims.nn.activations import ACTIVATIONS

SLOPES: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "sigmoid": lambda z: z.sigmoid() * (1 - z.sigmoid()),
        "tanh": lambda z: 1 - z.tanh().square(),
        "relu": lambda z: (z > 0).to(z.dtype),
        "identity": torch.ones_like,
    }
)
"""g' by name."""

_Z = torch.linspace(-10, 10, 20_001, dtype=torch.float64)
_WEIGHT = torch.exp(-_Z.square() / 2) / math.sqrt(2 * math.pi) * (_Z[1] - _Z[0])
"""The normal law as a fine grid: exact for what is smooth, to 3e-4 for a step at 0."""


@dataclass(frozen=True)
class Passes:
    """Root mean squares over inputs and units, each (layers,).

    Args:
        z: of the sums z_l.
        h: of the activations h_l.
        gradient: of ∂s/∂z_l, s a random combination of the last sums; of layer 1 first.
        first: ∂s/∂z_1 itself, (inputs, d), in float64.
    """

    z: np.ndarray
    h: np.ndarray
    gradient: np.ndarray
    first: Tensor


def draw_matrices(width: int, depth: int, scale: float, generator: torch.Generator) -> Tensor:
    """W (depth, width, width) of variance `scale`/width, in float64."""
    w = torch.empty(depth, width, width, dtype=torch.float64)
    return w.normal_(0.0, math.sqrt(scale / width), generator=generator)


def pass_through(w: Tensor, activation: str, x: Tensor, out: Tensor) -> Passes:
    """Send inputs forwards and a gradient backwards, in the precision of the tensors given.

    Args:
        w: (depth, d, d).
        activation: a key of `SLOPES`.
        x: inputs (n, d).
        out: gradient with respect to the last sums, (n, d).
    """
    g, slope = ACTIVATIONS[activation], SLOPES[activation]
    sums, h = [], x
    for layer in w:
        sums.append(h @ layer.T)
        h = g(sums[-1])
    back = [out]
    for layer, z in zip(reversed(w[1:]), reversed(sums[:-1]), strict=True):
        back.append((back[-1] @ layer) * slope(z))
    outputs = [g(z) for z in sums]
    return Passes(_sizes(sums), _sizes(outputs), _sizes(back[::-1]), back[-1].double())


def _sizes(tensors: list[Tensor]) -> np.ndarray:
    return torch.stack([each.double().square().mean().sqrt() for each in tensors]).numpy()


def factor(sizes: np.ndarray, skip: int = 0) -> float:
    """What a layer multiplies by: of a straight line through the logarithms."""
    kept = np.log(sizes[skip:])
    return math.exp(np.polynomial.Polynomial.fit(np.arange(kept.size), kept, 1).convert().coef[1])


def next_square(activation: str, scale: float, q: float) -> float:
    """q_l of q_{l−1}: d v E[g(√q Z)²]."""
    return scale * float(_WEIGHT @ ACTIVATIONS[activation](math.sqrt(q) * _Z).square())


@cache
def gradient_factor(activation: str, scale: float, q: float) -> float:
    """√(d v E[g'(√q Z)²]): what the gradient's norm is multiplied by where E[z²] = q."""
    return math.sqrt(scale * float(_WEIGHT @ SLOPES[activation](math.sqrt(q) * _Z).square()))


@cache
def settled_square(activation: str, scale: float) -> float:
    """The q that a bounded activation comes to."""
    q, change = 1.0, math.inf
    while change > 1e-10 * q:
        before, q = q, next_square(activation, scale, q)
        change = abs(q - before)
    return q


def typical_relu_drift(width: int) -> float:
    """E log(‖z_l‖²/‖z_{l−1}‖²) through ReLU with v = 2/d: below 0, though the mean ratio is 1.

    Of d symmetric sums K ~ Bin(d, 1/2) are positive and keep a Beta share of the square; what W
    makes of it is χ²_d. Nets in which no unit is positive, 2^−d of them, are left out.
    """
    k = np.arange(1, width + 1)
    share = stats.binom.pmf(k, width, 0.5) / (1 - 0.5**width)
    return float(share @ special.digamma(k / 2)) + math.log(4 / width)
