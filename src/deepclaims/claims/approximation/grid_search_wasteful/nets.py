"""Small nets trained together, each with hyperparameters of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.splits import Split, Splits
from deepclaims.nn.dense_nets import DroppedRelu, gradients, outputs
from deepclaims.optim import rules
from deepclaims.training.objectives import cross_entropy_backward
from deepclaims.training.stack import Descent, Weights


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
        Errors on validation and test, each (R,); where a net gives no number, or the true class
        not a larger one than all others, it is wrong.
    """
    generator = torch.Generator().manual_seed(seed)
    x, y = _pixels(splits.train), splits.train.targets
    replicas, sizes = len(own["lr"]), (x.shape[1], fit["width"], splits.outputs)
    gain = own["gain"].view(-1, 1, 1)
    keep = 1 - own["dropout"].view(-1, 1, 1)
    weights: Weights = {}
    for name, d_in, d_out in (("1", sizes[0], sizes[1]), ("2", sizes[1], sizes[2])):
        first = torch.randn(d_in, d_out, generator=generator) * math.sqrt(2 / d_in)
        weights |= {f"W{name}": gain * first, f"b{name}": torch.zeros(replicas, 1, d_out)}

    def batches() -> tuple[Tensor, Tensor, Tensor]:
        rows = torch.randint(len(x), (fit["batch"],), generator=generator)
        uniform = torch.rand(fit["batch"], fit["width"], generator=generator)
        return x.index_select(0, rows), y.index_select(0, rows), uniform

    descent = Descent(weights, rules.momentum, alpha=own["lr"], beta1=1 - own["forgetting"])
    with torch.no_grad():
        for _ in range(fit["steps"]):
            inputs, targets, uniform = batches()
            units = DroppedRelu(uniform.repeat(replicas, 1, 1).lt_(keep).div_(keep))
            backward = cross_entropy_backward(targets)
            now = [*descent.weights.values()]
            descent.along(gradients(now, inputs, backward, [units], own["decay"]))
    assert splits.validation is not None  # `data=mnist` and what is alike always have one
    return _errors(descent.weights, splits.validation), _errors(descent.weights, splits.test)


@torch.no_grad()
def _errors(weights: Weights, split: Split) -> Tensor:
    # Classes before samples: extremes down columns are many times faster than along rows, and
    # a comparison than their places.
    by_class = outputs([*weights.values()], _pixels(split)).mT.contiguous()
    finite = by_class.amax(1).isfinite() & by_class.amin(1).isfinite()
    true = by_class.gather(1, split.targets.expand(len(by_class), 1, -1))
    right = (by_class >= true).sum(1) == 1
    return (~right | ~finite).double().mean(1)


def _pixels(split: Split) -> Tensor:
    """Images of half the side, as rows."""
    return F.avg_pool2d(split.inputs[0].float(), 2).flatten(1)
