"""Nets of one hidden layer on few samples, each with a training set of its own, by plain SGD.

All rates and training sets of a batch size are one stack, until each net has reached a training
loss, or has taken so many steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Split, Splits
from deepclaims.nn.dense_nets import outputs
from deepclaims.training.objectives import cross_entropies, one_hot
from deepclaims.training.stack import Weights

SETS = 64
"""A seed's training sets are numbered from 64 times the seed: no two seeds share one."""
LOOKS = 16
"""Looks at the training loss in an epoch, or one a step: a net stops just below what is asked."""
LOST = 50.0
"""Training loss above which a net is given up."""
threshold_backward = torch.ops.aten.threshold_backward


@dataclass(frozen=True)
class Stop:
    """When a net has been trained.

    Args:
        loss: mean training loss, in nats, at which it stops; 0: it never does.
        steps: at most.
    """

    loss: float
    steps: int


@dataclass(frozen=True)
class Trained:
    """The nets of L rates on P training sets.

    Args:
        weights: each (L P, …), rate by rate.
        steps: that each took, (L, P).
        loss: on its training set, at the end, (L, P).
        reached: whether that is the loss asked for, or less, (L, P).
        data: the P training sets with what they are tested on.
    """

    weights: Weights
    steps: Tensor
    loss: Tensor
    reached: Tensor
    data: Sequence[Splits]

    def wrong(self, split: str) -> Tensor:
        """Which samples of a split each net gets wrong, bool (L, P, n)."""
        found = []
        for number, data in enumerate(self.data):
            own = {name: w[number :: len(self.data)] for name, w in self.weights.items()}
            part: Split = getattr(data, split)
            answers = outputs([*own.values()], part.inputs[0].flatten(1)).argmax(-1)
            found.append(answers != part.targets)
        return torch.stack(found, dim=1)


def drawn(config: Mapping[str, Any], seed: int, sets: int) -> list[Splits]:
    """A seed's training sets.

    Args:
        config: the `data` group of a training config.
        seed: of the replica.
        sets: how many, `SETS` at most.
    """
    folder = folder_of(config)
    return [load(config, SETS * seed + number, folder) for number in range(sets)]


def train(
    data: Sequence[Splits], width: int, rates: Sequence[float], batch: int, stop: Stop, seed: int
) -> Trained:
    """Plain SGD of every rate on every training set, in minibatches without replacement.

    Nets of one training set start alike and see the same batches, whatever their rate.

    Args:
        data: P training sets of n samples each.
        width: hidden ReLU units.
        rates: L rates α.
        batch: B, a divisor of n; n or more for all of it.
        stop: when to stop.
        seed: draws the first weights and the batches.
    """
    x = torch.stack([each.train.inputs[0].flatten(1) for each in data])
    y = torch.stack([each.train.targets for each in data])
    generator = Generator().manual_seed(seed)
    sets, n, inputs = x.shape
    size = min(batch, n)
    start = first_weights(sets, (inputs, width, data[0].outputs), generator)
    now = {name: w.repeat(len(rates), *[1] * (w.ndim - 1)) for name, w in start.items()}
    final = {name: w.clone() for name, w in now.items()}
    left = torch.arange(len(rates) * sets)
    steps, ended = torch.zeros(len(left), dtype=torch.long), torch.zeros(len(left))
    alpha = torch.tensor(rates).repeat_interleave(sets)
    order, place = torch.empty(0), n
    seen = x[left % sets], y[left % sets]
    images, classes = x.flatten(0, 1), y.flatten()
    every = max(1, n // size // LOOKS)
    for t in range(stop.steps + 1):
        if t:
            if place + size > n:
                order, place = torch.rand(sets, n, generator=generator).argsort(1), 0
            mine = left % sets
            rows = order[mine, place : place + size] + n * mine[:, None]
            descend(now, alpha, F.embedding(rows, images), classes[rows])
            place += size
        if t % every and t != stop.steps:
            continue
        loss = losses(now, seen)
        for name, w in now.items():
            final[name][left] = w
        steps[left], ended[left] = t, loss
        going = (loss > stop.loss) & (loss < LOST)  # false of NaN too
        if not bool(going.any()):
            break
        if not bool(going.all()):
            left, alpha = left[going], alpha[going]
            now = {name: w[going] for name, w in now.items()}
            seen = x[left % sets], y[left % sets]
    shape = (len(rates), sets)
    reached = (ended <= stop.loss).view(shape)
    return Trained(final, steps.view(shape), ended.view(shape), reached, data)


def first_weights(sets: int, sizes: tuple[int, int, int], generator: Generator) -> Weights:
    """He's weights and zero biases of P nets, each (P, …)."""
    inputs, width, outputs = sizes

    def he(d: int, out: int) -> Tensor:
        return torch.randn(sets, d, out, generator=generator) * (2 / d) ** 0.5

    return {
        "w1": he(inputs, width), "b1": torch.zeros(sets, 1, width),
        "w2": he(width, outputs), "b2": torch.zeros(sets, 1, outputs),
    }  # fmt: skip


def descend(weights: Weights, alpha: Tensor, x: Tensor, y: Tensor) -> None:
    """θ ← θ − α g of R nets, g back-propagated by hand from a batch of each.

    Where all that goes back begins with −α, products with it add themselves to the weights: of few
    samples a gradient is as large as the weights, and is never written.

    Args:
        weights: changed in place.
        alpha: (R,).
        x: (R, n, d).
        y: classes, (R, n).
    """
    hidden = (x @ weights["w1"]).add_(weights["b1"]).relu_()
    out = (hidden @ weights["w2"]).add_(weights["b2"]).softmax(-1)
    out.sub_(one_hot(y, out)).mul_(-alpha[:, None, None] / y.shape[1])
    into = threshold_backward(out @ weights["w2"].mT, hidden, 0.0)
    for layer, before, slope in (("2", hidden, out), ("1", x, into)):
        weights[f"w{layer}"].baddbmm_(before.mT, slope)
        weights[f"b{layer}"] += slope.sum(1, keepdim=True)


def losses(weights: Weights, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean cross-entropy of each net on its own batch, (R,)."""
    x, y = batch
    return cross_entropies(outputs([*weights.values()], x), y).mean(1)
