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
from deepclaims.optim import rules
from deepclaims.project import Project
from deepclaims.training.objectives import cross_entropies
from deepclaims.training.stack import ADAM, Descent, Weights, train_stack

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


def outputs(w: Weights, x: Tensor, mask: Tensor | float = 1.0) -> Tensor:
    """Logits (nets, n, classes) of inputs (n, d); `mask` multiplies the hidden units."""
    hidden = torch.relu(torch.baddbmm(w["b"], x.expand(len(w["w"]), -1, -1), w["w"]))
    return torch.baddbmm(w["c"], hidden * mask, w["v"])


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
        descent = Descent(weights, rules.adam, alpha=self.rate, **ADAM)

        def loss(w: Weights, rows: Tensor) -> Tensor:
            mask = self._mask(len(rows), w["w"].shape[2], generator)
            data = cross_entropy(outputs(w, train.x[rows], mask), train.given[rows])
            if self.decay is None:
                return data
            squares = sum((w[name].square().sum((1, 2)) for name in ("w", "v")), torch.zeros(()))
            return data + self.decay / 2 * squares

        train_stack(
            descent,
            loss,
            lambda nets: next(batches),
            self.steps,
            lambda t, stack: look(t, stack.weights),
            self.every,
        )

    def _batches(self, train: Images, generator: torch.Generator) -> Iterator[Tensor]:
        while True:
            yield from torch.randperm(len(train), generator=generator).split(self.batch)

    def _mask(self, rows: int, units: int, generator: torch.Generator) -> Tensor | float:
        """Inverted dropout: the same luck for all nets, (nets, rows, units)."""
        if self.keep is None:
            return 1.0
        kept = self.keep.view(-1, 1, 1)
        return (torch.rand(1, rows, units, generator=generator) < kept) / kept
