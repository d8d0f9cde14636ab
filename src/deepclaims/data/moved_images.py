"""Images moved or turned a little: what should not change the class of a digit."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Down and right of the shifts, one after another from image to image."""


def shifted(x: Tensor, pixels: int) -> Tensor:
    """Images (n, c, h, w) moved by `pixels`; image i in direction i mod 4.

    What comes in at the edge is what stood at the edge.
    """
    if pixels == 0:
        return x
    height, width = x.shape[-2:]
    padded = F.pad(x, [pixels] * 4, mode="replicate")
    moved = torch.empty_like(x)
    for i, (down, right) in enumerate(DIRECTIONS):
        top, left = pixels * (1 - down), pixels * (1 - right)
        moved[i::4] = padded[i::4, :, top : top + height, left : left + width]
    return moved


def rotated(x: Tensor, degrees: float) -> Tensor:
    """Images (n, c, h, w) turned about their centre, bilinearly; every other one the other way."""
    if degrees == 0:
        return x
    turned = torch.empty_like(x)
    for i, sign in enumerate((1, -1)):
        angle = sign * math.radians(degrees)
        matrix = x.new_tensor(
            [[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]]
        )
        own = x[i::2]
        if len(own) == 0:
            continue
        grid = F.affine_grid(matrix[None], [1, *own.shape[1:]], align_corners=False)
        grids = grid.expand(len(own), -1, -1, -1)
        turned[i::2] = F.grid_sample(own, grids, padding_mode="border", align_corners=False)
    return turned
