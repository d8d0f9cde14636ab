"""Dense nets of any depth, R of them at once: what they answer, and their gradients by hand.

Their weights are W₁, b₁, …, W_L, b_L in this order, W_l (R, d_{l−1}, d_l) and b_l (R, 1, d_l). What
they read, x, is (n, d_0) for all of them, or (R, n, d_0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from deepclaims.nn.chain import Bend, Link
from deepclaims.nn.products import product


class DroppedRelu(Bend):
    """max(0, z) times a mask, as of dropout: where that is 0, nothing comes back either.

    Args:
        mask: ≥ 0, (R, n, units).
    """

    def __init__(self, mask: Tensor) -> None:
        super().__init__("relu")
        self.mask = mask

    def forward(self, h: Tensor) -> Tensor:
        """In the place of z."""
        return super().forward(h).mul_(self.mask)

    def backward(self, g: Tensor) -> Tensor:
        """In the place of ∂L/∂h."""
        return super().backward(g.mul_(self.mask))


def outputs(weights: Sequence[Tensor], x: Tensor) -> Tensor:
    """Of ReLU nets, whose last layer is linear, (R, n, d_L)."""
    h = x.expand(len(weights[0]), -1, -1)
    *hidden, last = zip(weights[::2], weights[1::2], strict=True)
    for w, b in hidden:
        h = _layer(h, w, b).relu_()
    return _layer(h, *last)


@torch.no_grad()
def gradients(
    weights: Sequence[Tensor],
    x: Tensor,
    slopes: Callable[[Tensor], Tensor],
    between: Sequence[Link] | None = None,
    decay: Tensor | None = None,
) -> list[Tensor]:
    """Of the sum of the nets' losses, one for each of the weights.

    Args:
        weights: of the nets.
        x: what they read.
        slopes: from outputs (R, n, d_L) to the gradient along them.
        between: the L − 1 activations; None: all are ReLU.
        decay: λ of each net, (R,), whose loss has λ/2 Σ ‖W_l‖² beside it; None: no net has.
    """
    matrices, biases = weights[::2], weights[1::2]
    bends = [Bend("relu") for _ in matrices[1:]] if between is None else between
    read = [x.expand(len(matrices[0]), -1, -1)]
    for w, b, bend in zip(matrices[:-1], biases[:-1], bends, strict=True):
        read.append(bend.forward(_layer(read[-1], w, b)))
    g = slopes(_layer(read[-1], matrices[-1], biases[-1]))
    found: list[Tensor] = []
    for number in reversed(range(len(matrices))):
        of_w = product(read[number].mT, g).contiguous()
        if decay is not None:
            of_w.addcmul_(matrices[number], decay.view(-1, 1, 1))
        found += [g.sum(1, keepdim=True), of_w]
        if number:
            g = bends[number - 1].backward(torch.bmm(g, matrices[number].mT))
    return found[::-1]


def _layer(h: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Of sums z = h W + b, (R, n, d_in) -> (R, n, d_out)."""
    return product(h, w).add_(b)
