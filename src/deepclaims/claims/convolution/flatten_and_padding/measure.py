"""The slides' matrices as they print them, beside loops and torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import convolved
from deepclaims.nn.sliding_filter import slide

FLATTENED = ("11", "12", "13", "21", "22", "23", "31", "32", "33")
"""Row and column of each entry of the column that the slide on flatten prints."""


def _printed(text: str) -> np.ndarray:
    return np.array([row.split() for row in text.strip().splitlines()], dtype=int)


PADDED = {
    0: _printed(
        """
        3 1 0 2 1 0
        2 0 1 3 2 1
        0 1 2 1 0 3
        4 0 3 2 2 1
        1 1 0 1 0 1
        3 2 1 0 2 1
        """
    ),
    1: _printed(
        """
        0 0 0 0 0 0 0 0
        0 3 1 0 2 1 0 0
        0 2 0 1 3 2 1 0
        0 0 1 2 1 0 3 0
        0 4 0 3 2 2 1 0
        0 1 1 0 1 0 1 0
        0 3 2 1 0 2 1 0
        0 0 0 0 0 0 0 0
        """
    ),
    2: _printed(
        """
        0 0 0 0 0 0 0 0 0 0
        0 0 0 0 0 0 0 0 0 0
        0 0 3 1 0 2 1 0 0 0
        0 0 2 0 1 3 2 1 0 0
        0 0 0 1 2 1 0 3 0 0
        0 0 4 0 3 2 2 1 0 0
        0 0 1 1 0 1 0 1 0 0
        0 0 3 2 1 0 2 1 0 0
        0 0 0 0 0 0 0 0 0 0
        0 0 0 0 0 0 0 0 0 0
        """
    ),
}
"""The matrices that the slide on padding prints, by padding."""

FILTER = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
"""The 3×3 filter of the slides before and after."""


def flatten(config: dict[str, Any], seed: int) -> Outcome:
    """The slide's 3×3 matrix, written one row under the other, against two libraries.

    Args:
        config: nothing.
        seed: not used: nothing is random.

    Returns:
        Metrics: entries of the printed column that are not those of the index 3(i − 1) + j, of
        torch or of NumPy, the most of the three (`wrong`); and those that are not of the order
        column by column (`column_wrong`).
    """
    side = int(len(FLATTENED) ** 0.5)
    printed = np.array(FLATTENED, dtype=int)
    rows, columns = np.indices((side, side)) + 1
    matrix = 10 * rows + columns
    by_index = np.zeros_like(printed)
    by_index[(side * (rows - 1) + columns - 1).ravel()] = matrix.ravel()
    layer = nn.Flatten()(torch.from_numpy(matrix)[None, None])[0].numpy()
    made = (by_index, layer, matrix.ravel())
    return Outcome(
        {
            "wrong": float(max(differing(each, printed) for each in made)),
            "column_wrong": float(differing(matrix.ravel(order="F"), printed)),
        }
    )


def pad(config: dict[str, Any], seed: int) -> Outcome:
    """One padding: the printed matrix, and what a layer with that padding answers.

    Args:
        config: `padding`.
        seed: not used.

    Returns:
        Metrics: entries that differ between the printed matrix and the input with rings of zeros,
        in loops or by torch (`wrong`); between torch's layer on the input, told the padding, and
        the filter sliding over the printed matrix in loops (`layer_wrong`). And what has to differ:
        the matrix with all its zeros on one side (`one_sided_wrong`; NaN without padding) or column
        by column (`transposed_wrong`), and the layer's answer with the filter flipped
        (`flipped_wrong`).
    """
    padding = int(config["padding"])
    image, printed = PADDED[0], PADDED[padding]
    given = torch.from_numpy(image)
    ringed = F.pad(given, [padding] * 4).numpy()
    one_sided = F.pad(given, [0, 2 * padding] * 2).numpy()
    answer = convolved(image, FILTER, padding)
    made = (ring(image, padding), ringed)
    return Outcome(
        {
            "wrong": float(max(differing(each, printed) for each in made)),
            "layer_wrong": float(differing(answer, slide(printed, FILTER))),
            "one_sided_wrong": float(differing(one_sided, printed)) if padding else np.nan,
            "transposed_wrong": float(differing(ringed.T, printed)),
            "flipped_wrong": float(differing(answer, slide(printed, FILTER[::-1, ::-1]))),
        }
    )


def ring(image: np.ndarray, padding: int) -> np.ndarray:
    """The image inside that many rings of zeros, entry by entry; (h + 2p, w + 2p)."""
    height, width = image.shape
    made = np.zeros((height + 2 * padding, width + 2 * padding), dtype=image.dtype)
    for i, j in np.ndindex(height, width):
        made[i + padding, j + padding] = image[i, j]
    return made


def differing(a: np.ndarray, b: np.ndarray) -> int:
    """Entries that differ; all of them where the shapes do."""
    return int((a != b).sum()) if a.shape == b.shape else max(a.size, b.size)
