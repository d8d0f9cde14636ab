"""Stacks of nets of one hidden layer whose units are active on a chosen share of the inputs.

A net is w (inputs, width), b (1, width), w_out (width, classes) and b_out (1, classes) by name; a
stack of R nets has an axis of R before these. Activations are leaky ReLU of slope `leak` below 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

SETTING = 1000
"""Inputs by which thresholds are set, or all where there are fewer."""


def draw_net(
    x: Tensor, width: int, share: float, leak: float, random: Generator, classes: int = 10
) -> dict[str, Tensor]:
    """One net, each unit positive on a share of the inputs x and of mean square 1 over them.

    Weights are normal; thresholds set how often units are active, and then weights and biases are
    scaled, so that nets differ in how rarely a unit is active and not in how large activations are.

    Args:
        x: `(samples, inputs)`.
        width: units.
        share: of the inputs on which a unit is positive.
        leak: slope of the activation below 0; 0 is ReLU.
        random: draws the weights.
        classes: outputs.
    """
    w = torch.randn(x.shape[1], width, generator=random)
    z = x[:SETTING] @ w
    threshold = z.T.quantile(1 - share, dim=1)[None]
    h = F.leaky_relu(z - threshold, leak)
    scale = h.square().mean(0, keepdim=True).rsqrt()
    out = torch.randn(width, classes, generator=random) / width**0.5
    b_out = torch.zeros(1, classes)
    return {"w": w * scale, "b": -threshold * scale, "w_out": out, "b_out": b_out}


def preactivations(net: Mapping[str, Tensor], x: Tensor) -> Tensor:
    """Of the hidden units of a stack, `(R, samples, width)`."""
    return torch.baddbmm(net["b"], x.expand(len(net["w"]), -1, -1), net["w"])


def cross_entropy(net: Mapping[str, Tensor], x: Tensor, y: Tensor, leak: float) -> Tensor:
    """Mean cross-entropy of every net of a stack at the same samples, `(R,)`."""
    h = F.leaky_relu(preactivations(net, x), leak)
    logits = torch.baddbmm(net["b_out"], h, net["w_out"])
    each = F.cross_entropy(logits.mT, y.expand(len(logits), -1), reduction="none")
    return each.mean(1)
