"""MNIST (LeCun, Cortes & Burges 1998) as resident tensors, with what the claims change in it.

Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) has MNIST's shapes and sizes, and is read alike.

Prepared arrays (written by `pipeline.prepare`), for each of train, validation and test:
`<split>_images` (n, 28, 28) uint8, `<split>_pooled` (n, 14, 14) int16 (sums of 2x2 pixels, so
that the average is exact) and `<split>_labels` (n,) uint8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepclaims.data.options import (
    require_choice,
    require_count,
    require_fraction,
)
from deepclaims.data.prepared import read_array, read_meta, written
from deepclaims.data.sampling import flip_labels, stratified_order
from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError, DataError
from deepclaims.groups import read_options

CLASSES = 10
SUBSET, LABEL_NOISE, VALIDATION_NOISE, PERMUTATION, HELD_OUT = 101, 102, 103, 104, 105
"""Random streams of a replica's seed, one a choice: changing one option moves no other draw."""

MANY = 20_000
"""Training images from which on those of a replica are taken from all, as networks see them."""


@dataclass(frozen=True)
class MnistOptions:
    """Options of `conf/data/mnist.yaml`, which says what each means, and of Fashion-MNIST."""

    n_train: int | None = None
    n_validation: int | None = None
    n_test: int | None = None
    label_noise: float = 0.0
    validation_noise: float = 0.0
    pool: int = 1
    standardise: str = "scalar"
    pca: int | None = None
    permute: bool = False
    locked: bool = False

    def __post_init__(self) -> None:
        for key in ("n_train", "n_validation", "n_test"):
            require_count(key, getattr(self, key))
        require_count("pca", self.pca)
        require_fraction("label_noise", self.label_noise)
        require_fraction("validation_noise", self.validation_noise)
        require_choice("pool", self.pool, (1, 2))
        require_choice("standardise", self.standardise, ("scalar", "pixel", "none"))
        require_choice("permute", self.permute, (False, True))
        require_choice("locked", self.locked, (False, True))


def load_mnist(config: Mapping[str, Any], seed: int, folder: Path) -> Splits:
    """Load MNIST; inputs are (n, 1, 28, 28) float32, (n, 1, 14, 14) where pooled, or (n, pca).

    Args:
        config: the options, see `MnistOptions`.
        seed: draws the training subset, the flipped labels and the pixel permutation.
        folder: the prepared folder.

    Raises:
        ConfigError: an unknown option or value, or more samples than there are.
        StageError: not prepared yet.
    """
    return _load(_Prepared("mnist", folder), config, seed)


def load_fashion_mnist(config: Mapping[str, Any], seed: int, folder: Path) -> Splits:
    """Load Fashion-MNIST, as `load_mnist` does MNIST: the same draws of the same seed."""
    return _load(_Prepared("fashion_mnist", folder), config, seed)


@dataclass(frozen=True)
class _Prepared:
    """The prepared folder of a data set."""

    dataset: str
    folder: Path

    @cached_property
    def meta(self) -> dict[str, Any]:
        """What `prepare` wrote of it; refused if it is of another data set."""
        meta = read_meta(self.folder, self.dataset)
        if meta["dataset"] != self.dataset:
            raise DataError(f"{self.folder} holds {meta['dataset']}, and not {self.dataset}")
        return meta

    def array(self, name: str) -> np.ndarray:
        """One of its arrays, mapped."""
        return read_array(self.folder, name, self.dataset)


def _load(prepared: _Prepared, config: Mapping[str, Any], seed: int) -> Splits:
    options = read_options(f"data={prepared.dataset}", MnistOptions, config)
    source = str(prepared.meta["source"])
    train = _draw(prepared, options, "train", options.n_train, seed)
    if options.permute or options.validation_noise:
        validation, test = _held_out(prepared, options, seed)
    else:
        when = written(prepared.folder, prepared.dataset)
        standing = replace(options, n_train=None, label_noise=0.0)
        # Copies, so that whatever a network does to its inputs stays its own affair.
        validation, test = (part.each(torch.clone) for part in _standing(prepared, standing, when))
    side = 28 // options.pool
    shape = (1, side, side) if options.pca is None else (options.pca,)
    return Splits(
        train=train,
        validation=validation,
        test=test,
        task="classification",
        outputs=CLASSES,
        input_shapes=(shape,),
        source=source,
    )


@lru_cache(maxsize=2)
def _standing(prepared: _Prepared, options: MnistOptions, when: int) -> tuple[Split, Split]:
    """What is held out where no seed draws it; kept for the other replicas of a worker.

    Args:
        prepared: the folder.
        options: those that the training part alone has, as they are by default.
        when: it was prepared.
    """
    return _held_out(prepared, options, seed=0)


def _held_out(prepared: _Prepared, options: MnistOptions, seed: int) -> tuple[Split, Split]:
    """Validation and test."""
    validation = _draw(prepared, options, "validation", options.n_validation, seed)
    tested = "validation" if options.locked else "test"
    test = _draw(prepared, options, tested, options.n_test, seed, instead=options.locked)
    return validation, test


def _draw(
    prepared: _Prepared,
    options: MnistOptions,
    part: str,
    count: int | None,
    seed: int,
    instead: bool = False,
) -> Split:
    """Some samples of a prepared part; of a locked validation the first half, or the other.

    The other stands `instead` of the locked test split.
    """
    labels = np.asarray(prepared.array(f"{part}_labels"))
    images = prepared.array(f"{part}_{_kind(options)}")
    if options.locked and part == "validation":
        half = slice(int(instead), None, 2)
        labels, images = labels[half], images[half]
        count = None if count is None else min(count, len(labels))
    index = _choose(prepared, labels, part, count, seed)
    if part == "train" and options.pca is None and index is not None and len(index) >= MANY:
        own = MnistOptions(pool=options.pool, standardise=options.standardise)
        every = _training_images(prepared, own, written(prepared.folder, prepared.dataset))
        inputs = every.index_select(0, torch.from_numpy(index))
    else:
        inputs = _seen(images if index is None else images[index], prepared, options)
    if options.permute:
        order = np.random.default_rng([seed, PERMUTATION]).permutation(inputs[0].numel())
        inputs = inputs.flatten(1)[:, torch.from_numpy(order)].view_as(inputs)
    chosen = (labels if index is None else labels[index]).astype(np.int64)
    targets = torch.from_numpy(_noisy(chosen, part, options, seed))
    return Split((inputs,), targets)


@lru_cache(maxsize=1)
def _training_images(prepared: _Prepared, options: MnistOptions, when: int) -> torch.Tensor:
    """All images of the training part, kept for the other replicas of a worker; see `_standing`."""
    return _seen(prepared.array(f"train_{_kind(options)}"), prepared, options)


def _seen(images: np.ndarray, prepared: _Prepared, options: MnistOptions) -> torch.Tensor:
    """Prepared images as a network's inputs."""
    pixels = torch.from_numpy(images.astype(np.float32))
    if options.pca is not None:
        return _whitened(pixels, prepared, options)
    return _standardised(pixels, prepared, options).unsqueeze(1)


def _kind(options: MnistOptions) -> str:
    return "images" if options.pool == 1 else "pooled"


def _choose(
    prepared: _Prepared, labels: np.ndarray, part: str, count: int | None, seed: int
) -> np.ndarray | None:
    if count is None or count == len(labels):
        return None
    if count > len(labels):
        raise ConfigError(f"data.n_{part}={count}, but there are {len(labels)} such images")
    # Validation and test subsets are the same for every seed: replicas are compared on them.
    if part == "train":
        return _order(prepared, seed, written(prepared.folder, prepared.dataset))[:count]
    return stratified_order(labels, np.random.default_rng([HELD_OUT]))[:count]


@lru_cache(maxsize=32)
def _order(prepared: _Prepared, seed: int, when: int) -> np.ndarray:
    """The order in which a seed takes the training images; kept, see `_standing`."""
    labels = np.asarray(prepared.array("train_labels"))
    return stratified_order(labels, np.random.default_rng([seed, SUBSET]))


def _noisy(labels: np.ndarray, part: str, options: MnistOptions, seed: int) -> np.ndarray:
    if part == "train" and options.label_noise:
        rng = np.random.default_rng([seed, LABEL_NOISE])
        return flip_labels(labels, options.label_noise, CLASSES, rng)
    if part == "validation" and options.validation_noise:
        rng = np.random.default_rng([seed, VALIDATION_NOISE])
        return flip_labels(labels, options.validation_noise, CLASSES, rng)
    return labels


def _standardised(pixels: torch.Tensor, prepared: _Prepared, options: MnistOptions) -> torch.Tensor:
    # In place: at 55 000 images each copy would cost 170 MB.
    pixels /= 255.0 * options.pool**2
    if options.standardise == "none":
        return pixels
    statistics = prepared.meta["statistics"][f"pool{options.pool}"]
    if options.standardise == "scalar":
        return pixels.sub_(statistics["mean"]).div_(statistics["std"])
    mean = prepared.array(f"mean_image_pool{options.pool}")
    return pixels.sub_(torch.from_numpy(np.array(mean))).div_(statistics["std_about_mean_image"])


def _whitened(pixels: torch.Tensor, prepared: _Prepared, options: MnistOptions) -> torch.Tensor:
    """The first principal components of the training part, each of unit variance in it."""
    matrix = prepared.array(f"whitening_pool{options.pool}")
    if options.pca is not None and options.pca > matrix.shape[1]:
        raise ConfigError(f"data.pca={options.pca}, but {matrix.shape[1]} components are prepared")
    mean = prepared.array(f"mean_image_pool{options.pool}")
    grey = pixels.div_(255.0 * options.pool**2).sub_(torch.from_numpy(np.array(mean)))
    return grey.flatten(1) @ torch.from_numpy(np.array(matrix[:, : options.pca]))
