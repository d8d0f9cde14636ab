"""The deep side: nets with batch normalisation, which gives each layer its bias, and Adam.

Ioffe & Szegedy 2015, *Batch normalization: accelerating deep network training by reducing internal
covariate shift*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.optim import rules
from deepclaims.optim.stacked import FUSED
from deepclaims.training.stack import ADAM

CLASSES = 10
DROPPED = 0.5
"""Of the last layer's inputs, while a net is trained (Srivastava et al. 2014)."""
SMALLEST = 4
"""Maps of at most so many pixels a side are not halved any more."""
SCORED = 250
"""Images whose maps stay in the cache."""


def dense(side: int, *, depth: int = 3, width: int = 128) -> nn.Sequential:
    """A perceptron of `depth` hidden layers for images of side × side pixels."""
    sizes = [side**2, *[width] * depth]
    layers: list[nn.Module] = [nn.Flatten()]
    for d_in, d_out in pairwise(sizes):
        layers += [nn.Linear(d_in, d_out, bias=False), nn.BatchNorm1d(d_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, CLASSES))


def convolutional(side: int, *, channels: tuple[int, ...] = (16, 32)) -> nn.Sequential:
    """Blocks of 3×3 filters, halved by average pooling while maps are larger than SMALLEST."""
    layers: list[nn.Module] = []
    c_in = 1
    for c_out in channels:
        filters = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        layers += [filters, nn.BatchNorm2d(c_out), nn.ReLU()]
        if side > SMALLEST:
            layers.append(nn.AvgPool2d(2))
            side //= 2
        c_in = c_out
    answer = nn.Linear(c_in * side**2, CLASSES)
    net = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(DROPPED), answer)
    # So small maps are convolved faster.
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


NETS: Mapping[str, Callable[[int], nn.Sequential]] = {
    "dense": dense,
    "convolutional": convolutional,
}
"""By `method`: the pixels a side of an image -> the net."""


def train(net: nn.Module, x: Tensor, y: Tensor, rate: float, config: Mapping[str, Any]) -> None:
    """Adam with a rate that falls linearly to 0; then the net is left as it answers.

    Args:
        net: changed in place.
        x: (n, 1, side, side).
        y: (n,).
        rate: at the beginning.
        config: `batch`; `steps`, `epochs` and `enough`, see `steps_of`.
    """
    batch, steps = min(int(config["batch"]), len(x)), steps_of(config, len(x))
    parameters = list(net.parameters())
    state: rules.State = {}
    order = torch.empty(0, dtype=torch.long)
    net.train()
    for t in range(steps):
        if len(order) < batch:
            order = torch.randperm(len(x))
        rows, order = order[:batch], order[batch:]
        loss = F.cross_entropy(net(x.index_select(0, rows)), y.index_select(0, rows))
        g = list(torch.autograd.grad(loss, parameters))
        FUSED[rules.adam](parameters, g, state, t + 1, alpha=rate * (1 - t / steps), **ADAM)
    net.eval()


def steps_of(config: Mapping[str, Any], samples: int) -> int:
    """Updates of Adam: `epochs`, but at least `steps`, or `enough` epochs if these are fewer."""
    per_epoch = samples / min(int(config["batch"]), samples)
    epochs, enough = (math.ceil(int(config[key]) * per_epoch) for key in ("epochs", "enough"))
    return max(epochs, min(int(config["steps"]), enough))


@torch.no_grad()
def wrong(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of (n, …) that a net takes for another class than y (n,)."""
    answers = torch.cat([net(part).argmax(1) for part in x.split(SCORED)])
    return float((answers != y).double().mean())
