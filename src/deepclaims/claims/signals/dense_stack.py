"""Stacks of dense nets on small digits, whose sums z_l are looked at while they learn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.prepared import read_meta
from deepclaims.data.registry import load
from deepclaims.nn.dense_nets import gradients
from deepclaims.project import Project
from deepclaims.training.objectives import cross_entropies, cross_entropy_backward
from deepclaims.training.stack import Batches, Weights

Activation = Callable[[Tensor], Tensor]
CLASSES = 10


def digits(config: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Training images at 14×14, (n, 196), and their classes; the same for every seed.

    Args:
        config: `images`, n, or as many as a stand-in has; `dataset`, MNIST if it names none.
    """
    return _digits(Project.here(), config.get("dataset", "mnist"), int(config["images"]))


@cache
def _digits(project: Project, dataset: str, images: int) -> tuple[Tensor, Tensor]:
    folder = project.prepared(dataset)
    there = int(read_meta(folder, dataset)["counts"]["train"])
    options = {"name": dataset, "n_validation": 10, "n_test": 10, "pool": 2}
    train = load({**options, "n_train": min(images, there)}, 0, folder).train
    return train.inputs[0].flatten(1), train.targets


def draw(
    sizes: Sequence[int], scale: float, replicas: int, generator: Generator, bias: float = 0.0
) -> Weights:
    """The same net `replicas` times: W_l ~ N(0, scale/d_{l−1}), hidden biases `bias`, output's 0.

    Args:
        sizes: d_0 … d_L.
        scale: d v; the last layer's is 1.
        replicas: R.
        generator: draws the weights.
        bias: of the hidden units.
    """
    weights: Weights = {}
    last = len(sizes) - 1
    for number, (d_in, d_out) in enumerate(pairwise(sizes), start=1):
        std = math.sqrt((1.0 if number == last else scale) / d_in)
        w = torch.empty(d_in, d_out).normal_(0.0, std, generator=generator)
        b = torch.full((1, d_out), 0.0 if number == last else bias)
        weights[f"w{number}"] = w.expand(replicas, -1, -1)
        weights[f"b{number}"] = b.expand(replicas, -1, -1)
    return weights


def sums(weights: Weights, x: Tensor, activation: Activation) -> list[Tensor]:
    """z_1 … z_L, each (R, n, d_l), of samples x (n, d_0) that all nets read."""
    h, found = x.expand(len(weights["w1"]), -1, -1), []
    for number in range(1, len(weights) // 2 + 1):
        z = torch.baddbmm(weights[f"b{number}"], h, weights[f"w{number}"])
        found.append(z)
        h = activation(z)
    return found


class _Leaky:
    """z above 0 and slope · z elsewhere, with a slope for each net, (R, 1, 1)."""

    def __init__(self, slopes: Tensor) -> None:
        self.slopes = slopes

    def forward(self, h: Tensor) -> Tensor:
        self.bend = torch.where(h > 0, 1.0, self.slopes)
        return h.mul_(self.bend)

    def backward(self, g: Tensor) -> Tensor:
        return g.mul_(self.bend)


def leaky_gradients(weights: Weights, x: Tensor, y: Tensor, slopes: Tensor) -> list[Tensor]:
    """Of each net's cross-entropy, in the order of `weights`.

    Args:
        weights: as `draw` gives them.
        x: samples (n, d_0) that all nets read.
        y: their classes.
        slopes: of each net's units where z is not above 0, (R, 1, 1); 0 is ReLU.
    """
    units = [_Leaky(slopes) for _ in range(len(weights) // 2 - 1)]
    return gradients([*weights.values()], x, cross_entropy_backward(y), units)


def losses(logits: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of each net, (R,)."""
    return cross_entropies(logits, y.expand(len(logits), -1)).mean(1)


def minibatches(x: Tensor, y: Tensor, size: int, generator: Generator) -> Batches:
    """Batches that all nets share, epoch by epoch in an order drawn anew."""

    def endless() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            order = torch.randperm(len(x), generator=generator)
            for part in order.split(size):
                if len(part) == size:
                    yield x[part], y[part]

    source = endless()
    return lambda left: next(source)
