"""One filter and one dense unit: their parameters, and what shifting and permuting do."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.evidence.outcome import Curve, Outcome


def layers(config: dict[str, Any], seed: int) -> Outcome:
    """One filter and one dense unit: their parameters, and what shifting and permuting do.

    Args:
        config: `sides` of images, the first that of the slides' example; `kernel`.
        seed: draws an image, weights and a permutation.

    Returns:
        Curves over the side: `filter` and `dense`, parameters of one neuron with its bias, counted
        in torch. Metrics: `weight_ratio` at the first side, without biases; the largest differences
        between the filtered shifted image and the shifted filtered one, as it is
        (`shift_difference`) and with its pixels permuted (`permuted_shift_difference`); and
        between a dense layer and the one whose pixels and weights are permuted together
        (`dense_difference`).
    """
    sides, kernel = list(config["sides"]), int(config["kernel"])
    filters = [nn.Conv2d(1, 1, kernel) for _ in sides]
    units = [nn.Linear(side**2, 1) for side in sides]
    random = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.empty(shape, dtype=torch.float64).normal_(generator=random)

    side = sides[0]
    x, f, W = normal(1, 1, side, side), normal(1, 1, kernel, kernel), normal(5, side**2)
    order = torch.randperm(side**2, generator=random)

    def permuted(image: torch.Tensor) -> torch.Tensor:
        return image.flatten()[order].view_as(image)

    shifted = x.roll(1, -1)
    # The columns that hold what came in at the edge are not compared.
    found, moved = F.conv2d(x, f)[..., :-1], F.conv2d(shifted, f)[..., 1:]
    out_of_order = F.conv2d(permuted(x), f)[..., :-1], F.conv2d(permuted(shifted), f)[..., 1:]
    dense = x.flatten() @ W.T, x.flatten()[order] @ W[:, order].T
    return Outcome(
        {
            "weight_ratio": filters[0].weight.numel() / units[0].weight.numel(),
            "shift_difference": float((found - moved).abs().max()),
            "permuted_shift_difference": float((out_of_order[0] - out_of_order[1]).abs().max()),
            "dense_difference": float((dense[0] - dense[1]).abs().max()),
        },
        {"filter": _counted(sides, filters), "dense": _counted(sides, units)},
    )


def _counted(sides: list[int], neurons: list[Any]) -> Curve:
    return Curve(sides, [float(sum(p.numel() for p in one.parameters())) for one in neurons])
