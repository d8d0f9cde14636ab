"""How much the gradients of samples of one group resemble each other."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.nn.perceptron import Perceptron


@torch.no_grad()
def gradient_products(net: Perceptron, x: Tensor, y: Tensor) -> Tensor:
    """⟨g_i, g_j⟩ of the gradients of each sample's cross-entropy, (n, n) in double precision.

    A dense layer's gradient is δ (h, 1)ᵀ, so that products of gradients are products of δ times
    products of (h, 1): no gradient is ever written down.
    """
    layers = [layer for layer in net.double().layers if not isinstance(layer, nn.Flatten)]
    h, heard, active = x.double().flatten(1), [], []
    for layer in layers:
        if isinstance(layer, nn.Linear):
            heard.append(h)
        h = layer(h)
        if not isinstance(layer, nn.Linear):
            active.append(h > 0)
    delta = h.softmax(1) - F.one_hot(y, h.shape[1])
    total = torch.zeros(len(x), len(x), dtype=torch.float64)
    weights = [layer.weight for layer in layers if isinstance(layer, nn.Linear)]
    for depth in reversed(range(len(weights))):
        total += (delta @ delta.T) * (heard[depth] @ heard[depth].T + 1)
        if depth:
            delta = (delta @ weights[depth]) * active[depth - 1]
    return total


@dataclass(frozen=True)
class Groups:
    """Inner products of G groups of m vectors.

    Args:
        products: (G m, G m); the vectors of a group are next to each other.
        m: vectors in a group.
    """

    products: Tensor
    m: int

    @property
    def blocks(self) -> Tensor:
        """Products within each group, (G, m, m)."""
        G = len(self.products) // self.m
        return self.products.view(G, self.m, G, self.m).diagonal(dim1=0, dim2=2).permute(2, 0, 1)

    def correlation(self) -> float:
        """ρ of Fisher's one-way analysis of variance, summed over the vectors' components."""
        blocks, m = self.blocks, self.m
        G = len(blocks)
        means = blocks.mean((1, 2))  # squared lengths of the groups' means
        between = m * (means.sum() - G * self.products.mean()) / (G - 1)
        within = (blocks.diagonal(dim1=1, dim2=2).sum() - m * means.sum()) / (G * (m - 1))
        return float((between - within) / (between + (m - 1) * within))

    def spread_of_mean(self, k: int) -> float:
        """Variance of the mean of a group's first k vectors, over that of one vector.

        ρ + (1 − ρ)/k, if ρ is the correlation of any two of them.
        """
        return self._variance(k) / self._variance(1)

    def _variance(self, k: int) -> float:
        blocks = self.blocks[:, :k, :k]
        G = len(blocks)
        across = self.products.view(G, self.m, G, self.m)[:, :k, :, :k].mean()
        return float((blocks.mean((1, 2)).sum() - G * across) / (G - 1))


def effective(m: int, correlation: float) -> float:
    """How many independent samples m correlated ones are worth: m / (1 + (m − 1) ρ)."""
    return m / (1 + (m - 1) * correlation)
