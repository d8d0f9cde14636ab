"""Causal convolutions over sequences, many nets at once: a weight is (R, …), a batch too."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.nn.receptive_field import receptive_field
from deepclaims.nn.stacked_recurrent import Weights, answer

SCALES = {"he": math.sqrt(2.0), "lecun": 1.0, "half": 0.5}
"""Deviation of a weight times √d_in, by law."""


def last_output(weights: Weights, x: Tensor, taps: int, dilations: Sequence[int]) -> Tensor:
    """Answer of causal ReLU convolutions at the last step of sequences preceded by zeros.

    Only the steps inside the receptive field are computed: no other reaches the answer.

    Args:
        weights: `w_0` (R, k·d, c), `w_1` (R, k·c, c), …, `b_0` (R, c), …, `w_hy`, `b_y`; rows are
            ordered by tap, the oldest first, and within it by channel.
        x: (R, steps, n, d).
        taps: k.
        dilations: of each layer.

    Returns:
        (R, n, classes).
    """
    seen = receptive_field(taps, dilations)
    h = F.pad(x, (0, 0, 0, 0, max(seen - x.shape[1], 0), 0))[:, -seen:]
    for layer, dilation in enumerate(dilations):
        left = h.shape[1] - (taps - 1) * dilation
        windows = [h[:, j * dilation : j * dilation + left] for j in range(taps)]
        rows = torch.cat(windows, dim=-1).flatten(1, 2)
        z = torch.baddbmm(weights[f"b_{layer}"][:, None], rows, weights[f"w_{layer}"])
        h = z.relu().view(len(h), left, x.shape[2], -1)
    return answer(weights, h[:, -1])


def draw_convolutions(
    law: str,
    replicas: int,
    sizes: tuple[int, int, int],
    taps: int,
    layers: int,
    generator: Generator,
) -> Weights:
    """Fresh nets: N(0, s²/d_in) with the law's s, zero biases.

    Args:
        law: he (s² = 2), lecun (1) or half (1/4).
        replicas: R.
        sizes: (d, channels c, classes).
        taps: k.
        layers: how many.
        generator: draws them.
    """
    if law not in SCALES:
        raise ConfigError(f"no law {law!r} for filters; known: {', '.join(SCALES)}")
    d, channels, classes = sizes

    def normal(rows: int, columns: int, scale: float) -> Tensor:
        w = torch.empty(replicas, rows, columns)
        return w.normal_(0.0, scale / math.sqrt(rows), generator=generator)

    weights: Weights = {}
    for layer in range(layers):
        rows = taps * (channels if layer else d)
        weights[f"w_{layer}"] = normal(rows, channels, SCALES[law])
        weights[f"b_{layer}"] = torch.zeros(replicas, channels)
    return {
        **weights,
        "w_hy": normal(channels, classes, 1.0),
        "b_y": torch.zeros(replicas, classes),
    }
