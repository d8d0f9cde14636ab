"""Small nets of one convolution, many at once: a weight is (R, …), a batch of images too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.nn.sliding_filter import strided_dimension
from deepclaims.training.stack import Weights

CLASSES = 10
POOL = 2
"""Side of the windows that max pooling halves a map by, where the stride does not."""


@dataclass(frozen=True)
class Layout:
    """Convolution, ReLU, max pooling where there is any, flatten and a dense layer.

    Args:
        side: of the images.
        kernel: k.
        zeros: rings of them around the image.
        stride: of the filters.
        pooled: whether the maps are max pooled.
        filters: d.
    """

    side: int
    kernel: int
    zeros: int
    stride: int
    pooled: bool
    filters: int

    @classmethod
    def of(cls, config: Mapping[str, Any], side: int) -> Self:
        """From `kernel`, `padding` (valid, same or full), `filters`; `stride`, 1 if not given."""
        kernel = int(config["kernel"])
        zeros = {"valid": 0, "same": (kernel - 1) // 2, "full": kernel - 1}[config["padding"]]
        stride = int(config.get("stride", 1))
        return cls(side, kernel, zeros, stride, bool(config["pooled"]), int(config["filters"]))

    @property
    def map(self) -> int:
        """Side of a filter's map, by the slides' formula and the stride."""
        return strided_dimension(self.side, self.kernel, self.zeros, self.stride)

    @property
    def features(self) -> int:
        """Numbers that flatten gives."""
        return self.filters * (self.map // POOL if self.pooled else self.map) ** 2

    @property
    def parameters(self) -> int:
        """Weights and biases of both layers."""
        return self.filters * (self.kernel**2 + 1) + (self.features + 1) * CLASSES

    @property
    def products(self) -> int:
        """Multiplications that an image costs."""
        return self.filters * self.kernel**2 * self.map**2 + self.features * CLASSES

    def draw(self, replicas: int, generator: Generator) -> Weights:
        """Fresh nets: He's law for the filters, N(0, 1/d_in) for the dense layer, biases 0."""
        rows = self.kernel**2
        filters = torch.empty(replicas, self.filters, rows)
        dense = torch.empty(replicas, self.features, CLASSES)
        return {
            "filters": filters.normal_(0.0, math.sqrt(2 / rows), generator=generator),
            "b": torch.zeros(replicas, self.filters),
            "dense": dense.normal_(0.0, 1 / math.sqrt(self.features), generator=generator),
            "b_y": torch.zeros(replicas, CLASSES),
        }

    def answer(self, weights: Weights, x: Tensor) -> Tensor:
        """Images (R, n, side, side) -> logits (R, n, 10)."""
        replicas, n = x.shape[:2]
        k, step = self.kernel, self.stride
        # The samples last: so what a window sees, and what is pooled, lies in whole rows of them.
        framed = F.pad(x.permute(0, 2, 3, 1), [0, 0, *[self.zeros] * 4])
        windows = framed.unfold(1, k, step).unfold(2, k, step).permute(0, 4, 5, 1, 2, 3)
        columns = windows.reshape(replicas, k**2, -1)
        h = torch.baddbmm(weights["b"][:, :, None], weights["filters"], columns)
        h = h.view(replicas * self.filters, self.map, self.map, n)
        if self.pooled:  # of as many images as filters, to torch, with n channels
            h = F.max_pool2d(h.permute(0, 3, 1, 2), POOL).permute(0, 2, 3, 1)
        flat = h.relu().reshape(replicas, -1, n)
        return torch.baddbmm(weights["b_y"][:, None], flat.mT, weights["dense"])
