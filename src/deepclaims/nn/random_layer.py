"""Nets of one hidden layer, Σ αᵢ g(wᵢᵀx + bᵢ): the layer drawn at random, α by least squares.

No training, so what they reach is reachable: an upper bound on the smallest error of any net of
that width. The output has no bias, as in the theorem of the slide "Aproximación Universal". What
is approximated are functions on [-1, 1]^m that map points (n, m) to values (n,).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.nn.activations import ACTIVATIONS

Function = Callable[[Tensor], Tensor]


def _step(z: Tensor) -> Tensor:
    return (z >= 0).to(z.dtype)


def _square_at_zero(z: Tensor) -> Tensor:
    return z.square() + (z == 0).to(z.dtype)


SCALES: Mapping[str, float] = MappingProxyType({"sigmoid": 8.0, "tanh": 4.0})
"""Standard deviation of the input weights where it is not 2: saturating units need steep ones."""

DISCONTINUOUS: Mapping[str, Function] = MappingProxyType(
    {"step": _step, "square_at_zero": _square_at_zero}
)
"""Two functions g that nobody trains with. `square_at_zero` is z² + 1{z = 0}: not a polynomial,
yet equal to one almost everywhere. `step` is 1{z ≥ 0}: discontinuous too, and yet it serves."""


@dataclass(frozen=True)
class HiddenLayer:
    """Drawn hidden units g(wᵀ(x - c)), that is with bias b = -wᵀc.

    Args:
        activation: a name of `nn.activations.ACTIVATIONS` or of `DISCONTINUOUS`.
        w: input weights (units, m).
        centres: points c (units, m) at which each unit's argument is zero.
    """

    activation: str
    w: Tensor
    centres: Tensor

    @classmethod
    def draw(cls, activation: str, units: int, m: int, generator: torch.Generator) -> HiddenLayer:
        """Draw w normal, and c on a cube a tenth larger than the domain.

        On a line there is one centre in each of `units` equal cells, so that no long stretch is
        left to chance; in more dimensions centres are uniform.
        """
        scale = SCALES.get(activation, 2.0)
        w = scale * torch.randn(units, m, generator=generator, dtype=torch.float64)
        place = torch.rand(units, m, generator=generator, dtype=torch.float64)
        if m == 1:
            place = (torch.arange(units)[:, None] + place) / units
        centres = 1.1 * (2 * place - 1)
        return cls(activation, w, centres)

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs of the units (points, units) at `x` (points, m), in float64."""
        if x.shape[1] == 1:  # the difference first: exactly zero where x is a centre
            z = (x - self.centres.T) * self.w.T
        else:
            z = x @ self.w.T - (self.w * self.centres).sum(1)
        g = DISCONTINUOUS.get(self.activation) or ACTIVATIONS[self.activation]
        return g(z)


def grid(points: int, m: int) -> Tensor:
    """A uniform grid on [-1, 1]^m with `points` along each side, shape (points^m, m)."""
    half = (points - 1) // 2
    # Symmetric integers first, so that 0 and ±1 are hit exactly.
    side = torch.arange(-half, points - half, dtype=torch.float64) / half
    axes = torch.meshgrid(*[side] * m, indexing="ij")
    return torch.stack([axis.flatten() for axis in axes], dim=1)


def least_squares(features: Tensor, values: Tensor) -> Tensor:
    """The α of least squared error, shape (units, targets), features scaled to unit columns.

    Args:
        features: outputs of the hidden units (points, units), float64.
        values: of the targets (points, targets).
    """
    norms = features.norm(dim=0)
    norms = torch.where(norms > 0, norms, 1.0)
    fit = torch.linalg.lstsq(features / norms, values, rcond=1e-12, driver="gelsd")
    return fit.solution / norms[:, None]


def fit_points(layer: HiddenLayer, points: int) -> Tensor:
    """Where a net is fitted, so close that no unit is free to do what it likes between points.

    On a line: a grid, every centre and halfway to the next one; without its centres
    `square_at_zero` would never meet its zero. In the plane: a product of Chebyshev points,
    close together at the border, where a unit may cut off a corner.
    """
    m = layer.centres.shape[1]
    x = grid(points, m)
    if m > 1:
        return torch.sin(x * math.pi / 2)
    centres = layer.centres.sort(dim=0).values
    own = torch.cat([centres, (centres[1:] + centres[:-1]) / 2])
    return torch.cat([x, own[own.abs() <= 1][:, None]])


def uniform_knots(f: Function, units: int, x: Tensor) -> Tensor:
    """The ReLU net that interpolates f on [-1, 1] at `units` equispaced knots, at x (points, 1).

    One unit with w = 0 gives the constant; unit i bends at the i-th knot. Its error is at most
    h² max|f''|/8 with h = 2/(units - 1), and at most h/2 for the kink |x - c|.
    """
    knots = torch.linspace(-1, 1, units, dtype=torch.float64)[:, None]
    values = f(knots)
    slopes = values.diff() / knots[:, 0].diff()
    alpha = torch.cat([slopes[:1], slopes.diff()])
    return values[0] + torch.relu(x - knots[:-1].T) @ alpha


def uniform_knots_bound(curvature: float, units: int) -> float:
    """The bound of `uniform_knots`: h² max|f''|/8, or h/2 where f has a kink of slopes ±1.

    Args:
        curvature: max|f''|; NaN for the kink.
        units: of the net.
    """
    h = 2 / (units - 1)
    return h / 2 if math.isnan(curvature) else h**2 * curvature / 8
