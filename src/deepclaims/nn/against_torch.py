"""How far a layer written by hand lies from torch's: its answers and its gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


def relative(a: Sequence[Tensor], b: Sequence[Tensor]) -> float:
    """‖a − b‖/‖b‖ of all numbers together; a and b are lists of tensors of equal shapes."""
    left, right = (torch.cat([each.detach().ravel() for each in one]) for one in (a, b))
    return float((left - right).norm() / right.norm())


def random_sizes(random: torch.Generator) -> tuple[int, int, int, int]:
    """Samples 1–4, inputs 1–6, units 2–10 and outputs 1–4 of a net to be compared."""
    return tuple(  # type: ignore[return-value]
        int(torch.randint(low, high + 1, (1,), generator=random))
        for low, high in ((1, 4), (1, 6), (2, 10), (1, 4))
    )


def normal(random: torch.Generator, *shape: int) -> Tensor:
    """Standard normal numbers in double precision."""
    return torch.empty(shape, dtype=torch.float64).normal_(generator=random)


def draw_weights(layer: nn.Module, random: torch.Generator) -> None:
    """Give a double-precision layer its weights: uniform on ±1/√units, torch's own law."""
    width = layer.hidden_size**-0.5  # type: ignore[union-attr, operator]
    with torch.no_grad():
        for p in layer.parameters():
            p.uniform_(-width, width, generator=random)  # type: ignore[arg-type]


def gradients(answer: Tensor, direction: Tensor, of: Sequence[Tensor]) -> list[Tensor]:
    """∂⟨answer, direction⟩ of each tensor of `of`."""
    return list(torch.autograd.grad((answer * direction).sum(), list(of)))


def convolved(x: np.ndarray, f: np.ndarray, padding: int = 0, stride: int = 1) -> np.ndarray:
    """Torch's convolution of one matrix (h, w) with one filter (k, k), in double precision."""
    a, b = (torch.from_numpy(np.array(each, dtype=np.float64))[None, None] for each in (x, f))
    return F.conv2d(a, b, stride=stride, padding=padding)[0, 0].numpy()


def convolved_dimension(side: int, kernel: int, padding: int, stride: int) -> int:
    """The side of torch's output; 0 where it refuses."""
    try:
        return len(convolved(np.ones((side, side)), np.ones((kernel, kernel)), padding, stride))
    except RuntimeError:
        return 0
