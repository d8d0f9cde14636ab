"""Digits of a given number of pixels: what both sides of the comparison read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.registry import load
from deepclaims.data.splits import Split
from deepclaims.project import Project

Images = tuple[Tensor, Tensor]
"""Images (n, 1, side, side) and labels (n,)."""


def digits(config: Mapping[str, Any], seed: int, held_out: str) -> tuple[Images, Images]:
    """MNIST averaged to side × side pixels; minus the training part's mean, over its deviation.

    Args:
        config: `data` (options of `data=mnist`), `samples` to train on, `side` (a divisor of 28)
            and `permute`, whether the pixels are put in an order drawn by the seed.
        seed: draws the training samples, nested: fewer are the first of more.
        held_out: `validation` or `test`.

    Returns:
        The training part, and what is held out.
    """
    side = int(config["side"])
    pool = 2 if 14 % side == 0 else 1
    options = {
        **config["data"],
        "n_train": config["samples"],
        "pool": pool,
        "permute": config["permute"],
    }
    splits = load(options, seed, Project.here().prepared(options["name"]))
    averaged = 28 // pool // side

    def reduced(part: Split) -> Tensor:
        return F.avg_pool2d(part.inputs[0], averaged) if averaged > 1 else part.inputs[0]

    parts = (splits.train, getattr(splits, held_out))
    images = [reduced(part) for part in parts]
    mean, std = images[0].mean(), images[0].std()
    train, other = (((x - mean) / std, part.targets) for x, part in zip(images, parts, strict=True))
    return train, other
