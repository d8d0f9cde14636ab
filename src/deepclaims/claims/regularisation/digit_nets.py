"""Stacks of perceptrons on digits, whose train, validation and test images a seed draws.

All three are slices of MNIST's training part. So each seed has a validation and a test set of its
own, and intervals over seeds have the luck of those too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from deepclaims.data.registry import load
from deepclaims.nn import dense_nets
from deepclaims.optim import rules
from deepclaims.optim.stacked import FUSED
from deepclaims.project import Project
from deepclaims.training.objectives import cross_entropies, cross_entropy_backward
from deepclaims.training.stack import ADAM, Descent, Weights

CLASSES = 10


@dataclass(frozen=True)
class Images:
    """Inputs (n, d), the labels given (n,), wrong ones among them, and the true ones (n,)."""

    x: Tensor
    given: Tensor
    true: Tensor

    def __len__(self) -> int:
        return len(self.given)

    def first(self, count: int) -> Images:
        """The first `count` of them."""
        return Images(self.x[:count], self.given[:count], self.true[:count])


def slices(data: Mapping[str, Any], noise: float, sizes: Sequence[int], seed: int) -> list[Images]:
    """Disjoint slices of the training part, each with the classes in proportion.

    Args:
        data: options of `data=mnist`; `n_train` is the sum of `sizes`, or less on a stand-in.
        noise: share of wrong labels, in all of them.
        sizes: images of each; all shrink alike where there are fewer.
        seed: draws which images, and whose labels are wrong.
    """
    folder = Project.here().prepared(data["name"])
    there = min(data["n_train"], sum(sizes))
    sizes = [size * there // sum(sizes) for size in sizes]
    drawn = {**data, "n_train": sum(sizes), "n_validation": CLASSES, "n_test": CLASSES}
    clean, noisy = (
        load({**drawn, "label_noise": share}, seed, folder).train for share in (0.0, noise)
    )
    x = clean.inputs[0].flatten(1)
    parts = (each.split(list(sizes)) for each in (x, noisy.targets, clean.targets))
    return [Images(*each) for each in zip(*parts, strict=True)]


def start(nets: int, inputs: int, width: int, generator: torch.Generator) -> Weights:
    """Perceptrons of one hidden layer that start alike: He's normal law, LeCun's in the last."""
    w = torch.randn(1, inputs, width, generator=generator) * math.sqrt(2 / inputs)
    v = torch.randn(1, width, CLASSES, generator=generator) / math.sqrt(width)
    one = {"w": w, "b": torch.zeros(1, 1, width), "v": v, "c": torch.zeros(1, 1, CLASSES)}
    return {name: each.repeat(nets, 1, 1) for name, each in one.items()}


def outputs(w: Weights, x: Tensor) -> Tensor:
    """Logits (nets, n, classes) of inputs (n, d)."""
    return dense_nets.outputs([*w.values()], x)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean over the samples, (nets,), of logits (nets, n, classes)."""
    return cross_entropies(logits, labels.expand(len(logits), -1)).mean(1)


@dataclass(frozen=True)
class Learning:
    """How a stack learns: Adam at a constant rate, the same batches for all of it.

    Args:
        rate: α.
        steps: how many.
        batch: images in each.
        every: steps between two looks.
        decay: λ of each net, (nets,); weights are penalised, biases are not.
        keep: p_keep of each net's hidden units, (nets,).
    """

    rate: float
    steps: int
    batch: int
    every: int
    decay: Tensor | None = None
    keep: Tensor | None = None

    def learn(
        self,
        weights: Weights,
        train: Images,
        generator: torch.Generator,
        look: Callable[[int, Weights], None],
    ) -> None:
        """Train a stack on the labels given.

        Args:
            weights: where it starts.
            train: what it learns from.
            generator: draws batches and dropped units.
            look: called with the steps taken and the weights, before the first step too.
        """
        batches = self._batches(train, generator)
        descent = Descent(weights, FUSED[rules.adam], alpha=self.rate, **ADAM)
        look(0, descent.weights)
        for t in range(1, self.steps + 1):
            rows = next(batches)
            with torch.no_grad():
                mask = self._mask(len(rows), weights["w"].shape[2], generator)
                units = None if mask is None else [dense_nets.DroppedRelu(mask)]
                x, labels = train.x.index_select(0, rows), train.given.index_select(0, rows)
                now, backward = [*descent.weights.values()], cross_entropy_backward(labels)
                descent.along(dense_nets.gradients(now, x, backward, units, self.decay))
            if t % self.every == 0 or t == self.steps:
                look(t, descent.weights)

    def _batches(self, train: Images, generator: torch.Generator) -> Iterator[Tensor]:
        while True:
            yield from torch.randperm(len(train), generator=generator).split(self.batch)

    def _mask(self, rows: int, units: int, generator: torch.Generator) -> Tensor | None:
        """Inverted dropout: the same luck for all nets, (nets, rows, units)."""
        if self.keep is None:
            return None
        kept = self.keep.view(-1, 1, 1)
        return (torch.rand(1, rows, units, generator=generator) < kept) / kept
