"""Pairs of update rules that should be one: the decks', and torch's, with how their numbers map."""

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

    @property
    def attenuated(self) -> float:
        """α(1 − β₁), the rate at which a sum of gradients is their average at α."""
        return self.alpha * (1 - self.beta1)


Build: TypeAlias = Callable[[list[Tensor], Numbers], Optimizer]
"""(θ, numbers) -> optimiser."""


def parameter(optimizer: Optimizer) -> Tensor:
    """The only parameter of an optimiser."""
    theta: Tensor = optimizer.param_groups[0]["params"][0]
    return theta


@dataclass(frozen=True)
class Pair:
    """Two rules that are walked side by side.

    Args:
        slide: the rule of a slide.
        other: the other deck's, or what `torch.optim` has.
        factor: (numbers, t) -> what the other's rate of update t = 1, 2, … is multiplied by.
        read: where the slide's optimiser has its θ.
    """

    slide: Build
    other: Build
    factor: Callable[[Numbers, int], float] = lambda n, t: 1.0
    read: Callable[[Any], Tensor] = parameter


def _torch_momentum(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.SGD(theta, n.alpha, n.beta1)


def _torch_attenuated(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.SGD(theta, n.attenuated, n.beta1)


def _torch_nesterov(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.SGD(theta, n.attenuated, n.beta1, nesterov=True)


def _torch_rmsprop(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.RMSprop(theta, n.alpha, n.beta2, eps=0)


def _torch_adam(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.Adam(theta, n.alpha, (n.beta1, n.beta2), n.eps)


def _torch_adam_without_epsilon(theta: list[Tensor], n: Numbers) -> Optimizer:
    return torch.optim.Adam(theta, n.alpha, (n.beta1, n.beta2), eps=0)


DECKS: Mapping[str, Pair] = MappingProxyType(
    {
        "decks_momentum": Pair(
            lambda theta, n: lecture.Momentum(theta, n.alpha, n.beta1),
            lambda theta, n: lecture.Velocity(theta, n.attenuated, n.beta1),
        ),
        "decks_nesterov": Pair(
            lambda theta, n: lecture.Nesterov(theta, n.alpha, n.beta1),
            lambda theta, n: lecture.NAG(theta, n.attenuated, n.beta1),
        ),
        "decks_adam": Pair(
            lambda theta, n: lecture.Adam(theta, n.alpha, n.beta1, n.beta2, 0.0),
            lambda theta, n: lecture.DecayedAdam(theta, n.alpha, n.beta1, n.beta2, 0.0, 1.0),
        ),
    }
)
"""What deck 1 and deck 2 write under one name: averages there, sums here."""

DECKS_WRONG: Mapping[str, Pair] = MappingProxyType(
    {
        "decks_same_rate": Pair(
            DECKS["decks_momentum"].slide,
            lambda theta, n: lecture.Velocity(theta, n.alpha, n.beta1),
        ),
        "decks_nesterov_theta": Pair(
            DECKS["decks_nesterov"].slide,
            DECKS["decks_nesterov"].other,
            read=lambda optimizer: optimizer.theta()[0],
        ),
    }
)
"""The same with numbers, or a point, that look right and are not."""

PAIRS: Mapping[str, Pair] = MappingProxyType(
    {
        "sgd": Pair(
            lambda theta, n: lecture.SGD(theta, n.alpha),
            lambda theta, n: torch.optim.SGD(theta, n.alpha),
        ),
        "momentum": Pair(
            lambda theta, n: lecture.Momentum(theta, n.alpha, n.beta1), _torch_attenuated
        ),
        "momentum_corrected": Pair(
            lambda theta, n: lecture.Momentum(theta, n.alpha, n.beta1, corrected=True),
            _torch_attenuated,
            factor=lambda n, t: 1 / (1 - n.beta1**t),
        ),
        "velocity": Pair(
            lambda theta, n: lecture.Velocity(theta, n.alpha, n.beta1), _torch_momentum
        ),
        "nesterov": Pair(
            lambda theta, n: lecture.Nesterov(theta, n.alpha, n.beta1), _torch_nesterov
        ),
        "nag": Pair(
            lambda theta, n: lecture.NAG(theta, n.alpha, n.beta1),
            lambda theta, n: torch.optim.SGD(theta, n.alpha, n.beta1, nesterov=True),
        ),
        "adagrad": Pair(
            lambda theta, n: lecture.AdaGrad(theta, n.alpha, n.eps),
            lambda theta, n: torch.optim.Adagrad(
                theta, n.alpha, eps=0, initial_accumulator_value=n.eps
            ),
        ),
        "rmsprop_printed": Pair(
            lambda theta, n: lecture.RMSProp(theta, n.alpha, n.beta2, n.eps),
            lambda theta, n: torch.optim.RMSprop(theta, n.alpha, n.beta2, n.eps),
        ),
        "deck2_adam_printed": Pair(
            lambda theta, n: lecture.DecayedAdam(theta, n.alpha, n.beta1, n.beta2, n.eps),
            _torch_adam,
        ),
        "rmsprop": Pair(
            lambda theta, n: lecture.RMSProp(theta, n.alpha, n.beta2, 0.0), _torch_rmsprop
        ),
        "rmsprop_corrected": Pair(
            lambda theta, n: lecture.RMSProp(theta, n.alpha, n.beta2, 0.0, corrected=True),
            lambda theta, n: torch.optim.Adam(theta, n.alpha, (0.0, n.beta2), eps=0),
        ),
        "adam": Pair(
            lambda theta, n: lecture.Adam(theta, n.alpha, n.beta1, n.beta2, 0.0),
            _torch_adam_without_epsilon,
        ),
        "deck2_adam": Pair(
            lambda theta, n: lecture.DecayedAdam(theta, n.alpha, n.beta1, n.beta2, n.eps, 1.0),
            _torch_adam,
        ),
    }
)
"""Rules that should walk torch's path, except the two as printed."""

WRONG: Mapping[str, Pair] = MappingProxyType(
    {
        "momentum_same_rate": Pair(PAIRS["momentum"].slide, _torch_momentum),
        "momentum_dampened": Pair(
            PAIRS["momentum"].slide,
            lambda theta, n: torch.optim.SGD(theta, n.alpha, n.beta1, dampening=n.beta1),
        ),
        "nesterov_theta": Pair(
            PAIRS["nesterov"].slide, _torch_nesterov, read=lambda optimizer: optimizer.theta()[0]
        ),
        "nag_is_not_momentum": Pair(PAIRS["nag"].slide, _torch_momentum),
        "rmsprop_not_corrected": Pair(PAIRS["rmsprop_corrected"].slide, _torch_rmsprop),
    }
)
"""Maps of the hyperparameters that look right and are not."""


def _both_roots(rule: Callable[..., None], *letters: str) -> Pair:
    """One rule with ε inside the root and outside, everything else the same."""

    def build(root: str) -> Build:
        return lambda theta, n: lecture.RuleOptimizer(
            theta, rule, lr=n.alpha, eps=n.eps, root=root,
            **{letter: getattr(n, letter) for letter in letters},
        )  # fmt: skip

    return Pair(build("inside"), build("outside"))


EPSILON_PAIRS: Mapping[str, Pair] = MappingProxyType(
    {
        "adagrad": _both_roots(rules.adagrad),
        "rmsprop": _both_roots(rules.rmsprop, "beta2"),
        "adam": _both_roots(rules.adam, "beta1", "beta2"),
    }
)
"""A rule with ε inside its root (both decks; Adam: deck 1) and outside (torch; Adam: deck 2)."""
