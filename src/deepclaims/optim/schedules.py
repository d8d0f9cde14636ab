"""Learning-rate schedules as functions: step -> factor on α₀ (L1 "Learning rate decay")."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.groups import Table


@dataclass(frozen=True)
class Moment:
    """Where in a training a step is.

    Args:
        step: t, from 0.
        steps: T, how many there will be.
        per_epoch: steps in an epoch.
    """

    step: int
    steps: int
    per_epoch: int

    @property
    def epoch(self) -> int:
        """e_t = 1 + ⌊t B / n⌋, the slide's number of the epoch."""
        return 1 + self.step // self.per_epoch


Schedule = Callable[[Moment], float]


def constant() -> Schedule:
    """α₀."""
    return lambda now: 1.0


def linear(*, final: float = 0.0) -> Schedule:
    """From α₀ straight to α₀ · `final`, which would be reached one step after the last."""
    return lambda now: 1 + (final - 1) * now.step / now.steps


def cosine(*, final: float = 0.0) -> Schedule:
    """Half a cosine from α₀ to α₀ · `final`, reached one step after the last."""
    return lambda now: _cosine(1.0, final, now.step / now.steps)


def onecycle(*, warmup: float = 0.3, initial: float = 0.04, final: float = 4e-6) -> Schedule:
    """Up to α₀ and down again by half cosines (Smith & Topin 2019; `torch`'s `OneCycleLR`).

    Args:
        warmup: share of the training in which the rate rises.
        initial: the first step's factor.
        final: the last step's factor.
    """

    def factor(now: Moment) -> float:
        top = warmup * now.steps - 1
        if now.step <= top:
            return _cosine(initial, 1.0, now.step / top) if top > 0 else 1.0
        return _cosine(1.0, final, (now.step - top) / max(1.0, now.steps - 1 - top))

    return factor


def step(*, every: int = 1, factor: float = 0.5) -> Schedule:
    """Times `factor` after every `every` epochs: constant by intervals, decreasing."""
    return lambda now: factor ** ((now.epoch - 1) // every)


def piecewise(*, epochs: Sequence[int], factors: Sequence[float]) -> Schedule:
    """1 at first; `factors[i]` from the epoch after `epochs[i]` on."""
    if len(epochs) != len(factors) or sorted(epochs) != list(epochs):
        raise ConfigError("schedule=piecewise needs rising epochs, and as many factors as epochs")

    def at(now: Moment) -> float:
        passed = sum(now.epoch > epoch for epoch in epochs)
        return factors[passed - 1] if passed else 1.0

    return at


def hyperbolic(*, delta: float = 1.0) -> Schedule:
    """(1 + δ) / (1 + δ e_t)."""
    return lambda now: (1 + delta) / (1 + delta * now.epoch)


def exponential(*, gamma: float = 0.9) -> Schedule:
    """γ^(e_t − 1)."""
    return lambda now: gamma ** (now.epoch - 1)


def inverse_sqrt() -> Schedule:
    """1/√e_t."""
    return lambda now: 1 / math.sqrt(now.epoch)


SCHEDULES: Table[Callable[..., Schedule]] = Table(
    "schedule",
    {
        "constant": constant,
        "linear": linear,
        "cosine": cosine,
        "onecycle": onecycle,
        "step": step,
        "piecewise": piecewise,
        "hyperbolic": hyperbolic,
        "exponential": exponential,
        "inverse_sqrt": inverse_sqrt,
    },
)
"""Schedules by the name they have in `conf/schedule/`."""


def schedule_factors(config: Mapping[str, Any], steps: int, per_epoch: int) -> list[float] | None:
    """The factor of each of `steps` steps; None where the rate never changes.

    Args:
        config: the `schedule` group, e.g. `{"name": "onecycle", "warmup": 0.3}`.
        steps: steps of the whole training.
        per_epoch: steps in an epoch.

    Raises:
        ConfigError: an unknown name or option.
    """
    schedule = SCHEDULES.choose(config)
    if config["name"] == "constant":
        return None
    return [schedule(Moment(t, steps, per_epoch)) for t in range(steps)]


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
