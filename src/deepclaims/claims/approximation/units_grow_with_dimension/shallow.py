"""Shallow ReLU nets trained on functions of d variables, and the width at which they come close."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.nn.dense_nets import gradients, outputs
from deepclaims.optim.schedules import Moment, onecycle
from deepclaims.optim.stacked import adam_in_parts
from deepclaims.training.stack import ADAM, Descent, Weights

TARGETS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "product": lambda x: (math.sqrt(2) * torch.cos(math.pi * x)).prod(-1),
        "ridge": lambda x: math.sqrt(2) * torch.cos(math.pi * x.sum(-1) / math.sqrt(x.shape[-1])),
    }
)
"""On [-1, 1]^d. Of the first the mean is 0 and the variance 1 at every d; the second is a function
of one projection, whose spread is the same at every d."""

WIDTHS = (1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256)
"""Half an octave apart."""

STEEPNESS = 3.0
"""Norm of the input weights that the nets start with."""

SCORED = 2000
"""Points that the output is solved on, and as many others to score the net."""


def error(
    target: str,
    dimension: int,
    width: int,
    *,
    starts: int,
    lrs: Sequence[float],
    steps: int,
    batch: int,
    seed: int,
) -> float:
    """Root-mean-square error over standard deviation of the best of the nets of one width.

    Each start is trained by Adam on fresh points at each rate, the output then solved by least
    squares. The best counts, since it is asked whether the width will do, not how often.

    Args:
        target: a name of `TARGETS`.
        dimension: of the input.
        width: hidden units.
        starts: drawn at random.
        lrs: largest rates of a one-cycle schedule.
        steps: of Adam.
        batch: points a step.
        seed: draws start and points.
    """
    generator = torch.Generator().manual_seed(1000 * seed + 10 * width + dimension)
    f, nets = TARGETS[target], starts * len(lrs)
    top, factor = torch.tensor(lrs, dtype=torch.float64), onecycle()
    drawn = _draw(starts, dimension, width, generator)
    weights = {name: w.repeat(len(lrs), 1, 1) for name, w in drawn.items()}
    descent = Descent(weights, adam_in_parts, alpha=top, **ADAM)

    def points(count: int) -> tuple[Tensor, Tensor]:
        x = 2 * torch.rand(1, count, dimension, generator=generator) - 1
        return x[0], f(x)[..., None]

    for t in range(steps):
        x, y = points(batch)
        descent.numbers["alpha"] = top * factor(Moment(t, steps, 1))
        descent.along(gradients([*descent.weights.values()], x, partial(_slopes, y=y)))
    with torch.no_grad():
        x, y = points(SCORED)
        h = _features(descent.weights, x)
        solved = torch.linalg.lstsq(h, y.double().expand(nets, -1, -1), driver="gelsd").solution
        x, y = points(SCORED)
        rest = _features(descent.weights, x) @ solved - y
        return float((rest.square().mean((1, 2)).min() / y.square().mean()).sqrt())


def _draw(starts: int, dimension: int, width: int, generator: torch.Generator) -> Weights:
    """A stack of nets with kinks all over the cube."""
    w = torch.randn(starts, dimension, width, generator=generator)
    reach = STEEPNESS * max(1.0, math.sqrt(dimension / 3))
    return {
        "w": STEEPNESS * w / w.norm(dim=1, keepdim=True),
        "b": reach * (2 * torch.rand(starts, 1, width, generator=generator) - 1),
        "a": torch.randn(starts, width, 1, generator=generator) / (STEEPNESS * math.sqrt(width)),
        "c": torch.zeros(starts, 1, 1),
    }


def _slopes(found: Tensor, y: Tensor) -> Tensor:
    """Of the mean of (found − y)² of each net."""
    return found.sub_(y).mul_(2 / y.numel())


def _features(weights: Weights, x: Tensor) -> Tensor:
    h = outputs([weights["w"], weights["b"]], x).relu_()
    return torch.cat([h, torch.ones_like(h[:, :, :1])], dim=2).double()


def width_needed(
    error_at: Callable[[int], float], start: int, tolerance: float
) -> tuple[float, dict[int, float]]:
    """The width at which the error is the tolerance, and the errors at the widths that were tried.

    From `start` up or down the ladder `WIDTHS` until a width fails and the next one does not; in
    between on a line of logarithms. NaN if the end of the ladder does not do.
    """
    tried: dict[int, float] = {}
    place = WIDTHS.index(start)
    while True:
        width = WIDTHS[place]
        tried[width] = error_at(width)
        place += 1 if tried[width] > tolerance else -1
        if place < 0:
            return float(WIDTHS[0]), tried
        if place == len(WIDTHS):
            return math.nan, tried
        if WIDTHS[place] in tried:
            narrow, wide = sorted((width, WIDTHS[place]))
            above, below = math.log(tried[narrow] / tolerance), math.log(tolerance / tried[wide])
            return narrow * (wide / narrow) ** (above / (above + below)), tried
