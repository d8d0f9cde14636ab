"""Noise on the units of a network while it trains (L1 "Inyección de ruido").

Inverted dropout (Srivastava et al. 2014), and Gaussian noise added to hidden units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class UnitNoise:
    """How the units of a network are disturbed in training; the default leaves them alone.

    Args:
        p_keep: probability that a hidden unit is kept.
        p_keep_input: the same for the inputs of the network.
        sigma: standard deviation of what is added to each hidden unit.
    """

    p_keep: float = 1.0
    p_keep_input: float = 1.0
    sigma: float = 0.0

    def __post_init__(self) -> None:
        for key in ("p_keep", "p_keep_input"):
            value = getattr(self, key)
            if not 0 < value <= 1:
                raise ConfigError(f"{key}={value} is not possible; it is a probability, 0 < p <= 1")
        if self.sigma < 0:
            raise ConfigError(f"hidden_noise={self.sigma} is not possible; it is >= 0")

    def on_inputs(self) -> NoisyUnits:
        """The layer before the first one."""
        return NoisyUnits(self.p_keep_input, on_inputs=True)

    def on_hidden(self) -> NoisyUnits:
        """The layer after a hidden one."""
        return NoisyUnits(self.p_keep, self.sigma)


def loudest(noises: Sequence[UnitNoise]) -> UnitNoise:
    """Noise wherever one of `noises` has some."""
    return UnitNoise(
        min(own.p_keep for own in noises),
        min(own.p_keep_input for own in noises),
        max(own.sigma for own in noises),
    )


class NoisyUnits(nn.Module):
    """h ⊙ η / p_keep + σ ε in training, with η ~ Ber(p_keep) and ε ~ N(0, 1); else h itself.

    The slide's form: dividing by p_keep while training keeps the expectation, so that nothing
    need be rescaled afterwards. With p_keep = 1 and σ = 0 no random number is drawn.

    Args:
        p_keep: probability of keeping a unit, in (0, 1].
        sigma: σ >= 0.
        on_inputs: whether the units are the inputs of the network.

    Attributes:
        generator: draws η and then ε; None means torch's global generator.
    """

    def __init__(self, p_keep: float = 1.0, sigma: float = 0.0, *, on_inputs: bool = False) -> None:
        super().__init__()
        self.p_keep = p_keep
        self.sigma = sigma
        self.on_inputs = on_inputs
        self.generator: Generator | None = None

    @property
    def silent(self) -> bool:
        """Whether it never changes anything."""
        return self.p_keep == 1 and self.sigma == 0

    def forward(self, h: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        if not self.training or self.silent:
            return h
        if self.p_keep < 1:
            eta = keep_each(torch.empty_like(h), self.p_keep, self.generator)
            h = h * eta.div_(self.p_keep)
        if self.sigma > 0:
            h = h + torch.empty_like(h).normal_(generator=self.generator).mul_(self.sigma)
        return h

    def extra_repr(self) -> str:
        """Its numbers."""
        return f"p_keep={self.p_keep}, sigma={self.sigma}"


def keep_each(eta: Tensor, p: float, generator: Generator | None) -> Tensor:
    """Fill `eta` with Ber(p): 1 where a uniform number is below p, a third of `bernoulli_`'s time.

    Float32 uniforms are multiples of 2⁻²⁴, which p is rounded up to.
    """
    return eta.uniform_(generator=generator).lt_(p)


def draw_noise_from(model: nn.Module, generator: Generator) -> None:
    """Let every noisy layer of `model` draw from `generator`."""
    for module in model.modules():
        if isinstance(module, NoisyUnits):
            module.generator = generator
