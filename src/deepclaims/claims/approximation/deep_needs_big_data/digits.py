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
    """MNIST averaged to side × side pixels, each image of mean zero and variance one.

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

    def of_side(part: Split) -> Images:
        images = part.inputs[0]
        images = F.avg_pool2d(images, averaged) if averaged > 1 else images
        return standardised(images), part.targets

    return of_side(splits.train), of_side(getattr(splits, held_out))


def standardised(images: Tensor) -> Tensor:
    """Images (n, c, h, w), each minus its mean and over its deviation, so that ink counts alike."""
    pixels = images.flatten(1)
    mean, std = pixels.mean(1), pixels.std(1)
    return (images - mean[:, None, None, None]) / std.clamp_min(1e-6)[:, None, None, None]
