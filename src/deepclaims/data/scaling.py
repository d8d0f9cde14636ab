"""From data as they come to what a network reads: kept with its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.arrays import own_statistics
from deepclaims.data.mnist import PERMUTATION, MnistOptions
from deepclaims.data.prepared import read_array, read_meta
from deepclaims.groups import read_options

IMAGES = ("mnist", "fashion_mnist")
OWN_ARRAYS = ("arrays", "csv", "idx")


@dataclass(frozen=True)
class Scaling:
    """x -> (x / unit - mean) / std, between pooling and what may come behind.

    Args:
        says: what x is, for people.
        unit: what a raw number is divided by.
        mean: of the training data, in any shape that broadcasts.
        std: likewise.
        pool: side of the squares whose pixels are averaged first.
        matrix: (d, components), the whitening, where there is one.
        order: of the numbers of a sample, where it is permuted.
        channel: whether an image (n, h, w) may come without its channel.
    """

    says: str
    unit: float = 1.0
    mean: Tensor | None = None
    std: Tensor | None = None
    pool: int = 1
    matrix: Tensor | None = None
    order: Tensor | None = None
    channel: bool = False

    def __call__(self, x: Tensor) -> Tensor:
        """What the network reads of the samples x, (n, …)."""
        if self.channel and x.ndim == 3:
            x = x[:, None]
        x = x.to(torch.get_default_dtype()) if not x.is_floating_point() else x
        if self.pool > 1:
            x = F.avg_pool2d(x, self.pool)
        if self.unit != 1:
            x = x / self.unit
        if self.mean is not None:
            x = x - self.mean.to(x)
        if self.std is not None:
            x = x / self.std.to(x)
        if self.matrix is not None:
            x = x.flatten(1) @ self.matrix.to(x)
        if self.order is not None:
            x = x.flatten(1)[:, self.order.to(x.device)].view_as(x)
        return x

    @property
    def is_affine(self) -> bool:
        """Whether `undone` can undo it."""
        return self.pool == 1 and self.matrix is None and self.order is None

    def undone(self, x: Tensor) -> Tensor:
        """The samples as they came, if `is_affine`."""
        if self.std is not None:
            x = x * self.std.to(x)
        if self.mean is not None:
            x = x + self.mean.to(x)
        return x * self.unit

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors."""
        return dict(vars(self))


def scaling_of(config: Mapping[str, Any], seed: int, folder: Path | None) -> Scaling:
    """The scaling of the first input of a data set.

    Args:
        config: the `data` group.
        seed: the replica's.
        folder: the prepared folder, or None where there is none.

    Raises:
        ConfigError: an unknown option or value.
        StageError: the data are not prepared.
    """
    name = str(config["name"])
    if name in IMAGES and folder is not None:
        return _images(name, config, seed, folder)
    if name in OWN_ARRAYS:
        found = own_statistics(config)
        mean, std = (None, None) if found is None else map(torch.from_numpy, map(np.asarray, found))
        return Scaling("as they are in the file", mean=mean, std=std)
    if folder is not None:
        return Scaling(f"as data={name} is prepared: `.data()` gives it")
    return Scaling(f"as data={name} gives it")


def raw_images(config: Mapping[str, Any], folder: Path, count: int) -> Tensor | None:
    """The first validation images as they come, (count, 28, 28) uint8; None for other data."""
    name = str(config["name"])
    if name not in IMAGES:
        return None
    return torch.from_numpy(np.array(read_array(folder, "validation_images", name)[:count]))


def _images(name: str, config: Mapping[str, Any], seed: int, folder: Path) -> Scaling:
    options = read_options(f"data={name}", MnistOptions, config)
    facts = read_meta(folder, name)["statistics"][f"pool{options.pool}"]
    mean: Tensor | None = None
    std: Tensor | None = None
    matrix: Tensor | None = None
    if options.pca is not None or options.standardise == "pixel":
        image = np.array(read_array(folder, f"mean_image_pool{options.pool}", name))
        mean = torch.from_numpy(image)
    if options.pca is not None:
        whitening = np.array(read_array(folder, f"whitening_pool{options.pool}", name))
        matrix = torch.from_numpy(whitening[:, : options.pca])
    elif options.standardise == "pixel":
        std = torch.tensor(facts["std_about_mean_image"])
    elif options.standardise == "scalar":
        mean, std = torch.tensor(facts["mean"]), torch.tensor(facts["std"])
    order = None
    if options.permute:
        numbers = options.pca or (28 // options.pool) ** 2
        drawn = np.random.default_rng([seed, PERMUTATION]).permutation(numbers)
        order = torch.from_numpy(drawn)
    says = "grey from 0 to 255, (n, 28, 28)"
    return Scaling(says, 255.0, mean, std, options.pool, matrix, order, channel=True)
