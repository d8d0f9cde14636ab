"""Loops written from the slides beside torch's convolution."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import convolved, convolved_dimension
from deepclaims.nn.sliding_filter import (
    printed_dimension,
    slide,
    slide_tensor,
    strided_dimension,
    uses,
)

IMAGE = np.array(
    [
        [3, 1, 0, 2, 1, 0],
        [2, 0, 1, 3, 2, 1],
        [0, 1, 2, 1, 0, 3],
        [4, 0, 3, 2, 2, 1],
        [1, 1, 0, 1, 0, 1],
        [3, 2, 1, 0, 2, 1],
    ]
)
"""The 6×6 input of the slides."""

FILTER = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
"""Their 3×3 filter."""

PRINTED = np.array([[2, -4, 0, 2], [0, -5, 2, 1], [0, -2, 3, -1], [4, 0, 0, 0]])
"""The 4×4 result that they print."""

PRINTED_STRIDE_2 = np.array([[2, 0], [0, 3]])
"""And the one they print for stride 2."""


def example(config: dict[str, Any], seed: int) -> Outcome:
    """The worked example in loops and by torch, against the numbers the slides print.

    Args:
        config: nothing.
        seed: not used: nothing is random.

    Returns:
        Metrics: entries that differ from the 16 printed (`wrong`), from the 4 of stride 2
        (`stride_wrong`), and from the 16 with the filter flipped (`flipped_wrong`); uses of the
        corner over uses of the centre without padding (`corner_share`).
    """
    flipped = FILTER[::-1, ::-1]
    counts = uses(len(IMAGE), len(FILTER), 0)
    return Outcome(
        {
            "wrong": _differing(FILTER, 1, PRINTED, max),
            "stride_wrong": _differing(FILTER, 2, PRINTED_STRIDE_2, max),
            "flipped_wrong": _differing(flipped, 1, PRINTED, min),
            "corner_share": float(counts[0, 0] / counts.max()),
        }
    )


def dimensions(config: dict[str, Any], seed: int) -> Outcome:
    """Both formulas for the dimension against torch's output, over a grid of sizes.

    Args:
        config: `stride`; largest `side`, `kernel` and `padding` of the grid.
        seed: not used.

    Returns:
        Metrics: cases in which the slides' formula (`printed_wrong`) and the one with the stride
        (`strided_wrong`) miss what torch gives, `cases` in all. A formula below 1 is right where
        torch refuses: the filter is larger than what it is to slide over.
    """
    stride = int(config["stride"])
    sides, kernels = (range(1, int(config[key]) + 1) for key in ("side", "kernel"))
    printed_wrong = strided_wrong = cases = 0
    for case in itertools.product(sides, kernels, range(int(config["padding"]) + 1)):
        found = convolved_dimension(*case, stride)
        printed_wrong += max(printed_dimension(*case), 0) != found
        strided_wrong += max(strided_dimension(*case, stride), 0) != found
        cases += 1
    counts = {"printed_wrong": printed_wrong, "strided_wrong": strided_wrong, "cases": cases}
    return Outcome({name: float(count) for name, count in counts.items()})


def paddings(config: dict[str, Any], seed: int) -> Outcome:
    """Same and full padding of one filter size, with positive numbers so that no sum cancels.

    Args:
        config: `kernel`; `side` of the input.
        seed: draws the numbers.

    Returns:
        Metrics: `same_misses`, by how much same padding changes the dimension (odd filters; NaN for
        even ones); `keeping`, whole paddings that keep the dimension; `full_faults`, outputs that
        are 0 with full padding, and outputs of the outermost ring that are not with one zero more.
    """
    kernel, side = int(config["kernel"]), int(config["side"])
    rng = np.random.default_rng([seed, 1])
    x, f = rng.random((side, side)) + 0.1, rng.random((kernel, kernel)) + 0.1
    lengths = [len(convolved(x, f, padding)) for padding in range(kernel + 1)]
    same = abs(lengths[(kernel - 1) // 2] - side) if kernel % 2 else np.nan
    full, beyond = convolved(x, f, kernel - 1), convolved(x, f, kernel)
    ring = beyond.copy()
    ring[1:-1, 1:-1] = 0
    return Outcome(
        {
            "same_misses": float(same),
            "keeping": float(sum(length == side for length in lengths)),
            "full_faults": float((full == 0).sum() + (ring != 0).sum()),
        }
    )


def tensors(config: dict[str, Any], seed: int) -> Outcome:
    """A layer of d filters over (n, h, w, c), and a stride as the rows and columns it leaves out.

    Args:
        config: `channels` c, `filters` d, `samples` n.
        seed: draws input, filters and biases.

    Returns:
        Metrics: `difference` between loops and torch, infinite if a shape is not (n, 4, 4, d);
        `parameters_wrong`, torch's count minus (k²c + 1)d; `omission_difference`, between stride s
        and every s-th entry of stride 1, the largest over s = 2, 3.
    """
    n, c, d = (int(config[key]) for key in ("samples", "channels", "filters"))
    rng = np.random.default_rng([seed, 2])
    x, bias = rng.standard_normal((n, 6, 6, c)), rng.standard_normal(d)
    filters = rng.standard_normal((d, 3, 3, c))
    layer = torch.nn.Conv2d(c, d, 3)
    by_hand = slide_tensor(x, filters, bias)
    channels_first = torch.from_numpy(np.moveaxis(x, -1, 1))
    weights, biases = torch.from_numpy(np.moveaxis(filters, -1, 1)), torch.from_numpy(bias)
    first = F.conv2d(channels_first, weights, biases)
    found = first.movedim(1, -1).numpy()
    right_shape = by_hand.shape == found.shape == (n, 4, 4, d)
    omitted = [
        (F.conv2d(channels_first, weights, biases, stride=s) - first[..., ::s, ::s]).abs().max()
        for s in (2, 3)
    ]
    count = sum(p.numel() for p in layer.parameters())
    return Outcome(
        {
            "difference": float(np.abs(by_hand - found).max()) if right_shape else np.inf,
            "parameters_wrong": float(abs(count - (9 * c + 1) * d)),
            "omission_difference": float(max(omitted)),
        }
    )


def _differing(f: np.ndarray, stride: int, printed: np.ndarray, decides: Any) -> float:
    """Entries that differ from the printed ones, in loops or by torch: `decides` takes one."""
    made = (slide(IMAGE, f, stride=stride), convolved(IMAGE, f, stride=stride))
    return float(decides(int((each != printed).sum()) for each in made))
