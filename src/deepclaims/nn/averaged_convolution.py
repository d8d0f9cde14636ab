"""Convolution, ReLU and average pooling as one matrix product, and its way back.

A tile is what the four windows see that are pooled to one number. Each is laid out once, in a
column, and the filters are multiplied with it in all four places: a window's numbers would be
copied more often, and the four results lie in whole rows. The samples are last, so that whatever
is copied, added or pooled are rows of them.
"""

from __future__ import annotations

from itertools import product
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

POOL = 2
PLACES = tuple(product(range(POOL), repeat=2))
"""Of the windows of a tile, down and right."""


def averaged_convolution(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Means over 2×2 of ReLU(W ∗ x + b); what an odd side has over is left out.

    Args:
        x: (c, h, w, n).
        W: (d, c, k, k), k odd.
        b: (d,).

    Returns:
        (d, ⌊(h − k + 1)/2⌋, ⌊(w − k + 1)/2⌋, n).
    """
    return cast(Tensor, _AveragedConvolution.apply(x, W, b))


class _AveragedConvolution(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, W: Tensor, b: Tensor) -> Tensor:
        tiles, maps = _tiles(x, W.shape[-1] + POOL - 1)
        filters = _in_places(W, b)
        # A mean is a sum of quarters, and a quarter loses no bit.
        h = (filters @ tiles).relu_().view(len(PLACES), -1)
        ctx.save_for_backward(tiles, filters, h)
        ctx.sizes = x.shape, W.shape
        pairs = h[:2] + h[2:]
        return (pairs[0] + pairs[1]).view(len(W), *maps, x.shape[-1])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        tiles, filters, h = ctx.saved_tensors
        of_x, (d, c, k, _) = ctx.sizes
        each = slope.reshape(1, -1).expand_as(h)
        dz = torch.ops.aten.threshold_backward(each, h, 0).view(len(filters), -1)
        by_place = (dz @ tiles.T).mul_(1 / len(PLACES)).view(len(PLACES), d, -1)
        dW, db = slope.new_zeros(d, c, k, k), by_place[..., -1].sum(0)
        for own, (i, j) in zip(_squares(by_place, c), PLACES, strict=True):
            dW += own[..., i : i + k, j : j + k]
        if not ctx.needs_input_grad[0]:
            return None, dW, db
        dx = filters[:, :-1].T @ dz
        return _overlapping(dx.view(c, k + 1, k + 1, *slope.shape[1:]), of_x), dW, db


def _tiles(x: Tensor, side: int) -> tuple[Tensor, torch.Size]:
    """Tiles of x (c, h, w, n), each a column, with a one below whose weight is b; and h', w'."""
    windows = x.unfold(1, side, POOL).unfold(2, side, POOL).permute(0, 4, 5, 1, 2, 3)
    tiles = x.new_empty(len(x) * side**2 + 1, windows[0, 0, 0].numel())
    tiles[:-1].view(windows.shape).copy_(windows)
    tiles[-1] = 1
    return tiles, windows.shape[3:5]


def _in_places(W: Tensor, b: Tensor) -> Tensor:
    """A quarter of the filters, in each of their places in a tile, and of b: (4·d, c·side² + 1)."""
    d, c, k, _ = W.shape
    filters = W.new_zeros(len(PLACES), d, c * (k + 1) ** 2 + 1)
    for own, (i, j) in zip(_squares(filters, c), PLACES, strict=True):
        own[..., i : i + k, j : j + k] = W
    filters[..., -1] = b
    return filters.mul_(1 / len(PLACES)).flatten(0, 1)


def _squares(filters: Tensor, c: int) -> Tensor:
    """Of filters in their places what is no bias, (4, d, c, side, side)."""
    weights = filters[..., :-1].unflatten(2, (c, -1))
    return weights.unflatten(3, (round(weights.shape[3] ** 0.5), -1))


def _overlapping(tiles: Tensor, of_x: torch.Size) -> Tensor:
    """The sum of tiles (c, side, side, h', w', n) where they lie in x (c, h, w, n)."""
    into = tiles.new_zeros(of_x)
    height, width = (POOL * side for side in tiles.shape[3:5])
    blocks = tiles.unflatten(2, (-1, POOL)).unflatten(1, (-1, POOL))
    for i, j in product(range(blocks.shape[1]), repeat=2):
        place = into[:, POOL * i : POOL * i + height, POOL * j : POOL * j + width]
        place = place.unflatten(2, (-1, POOL)).unflatten(1, (-1, POOL))
        place += blocks[:, i, :, j].permute(0, 3, 1, 4, 2, 5)
    return into
