"""Pairs of an update rule as a slide has it and torch's, with the map of their hyperparameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from deepclaims.optim import lecture_optimizers as lecture
from deepclaims.optim import rules


@dataclass(frozen=True)
class Numbers:
    """Hyperparameters of one walk: α, β₁ (μ of deck 2), β₂ (ρ of deck 2) and ε."""

    alpha: float
    beta1: float
    beta2: float
    eps: float

    @classmethod
    def draw(cls, seed: int, eps: float) -> Numbers:
        """α log-uniform in [0.01, 0.1], β₁ in [0.5, 0.95] and β₂ in [0.9, 0.999] uniform."""
        random = np.random.default_rng([seed, 1])
        return cls(
            alpha=float(10 ** random.uniform(-2, -1)),
            beta1=float(random.uniform(0.5, 0.95)),
            beta2=float(random.uniform(0.9, 0.999)),
            eps=eps,
        )


Factor: TypeAlias = Callable[[int], float]
"""What the rate of update t = 1, 2, … is multiplied by."""

Maker: TypeAlias = Callable[
    [list[Tensor], Numbers],
    tuple[Optimizer, Factor | None, Callable[[Any], Tensor] | None],
]
"""(parameters, numbers) -> optimiser, its schedule, and where to read θ if not the parameter."""


@dataclass(frozen=True)
class Pair:
    """Two rules that are walked side by side.

    Args:
        slide: the rule of a slide.
        torch: what `torch.optim` has.
        es: label, Spanish.
        en: label, English.
    """

    slide: Maker
    torch: Maker
    es: str
    en: str


def _maker(
    build: Callable[[list[Tensor], Numbers], Optimizer],
    factor: Callable[[Numbers], Factor] | None = None,
    read: Callable[[Any], Tensor] | None = None,
) -> Maker:
    return lambda params, n: (build(params, n), factor(n) if factor else None, read)


def _torch_adam(**options: Any) -> Callable[[list[Tensor], Numbers], Optimizer]:
    def build(params: list[Tensor], n: Numbers) -> Optimizer:
        chosen: dict[str, Any] = {"betas": (n.beta1, n.beta2), "eps": n.eps} | options
        return torch.optim.Adam(params, lr=n.alpha, **chosen)

    return build


_SGD = _maker(lambda p, n: torch.optim.SGD(p, lr=n.alpha))
_AVERAGE = _maker(lambda p, n: lecture.Momentum(p, n.alpha, n.beta1))
_SHRUNK = _maker(lambda p, n: torch.optim.SGD(p, lr=n.alpha * (1 - n.beta1), momentum=n.beta1))
_SUM = _maker(lambda p, n: torch.optim.SGD(p, lr=n.alpha, momentum=n.beta1))
_NESTEROV_SUM = _maker(lambda p, n: torch.optim.SGD(p, lr=n.alpha, momentum=n.beta1, nesterov=True))
_NESTEROV_SHRUNK = _maker(
    lambda p, n: torch.optim.SGD(p, lr=n.alpha * (1 - n.beta1), momentum=n.beta1, nesterov=True)
)
_RMSPROP = _maker(lambda p, n: torch.optim.RMSprop(p, lr=n.alpha, alpha=n.beta2, eps=0))
_ADAM = _maker(_torch_adam())
_ADAM_NO_EPS = _maker(_torch_adam(eps=0))

PAIRS: Mapping[str, Pair] = MappingProxyType(
    {
        "sgd": Pair(
            _maker(lambda p, n: lecture.SGD(p, n.alpha)), _SGD, "SGD (ambas)", "SGD (both)"
        ),
        "momentum": Pair(
            _AVERAGE, _SHRUNK, "momentum (1): α′ = α(1 − β₁)", "momentum (1): α′ = α(1 − β₁)"
        ),
        "momentum_corrected": Pair(
            _maker(lambda p, n: lecture.Momentum(p, n.alpha, n.beta1, corrected=True)),
            _maker(
                lambda p, n: torch.optim.SGD(p, lr=n.alpha * (1 - n.beta1), momentum=n.beta1),
                lambda n: lambda t: 1 / (1 - n.beta1**t),
            ),
            "momentum con m̂ (1): α′ = α(1 − β₁)/(1 − β₁ᵗ)",
            "momentum with m̂ (1): α′ = α(1 − β₁)/(1 − β₁ᵗ)",
        ),
        "velocity": Pair(
            _maker(lambda p, n: lecture.Velocity(p, n.alpha, n.beta1)),
            _SUM,
            "momentum (2): α′ = α",
            "momentum (2): α′ = α",
        ),
        "nesterov": Pair(
            _maker(lambda p, n: lecture.Nesterov(p, n.alpha, n.beta1)),
            _NESTEROV_SHRUNK,
            "Nesterov (1), punto adelantado: α′ = α(1 − β₁)",
            "Nesterov (1), look-ahead point: α′ = α(1 − β₁)",
        ),
        "nag": Pair(
            _maker(lambda p, n: lecture.NAG(p, n.alpha, n.beta1)),
            _NESTEROV_SUM,
            "Nesterov (2): α′ = α",
            "Nesterov (2): α′ = α",
        ),
        "adagrad": Pair(
            _maker(lambda p, n: lecture.AdaGrad(p, n.alpha, n.eps)),
            _maker(
                lambda p, n: torch.optim.Adagrad(
                    p, lr=n.alpha, eps=0, initial_accumulator_value=n.eps
                )
            ),
            "AdaGrad (ambas): acumulador inicial ε",
            "AdaGrad (both): first accumulator ε",
        ),
        "rmsprop_printed": Pair(
            _maker(lambda p, n: lecture.RMSProp(p, n.alpha, n.beta2, n.eps)),
            _maker(lambda p, n: torch.optim.RMSprop(p, lr=n.alpha, alpha=n.beta2, eps=n.eps)),
            "RMSProp (ambas), como está escrito",
            "RMSProp (both), as printed",
        ),
        "adam_printed": Pair(
            _maker(lambda p, n: lecture.Adam(p, n.alpha, n.beta1, n.beta2, n.eps, as_printed=True)),
            _ADAM,
            "Adam (1), como está escrito: m sin sombrero",
            "Adam (1), as printed: no hat on m",
        ),
        "deck2_adam_printed": Pair(
            _maker(lambda p, n: lecture.DecayedAdam(p, n.alpha, n.beta1, n.beta2, n.eps)),
            _ADAM,
            "Adam (2), como está escrito: λ = 1 − 10⁻⁸",
            "Adam (2), as printed: λ = 1 − 10⁻⁸",
        ),
        "rmsprop": Pair(
            _maker(lambda p, n: lecture.RMSProp(p, n.alpha, n.beta2, 0.0)),
            _RMSPROP,
            "RMSProp con ε = 0",
            "RMSProp with ε = 0",
        ),
        "rmsprop_corrected": Pair(
            _maker(lambda p, n: lecture.RMSProp(p, n.alpha, n.beta2, 0.0, corrected=True)),
            _maker(lambda p, n: torch.optim.Adam(p, lr=n.alpha, betas=(0.0, n.beta2), eps=0)),
            "RMSProp con v̂ (1), ε = 0: Adam con β₁ = 0",
            "RMSProp with v̂ (1), ε = 0: Adam with β₁ = 0",
        ),
        "adam": Pair(
            _maker(lambda p, n: lecture.Adam(p, n.alpha, n.beta1, n.beta2, 0.0)),
            _ADAM_NO_EPS,
            "Adam (1) con m̂ y ε = 0",
            "Adam (1) with m̂ and ε = 0",
        ),
        "adam_without_hat": Pair(
            _maker(lambda p, n: lecture.Adam(p, n.alpha, n.beta1, n.beta2, 0.0, as_printed=True)),
            _maker(_torch_adam(eps=0), lambda n: lambda t: 1 - n.beta1**t),
            "Adam (1) sin m̂, ε = 0: α′ = α(1 − β₁ᵗ)",
            "Adam (1) without m̂, ε = 0: α′ = α(1 − β₁ᵗ)",
        ),
        "deck2_adam": Pair(
            _maker(lambda p, n: lecture.DecayedAdam(p, n.alpha, n.beta1, n.beta2, n.eps, 1.0)),
            _ADAM,
            "Adam (2) con λ = 1",
            "Adam (2) with λ = 1",
        ),
    }
)
"""Rules that should walk the same path, except the three as printed; (1), (2): the deck."""

WRONG: Mapping[str, Pair] = MappingProxyType(
    {
        "momentum_same_rate": Pair(
            _AVERAGE, _SUM, "control: momentum (1) con α′ = α", "control: momentum (1), α′ = α"
        ),
        "momentum_dampened": Pair(
            _AVERAGE,
            _maker(
                lambda p, n: torch.optim.SGD(
                    p, lr=n.alpha, momentum=n.beta1, dampening=n.beta1
                )
            ),
            "control: momentum (1) con dampening = β₁",
            "control: momentum (1), dampening = β₁",
        ),
        "nesterov_theta": Pair(
            _maker(
                lambda p, n: lecture.Nesterov(p, n.alpha, n.beta1),
                read=lambda optimizer: optimizer.theta()[0],
            ),
            _NESTEROV_SHRUNK,
            "control: Nesterov (1), θ en vez del punto adelantado",
            "control: Nesterov (1), θ for the look-ahead point",
        ),
        "nag_is_not_momentum": Pair(
            _maker(lambda p, n: lecture.NAG(p, n.alpha, n.beta1)),
            _SUM,
            "control: Nesterov (2) contra momentum",
            "control: Nesterov (2) against momentum",
        ),
        "rmsprop_not_corrected": Pair(
            _maker(lambda p, n: lecture.RMSProp(p, n.alpha, n.beta2, 0.0, corrected=True)),
            _RMSPROP,
            "control: RMSProp con v̂ contra v",
            "control: RMSProp with v̂ against v",
        ),
    }
)  # fmt: skip
"""Maps of the hyperparameters that look right and are not."""


def _both_roots(rule: Callable[..., None], es: str, *letters: str) -> Pair:
    """One rule with ε inside the root and outside, everything else the same."""

    def maker(root: str) -> Maker:
        return _maker(
            lambda p, n: lecture.RuleOptimizer(
                p,
                rule,
                lr=n.alpha,
                eps=n.eps,
                root=root,
                **{letter: getattr(n, letter) for letter in letters},
            )
        )

    return Pair(maker("inside"), maker("outside"), es, es)


EPSILON_PAIRS: Mapping[str, Pair] = MappingProxyType(
    {
        "adagrad": _both_roots(rules.adagrad, "AdaGrad"),
        "rmsprop": _both_roots(rules.rmsprop, "RMSProp", "beta2"),
        "adam": _both_roots(rules.adam, "Adam", "beta1", "beta2"),
    }
)
"""A rule with ε inside its root (both decks; Adam: deck 1) and outside (torch; Adam: deck 2)."""
