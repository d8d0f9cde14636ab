"""Images moved, turned and warped, a whole batch at once and where the batch is."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


def distort_images(
    x: Tensor,
    generator: Generator,
    *,
    pixels: float = 0.0,
    degrees: float = 0.0,
    elastic: float = 0.0,
    smoothness: float = 4.0,
) -> Tensor:
    """Each image seen through its own displacement of the plane.

    What comes in from outside has the grey of the border; between pixels one interpolates linearly.

    Args:
        x: (n, channels, height, width).
        generator: draws everything.
        pixels: largest shift, uniform in each direction.
        degrees: largest turn about the centre, uniform.
        elastic: root mean square of a smooth random displacement, in pixels (Simard et al. 2003).
        smoothness: standard deviation of the Gaussian that smooths it, in pixels.

    Returns:
        (n, channels, height, width).
    """
    n, _, height, width = x.shape
    rows, columns = _centred(height, x), _centred(width, x)
    place = torch.stack(torch.broadcast_tensors(columns, rows[:, None]))  # (2, height, width)
    angle = math.radians(degrees) * _uniform((n,), x, generator)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(n, 2, 2)
    seen = (turn @ place.flatten(1)).view(n, 2, height, width)
    seen = seen + pixels * _uniform((n, 2, 1, 1), x, generator)
    if elastic > 0:
        seen = seen + elastic * _smooth_field(x, smoothness, generator)
    half = torch.tensor([width / 2, height / 2]).to(x).view(1, 2, 1, 1)
    grid = (seen / half).permute(0, 2, 3, 1)
    return F.grid_sample(x, grid, "bilinear", "border", align_corners=False)


def _centred(size: int, x: Tensor) -> Tensor:
    """Places of the pixels along a side, measured from its middle."""
    return torch.arange(size, dtype=x.dtype, device=x.device) - (size - 1) / 2


def _uniform(shape: tuple[int, ...], x: Tensor, generator: Generator) -> Tensor:
    return x.new_empty(shape).uniform_(-1, 1, generator=generator)


def _smooth_field(x: Tensor, smoothness: float, generator: Generator) -> Tensor:
    """(n, 2, height, width): white noise smoothed to unit root mean square.

    Along rows and columns it is smoothed by a matrix each: a convolution with so long a filter and
    one channel takes ten times as long.
    """
    n, _, height, width = x.shape
    reach = max(1, math.ceil(3 * smoothness))
    t = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    kernel = (-0.5 * (t / smoothness) ** 2).exp()
    kernel = kernel / kernel.square().sum().sqrt()  # twice, along rows and columns: unit variance
    white = x.new_empty(n, 2, height + 2 * reach, width + 2 * reach)
    white.normal_(generator=generator)
    return _banded(kernel, height) @ (white @ _banded(kernel, width).T)


def _banded(kernel: Tensor, size: int) -> Tensor:
    """(size, size + k - 1): the kernel in each row, one place further."""
    rows = [F.pad(kernel, (i, size - 1 - i)) for i in range(size)]
    return torch.stack(rows)
