"""Logistic regression on features that are rarely on: where a rate of each component's own helps.

Duchi, Hazan & Singer 2011, section 1.3: features of which most are rare, as words of a text are.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class LogisticProblem:
    """Labels y with P(y = 1 | x) = 1/(1 + e^(−w·x)).

    Args:
        w: the true weights, `(d,)`.
        power: a, where the j-th feature is 1 with probability j^(−a)/2 and else 0; None: all
            features are standard normal.
    """

    w: Tensor
    power: float | None

    @classmethod
    def drawn(
        cls, dimensions: int, scale: float, power: float | None, random: Generator
    ) -> LogisticProblem:
        """A problem with normal weights of a standard deviation.

        Args:
            dimensions: d.
            scale: of the weights on rare features; normal features have weights 2/√d as large,
                so that labels are about as predictable.
            power: see the class.
            random: draws the weights.
        """
        w = scale * torch.randn(dimensions, generator=random)
        return cls(w if power is not None else w * (2 / dimensions**0.5), power)

    def inputs(self, samples: int, random: Generator) -> Tensor:
        """Features, `(samples, d)`."""
        d = len(self.w)
        if self.power is None:
            return torch.randn(samples, d, generator=random)
        often = 0.5 * torch.arange(1.0, d + 1) ** -self.power
        return (torch.rand(samples, d, generator=random) < often).float()

    def samples(self, samples: int, random: Generator) -> tuple[Tensor, Tensor]:
        """Features, `(samples, d)`, and labels, `(samples,)`."""
        x = self.inputs(samples, random)
        p = (x @ self.w).sigmoid()
        return x, (torch.rand(p.shape, generator=random) < p).float()

    def divergence(self, theta: Tensor, x: Tensor) -> Tensor:
        """KL of the law that weights `(R, d)` give a label from its true law, `(R, samples)`."""
        return kl((x @ self.w).double(), (theta @ x.T).double())


def kl(true: Tensor, fitted: Tensor) -> Tensor:
    """KL of Bernoulli laws given by their logits."""
    p = true.sigmoid()
    on = F.logsigmoid
    return p * (on(true) - on(fitted)) + (1 - p) * (on(-true) - on(-fitted))


def logistic_loss(theta: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of each of R weights `(R, d)` at the same samples, `(R,)`."""
    logits = theta @ x.T
    each = F.binary_cross_entropy_with_logits(logits, y.expand_as(logits), reduction="none")
    return each.mean(1)
