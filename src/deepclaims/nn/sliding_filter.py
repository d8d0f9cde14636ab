"""A filter sliding over a matrix, in loops, as the slides say it.

L1 "Convolutional Layers", "Padding", "Stride". Nothing here calls a library's convolution, so that
the two can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def printed_dimension(side: int, kernel: int, padding: int) -> int:
    """dim(x) − dim(f) + 1 + 2·padding, the slides' formula; it knows no stride."""
    return side - kernel + 1 + 2 * padding


def strided_dimension(side: int, kernel: int, padding: int, stride: int) -> int:
    """⌊(dim(x) − dim(f) + 2·padding)/stride⌋ + 1, which is the slides' where the stride is 1."""
    return (side - kernel + 2 * padding) // stride + 1


def slide(x: np.ndarray, f: np.ndarray, padding: int = 0, stride: int = 1) -> np.ndarray:
    """X ∗ f without flipping: each entry is the sum of a window times the filter.

    Args:
        x: input, (h, w).
        f: filter, (k, k).
        padding: rings of zeros around x.
        stride: steps of the window.
    """
    padded = np.pad(x, padding)
    rows, columns = (list(_starts(size, len(f), stride)) for size in padded.shape)
    made = np.zeros((len(rows), len(columns)), dtype=np.result_type(x, f))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            made[i, j] = (padded[top : top + len(f), left : left + len(f)] * f).sum()
    return made


def uses(side: int, kernel: int, padding: int) -> np.ndarray:
    """How many windows hold each pixel of a side×side input, (side, side)."""
    counts = np.zeros((side + 2 * padding,) * 2, dtype=int)
    for top in _starts(len(counts), kernel, 1):
        for left in _starts(len(counts), kernel, 1):
            counts[top : top + kernel, left : left + kernel] += 1
    inside = slice(padding, padding + side)
    return counts[inside, inside]


def slide_tensor(x: np.ndarray, filters: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """A layer of filters: every filter reads all channels, and has one bias.

    Args:
        x: (n, h, w, c), channels last as on the slides.
        filters: (d, k, k, c).
        bias: (d,).

    Returns:
        (n, h − k + 1, w − k + 1, d).
    """
    neurons = [
        [sum(slide(sample[..., c], f[..., c]) for c in range(x.shape[-1])) for f in filters]
        for sample in x
    ]
    return np.moveaxis(np.array(neurons), 1, -1) + bias


def _starts(size: int, kernel: int, stride: int) -> Iterator[int]:
    yield from range(0, size - kernel + 1, stride)
