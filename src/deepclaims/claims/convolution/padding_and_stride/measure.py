"""Stacks of small convolutional nets on digits, of one layout and one learning rate."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.claims.convolution.padding_and_stride.nets import Layout
from deepclaims.claims.tuning import is_choosing
from deepclaims.data.registry import load
from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim import rules
from deepclaims.project import Project
from deepclaims.training.stack import ADAM, Descent, Weights, train_stack

DRAWN, BATCHES = 1, 2  # random streams of a seed

SCORED = 25
"""Images scored at a time: what the filters of all nets see of them fits the cache of a core."""


def digits(config: dict[str, Any], seed: int) -> Outcome:
    """Train some nets of a layout, each on digits of its own, for the same number of steps.

    Args:
        config: what `Layout.of` takes; `data`, options of MNIST, whose `n_train` are one net's;
            `nets`, `steps`, `batch`; Adam's `rate`, which falls linearly to 0.
        seed: draws images, weights and batches: the same for every layout.

    Returns:
        Metrics `validation_error` (mean of the nets), `parameters` and `products` of one net; table
        `nets` (replica, test_error), but of seeds that choose.
    """
    nets = int(config["nets"])
    data = dict(config["data"])
    data["n_train"] *= nets
    splits = load(data, seed, Project.here().prepared(data["name"]))
    assert splits.validation is not None  # MNIST always has one
    each = len(splits.train) // nets
    x, y = _images(splits.train)
    x, y = (part[: nets * each].unflatten(0, (nets, each)) for part in (x, y))
    layout = Layout.of(config, x.shape[-1])
    weights = trained(layout, config, x, y, seed)
    found = {
        "validation_error": float(_errors(layout, weights, splits.validation).mean()),
        "parameters": float(layout.parameters),
        "products": float(layout.products),
    }
    if is_choosing(config):
        return Outcome(found)
    tested = _errors(layout, weights, splits.test)
    table = pd.DataFrame({"replica": range(nets), "test_error": tested.numpy()})
    return Outcome(found, {}, {"nets": table})


def trained(layout: Layout, config: dict[str, Any], x: Tensor, y: Tensor, seed: int) -> Weights:
    """Nets after their steps, on images (R, n, side, side) and labels (R, n)."""
    nets, n = y.shape
    steps, batch, rate = int(config["steps"]), int(config["batch"]), float(config["rate"])
    rows = torch.arange(nets)[:, None]
    draws = Generator().manual_seed(10 * seed + BATCHES)

    def batches(_: int) -> tuple[Tensor, Tensor]:
        chosen = torch.randint(n, (nets, batch), generator=draws)
        return x[rows, chosen], y[rows, chosen]

    def loss(weights: Weights, drawn: tuple[Tensor, Tensor]) -> Tensor:
        logits = layout.answer(weights, drawn[0])
        return F.cross_entropy(logits.flatten(0, 1), drawn[1].flatten(), reduction="sum") / batch

    def anneal(t: int, descent: Descent) -> None:
        descent.numbers["alpha"] = rate * (1 - t / steps)

    start = layout.draw(nets, Generator().manual_seed(10 * seed + DRAWN))
    descent = Descent(start, rules.adam, alpha=rate, **ADAM)
    train_stack(descent, loss, batches, steps, anneal)
    return descent.weights


@torch.no_grad()
def _errors(layout: Layout, weights: Weights, split: Split) -> Tensor:
    """Share of wrong answers of each net, (R,), some images at a time."""
    replicas = len(weights["b"])
    right = torch.zeros(replicas)
    for images, labels in zip(*(part.split(SCORED) for part in _images(split)), strict=True):
        logits = layout.answer(weights, images.expand(replicas, *images.shape))
        right += (logits.argmax(-1) == labels).sum(1)
    return 1 - right / len(split)


def _images(split: Split) -> tuple[Tensor, Tensor]:
    """Images (n, side, side) and labels (n,)."""
    return split.inputs[0][:, 0], split.targets
