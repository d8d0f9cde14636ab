"""Inverted dropout (L1 "Inyección de ruido"; Srivastava et al. 2014)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Keep:
    """Probabilities of keeping a unit.

    Args:
        hidden: p_keep of hidden units.
        inputs: p_keep of the inputs of the network.
    """

    hidden: float = 1.0
    inputs: float = 1.0

    def __post_init__(self) -> None:
        for key, value in (("p_keep", self.hidden), ("p_keep_input", self.inputs)):
            if not 0 < value <= 1:
                raise ConfigError(f"{key}={value} is not possible; it is a probability, 0 < p <= 1")


class Dropout(nn.Module):
    """h ⊙ η / p_keep with η ~ Ber(p_keep) in training, h itself in evaluation.

    The slide's form: dividing by p_keep while training keeps the expectation, so that nothing
    need be rescaled afterwards. With p_keep = 1 no random number is drawn.

    Args:
        p_keep: probability of keeping a unit, in (0, 1].

    Attributes:
        generator: draws the masks; None means torch's global generator.
    """

    def __init__(self, p_keep: float) -> None:
        super().__init__()
        self.p_keep = p_keep
        self.generator: Generator | None = None

    def forward(self, h: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        if not self.training or self.p_keep == 1:
            return h
        eta = keep_each(torch.empty_like(h), self.p_keep, self.generator)
        return h * eta.div_(self.p_keep)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p_keep={self.p_keep}"


def keep_each(eta: Tensor, p: float, generator: Generator | None) -> Tensor:
    """Fill `eta` with Ber(p): 1 where a uniform number is below p, a third of `bernoulli_`'s time.

    Float32 uniforms are multiples of 2⁻²⁴, which p is rounded up to.
    """
    return eta.uniform_(generator=generator).lt_(p)


def draw_masks_from(model: nn.Module, generator: Generator) -> None:
    """Let every dropout layer of `model` draw its masks from `generator`."""
    for module in model.modules():
        if isinstance(module, Dropout):
            module.generator = generator
