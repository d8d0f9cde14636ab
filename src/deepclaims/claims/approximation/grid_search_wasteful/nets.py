"""Small nets trained together, each with hyperparameters of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.splits import Split, Splits
from deepclaims.optim import rules
from deepclaims.training.stack import Descent, Weights, train_stack


def train(
    splits: Splits, own: Mapping[str, Tensor], fit: Mapping[str, Any], seed: int
) -> tuple[Tensor, Tensor]:
    """Train R nets of one hidden ReLU layer by SGD with momentum.

    Weights, minibatches and masks are drawn once for all: what tells the nets apart is their
    hyperparameters, as of one seed in a sweep.

    Args:
        splits: images and their classes.
        own: `lr`; `forgetting`, 1 − β₁; `decay`, λ of λ/2 ‖W‖²; `gain`, by which He's first
            weights are multiplied; `dropout`, the probability that a unit is dropped; each (R,).
        fit: `width`, `steps` and `batch`.
        seed: of all that is drawn.

    Returns:
        Errors on validation and test, each (R,); where a net gives no number it is wrong.
    """
    generator = torch.Generator().manual_seed(seed)
    x, y = _pixels(splits.train), splits.train.targets
    replicas, sizes = len(own["lr"]), (x.shape[1], fit["width"], splits.outputs)
    gain, decay = own["gain"].view(-1, 1, 1), own["decay"] / 2
    keep = 1 - own["dropout"].view(-1, 1, 1)
    weights: Weights = {}
    for name, d_in, d_out in (("1", sizes[0], sizes[1]), ("2", sizes[1], sizes[2])):
        first = torch.randn(d_in, d_out, generator=generator) * math.sqrt(2 / d_in)
        weights |= {f"W{name}": gain * first, f"b{name}": torch.zeros(replicas, 1, d_out)}

    def batches(_: int) -> tuple[Tensor, Tensor, Tensor]:
        rows = torch.randint(len(x), (fit["batch"],), generator=generator)
        return x[rows], y[rows], torch.rand(fit["batch"], fit["width"], generator=generator)

    def losses(weights: Weights, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        inputs, targets, uniform = batch
        outputs = _outputs(weights, inputs, (uniform < keep) / keep)
        given = F.log_softmax(outputs, -1)[:, torch.arange(len(targets)), targets]
        norms = sum(weights[name].square().sum((1, 2)) for name in ("W1", "W2"))
        return decay * norms - given.mean(1)

    descent = Descent(weights, rules.momentum, alpha=own["lr"], beta1=1 - own["forgetting"])
    train_stack(descent, losses, batches, fit["steps"])
    assert splits.validation is not None  # `data=mnist` and what is alike always have one
    return _errors(descent.weights, splits.validation), _errors(descent.weights, splits.test)


def _outputs(weights: Weights, x: Tensor, mask: Tensor | float = 1.0) -> Tensor:
    hidden = torch.relu(x @ weights["W1"] + weights["b1"]) * mask
    return hidden @ weights["W2"] + weights["b2"]


@torch.no_grad()
def _errors(weights: Weights, split: Split) -> Tensor:
    outputs = _outputs(weights, _pixels(split))
    wrong = (outputs.argmax(-1) != split.targets) | ~outputs.isfinite().all(-1)
    return wrong.double().mean(1)


def _pixels(split: Split) -> Tensor:
    """Images of half the side, as rows."""
    return F.avg_pool2d(split.inputs[0].float(), 2).flatten(1)
