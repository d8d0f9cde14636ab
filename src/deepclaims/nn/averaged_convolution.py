"""Convolution, ReLU and average pooling in one, with the samples of a batch side by side in memory.

A window that moves over the image then moves over whole vectors of samples: the convolution is a
matrix product for each row of the filter, and pooling adds vectors. On a CPU that takes two thirds
of the time of three layers whose maps have fewer channels than a vector register has numbers.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

POOL = 2


def averaged_convolution(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Means over 2×2 of ReLU(W ∗ x + b); what an odd side has over is left out.

    Args:
        x: (c, h, w, n).
        W: (d, c, k, k).
        b: (d,).

    Returns:
        (d, ⌊(h − k + 1)/2⌋, ⌊(w − k + 1)/2⌋, n).
    """
    return cast(Tensor, _AveragedConvolution.apply(x, W, b))


class _AveragedConvolution(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, W: Tensor, b: Tensor) -> Tensor:
        k = W.shape[-1]
        rows, columns = ((side - k + 1) // POOL * POOL for side in x.shape[1:3])
        windows = _windows(x[:, : rows + k - 1, : columns + k - 1], k)
        first, *others = _seen(windows, k, rows)
        z = torch.cat([W[:, :, 0].flatten(1), b[:, None]], dim=1) @ first
        for i, seen in enumerate(others, start=1):
            z.addmm_(W[:, :, i].flatten(1), seen)
        h = z.relu_().view(-1, rows, columns, x.shape[-1])
        ctx.save_for_backward(windows, W, h)
        ctx.size = x.shape
        # To torch's pooling these are d images with n channels, which lie side by side.
        return F.avg_pool2d(h.permute(0, 3, 1, 2), POOL).permute(0, 2, 3, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        windows, W, h = ctx.saved_tensors
        (d, c, k, _), rows = W.shape, h.shape[1]
        each = (slope / POOL**2)[:, :, None, :, None]
        squares = h.unflatten(2, (-1, POOL)).unflatten(1, (-1, POOL))
        dz = torch.ops.aten.threshold_backward(each.expand_as(squares), squares, 0).view(d, -1)
        first, *others = (seen @ dz.T for seen in _seen(windows, k, rows))
        dW = torch.stack([first[:-1], *others]).view(k, c, k, d).permute(3, 1, 0, 2)
        dx = _to_images(dz, W, windows, ctx.size) if ctx.needs_input_grad[0] else None
        return dx, dW, first[-1]


def _windows(x: Tensor, k: int) -> Tensor:
    """What each of k columns of a filter sees of x (c, h, w, n), and ones: (c·k + 1, h, w'·n)."""
    c, height, width, n = x.shape
    windows = x.new_empty(c * k + 1, height, (width - k + 1) * n)
    windows[:-1].view(c, k, height, -1, n).copy_(x.unfold(2, k, 1).permute(0, 4, 1, 2, 3))
    windows[-1] = 1
    return windows


def _seen(windows: Tensor, k: int, rows: int) -> list[Tensor]:
    """What each row of a filter sees, (c·k, h'·w'·n); the first the ones too: b is its weight."""
    parts = [windows, *[windows[:-1]] * (k - 1)]
    return [part[:, i : i + rows].flatten(1) for i, part in enumerate(parts)]


def _to_images(dz: Tensor, W: Tensor, windows: Tensor, size: torch.Size) -> Tensor:
    """The slope of x (c, h, w, n): of each place, summed over the windows that it is in."""
    k, height = W.shape[-1], windows.shape[1]
    into = torch.zeros_like(windows[:-1])
    for i in range(k):
        seen = into[:, i : i + height - k + 1].flatten(1)
        seen.addmm_(W[:, :, i].flatten(1).T, dz)
    dx = into.new_zeros(size)
    by_column = into.view(size[0], k, height, -1, size[-1])
    for j in range(k):
        dx[:, :height, j : j + by_column.shape[3]] += by_column[:, j]
    return dx
