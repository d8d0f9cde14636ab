"""Perceptrons of one input, fitted to a function on [-1, 1] by full-batch Adam, many at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import torch
from torch import Tensor

from deepclaims.nn.dense_nets import gradients, outputs
from deepclaims.nn.linear_pieces import Layers
from deepclaims.optim import rules
from deepclaims.optim.schedules import Moment, onecycle
from deepclaims.training.stack import ADAM, Descent, Weights


def _sawtooth(x: Tensor) -> Tensor:
    return 1 - (1 - 2 * (1 - x.abs())).abs()


TARGETS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "smooth": lambda x: torch.exp(x) * torch.cos(3 * x),
        "kink": lambda x: (x - 0.2).abs(),
        "oscillating": lambda x: torch.sin(12 * x),
        "sawtooth": _sawtooth,
    }
)
"""Three functions that nobody made for depth, and the tent map iterated twice."""


@dataclass(frozen=True)
class Perceptron:
    """A trained net.

    Args:
        layers: its weights and biases.
        error: root-mean-square error over the target's standard deviation.
    """

    layers: Layers
    error: float


def draw(widths: Sequence[int], bias: float, generator: torch.Generator) -> Weights:
    """He's normal weights, and normal biases of standard deviation `bias`; a stack of one."""
    weights: Weights = {}
    for number, (before, after) in enumerate(pairwise(widths)):
        scale = math.sqrt(2 / before)
        weights[f"w{number}"] = scale * torch.randn(1, before, after, generator=generator)
        weights[f"b{number}"] = bias * torch.randn(1, 1, after, generator=generator)
    return weights


def layers_of(weights: Weights, replica: int) -> Layers:
    """A net of a stack, as arrays in double precision."""
    found = []
    for number in range(len(weights) // 2):
        w, b = (weights[f"{letter}{number}"][replica].detach().double() for letter in "wb")
        found.append((w.T.numpy(), b[0].numpy()))
    return found


def best_fits(
    start: Weights, targets: Sequence[str], lrs: Sequence[float], points: int, steps: int
) -> dict[str, Perceptron]:
    """For each target the best of the nets trained from one start at several learning rates.

    Args:
        start: of all nets, a stack of one.
        targets: names of `TARGETS`.
        lrs: largest learning rates of a one-cycle schedule; the one of the least error counts.
        points: of the grid that is fitted.
        steps: of Adam, each on all points.
    """
    x = torch.linspace(-1, 1, points)
    y = torch.stack([TARGETS[name](x) for name in targets])
    replicas = len(targets) * len(lrs)
    values = y.repeat_interleave(len(lrs), dim=0)[:, :, None]
    inputs = x[None, :, None].expand(replicas, -1, -1)
    top = torch.tensor(lrs).repeat(len(targets))
    factor = onecycle()

    def slopes(found: Tensor) -> Tensor:
        """Of the mean of (found − values)² of each net."""
        return found.sub_(values).mul_(2 / points)

    descent = Descent(
        {name: w.expand(replicas, -1, -1) for name, w in start.items()},
        rules.adam, alpha=top, **ADAM,
    )  # fmt: skip
    for t in range(steps):
        descent.numbers["alpha"] = top * factor(Moment(t, steps, 1))
        descent.along(gradients([*descent.weights.values()], inputs, slopes))
    off = (outputs([*descent.weights.values()], inputs) - values).detach()
    share = off.square().mean((1, 2)) / values.var((1, 2), unbiased=False)
    error = share.sqrt().nan_to_num(math.inf).view(len(targets), len(lrs))
    best = error.argmin(dim=1).tolist()
    return {
        name: Perceptron(
            layers_of(descent.weights, row * len(lrs) + column), float(error[row, column])
        )
        for row, (name, column) in enumerate(zip(targets, best, strict=True))
    }
