"""Which numbers the keys of a training config may have.

A number that is none of them trains something all the same, or fails with a word of torch's: so
all are looked at by their names, before anything is read or built. `conf/` says the same of each
key in a comment, which a test compares.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Range:
    """Numbers between two bounds, either of which may be outside of it.

    Args:
        whole: whether they are whole numbers.
        low: the least.
        high: the largest.
        open_low: whether `low` itself is not one of them.
        open_high: whether `high` itself is not.
    """

    whole: bool = False
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    @classmethod
    def read(cls, text: str) -> Range:
        """What a text means: `int`, `int > 0`, `float >= 0`, `float in (0, 1]`.

        Raises:
            ValueError: it is none of these.
        """
        if not (found := _STATED.fullmatch(text)):
            raise ValueError(f"no range: {text}")
        whole = found["kind"] == "int"
        if found["relation"]:
            return cls(whole, float(found["bound"]), open_low=found["relation"] == ">")
        if found["low"]:
            ends = float(found["low"]), float(found["high"])
            return cls(whole, *ends, found["left"] == "(", found["right"] == ")")
        return cls(whole)

    def has(self, number: float) -> bool:
        """Whether a number is in it."""
        if self.whole and not float(number).is_integer():
            return False
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.high < math.inf:
            left, right = "(["[not self.open_low], ")]"[not self.open_high]
            return f"{kind} in {left}{self.low:g}, {self.high:g}{right}"
        if self.low > -math.inf:
            return f"{kind} {'>' if self.open_low else '>='} {self.low:g}"
        return kind


_NUMBER = r"-?\d+(?:\.\d+)?"
_STATED = re.compile(
    r"(?P<kind>int|float)"
    rf"(?: (?P<relation>>=?) (?P<bound>{_NUMBER})"
    rf"| in (?P<left>[\[(])(?P<low>{_NUMBER}), (?P<high>{_NUMBER})(?P<right>[\])]))?"
)

_COUNT, _COUNT_OR_NONE, _DEVIATION = "int > 0", "int >= 0", "float >= 0"
_SHARE, _PART = "float in [0, 1]", "float in [0, 1)"

RANGES: Mapping[str, str] = MappingProxyType(
    {
        "seed": _COUNT_OR_NONE,
        "fit.epochs": _COUNT,
        "fit.steps": _COUNT,
        "fit.batch_size": _COUNT,
        "fit.chunk": _COUNT,
        "fit.clip": "float > 0",
        "fit.record_cap": _COUNT,
        "optimizer.lr": "float > 0",
        "optimizer.eps": "float > 0",
        "optimizer.beta1": _PART,
        "optimizer.beta2": _PART,
        "optimizer.weight_decay": _DEVIATION,
        "schedule.final": "float >= 0",
        "schedule.gamma": "float in (0, 1]",
        "schedule.delta": "float >= 0",
        "schedule.warmup": _SHARE,
        "schedule.initial": "float >= 0",
        "schedule.every": _COUNT,
        "schedule.factor": "float in (0, 1)",
        "schedule.T_0": _COUNT,
        "schedule.T_mult": _COUNT,
        "schedule.eta_min": "float >= 0",
        "regularizer.lambda": "float >= 0",
        "regularizer.p_keep": "float in (0, 1]",
        "regularizer.p_keep_input": "float in (0, 1]",
        "regularizer.hidden_noise": _DEVIATION,
        "regularizer.input_noise": _DEVIATION,
        "regularizer.parameter_noise": _DEVIATION,
        "regularizer.beta": _SHARE,
        "regularizer.code": _COUNT,
        "regularizer.coder_depth": _COUNT_OR_NONE,
        "regularizer.coder_width": _COUNT,
        "regularizer.patience": _COUNT,
        "augment.gain": _DEVIATION,
        "augment.noise": _DEVIATION,
        "augment.samples": _COUNT_OR_NONE,
        "augment.feature_noise": _DEVIATION,
        "augment.silence": _PART,
        "augment.pixels": _DEVIATION,
        "augment.degrees": _DEVIATION,
        "augment.elastic": _DEVIATION,
        "augment.smoothness": "float > 0",
        "augment.wander": _DEVIATION,
        "model.depth": _COUNT_OR_NONE,
        "model.width": _COUNT,
        "model.code": _COUNT,
        "model.embedding": _COUNT,
        "model.parameters": _COUNT,
        "model.channels": _COUNT,
        "model.kernel": _COUNT,
        "model.layers": _COUNT,
        "init.std": "float > 0",
        "init.gain": "float > 0",
        "data.n": _COUNT,
        "data.n_test": _COUNT,
        "data.n_train": _COUNT,
        "data.n_validation": _COUNT,
        "data.label_noise": _SHARE,
        "data.validation_noise": _SHARE,
        "data.pca": _COUNT,
        "data.pool": "int in [1, 2]",
        "data.squares": _COUNT,
        "data.margin": _SHARE,
        "data.dimension": _COUNT,
        "data.flip": _SHARE,
        "data.fold": "int in [0, 4]",
        "data.sequence_length": _COUNT,
        "data.seconds": "float > 0",
        "data.test_seconds": "float > 0",
        "data.rate": _COUNT,
        "data.validation": _PART,
        "data.test": _PART,
        "data.split_seed": _COUNT_OR_NONE,
        "trainer.devices": _COUNT,
        "trainer.threads": _COUNT,
    }
)
"""By dotted key, as `conf/` states it; of a list, of each number in it."""

NARROWER: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "nesterov": {"optimizer.beta1": "float in (0, 1)"},
        "budgeted_mlp": {"model.depth": _COUNT},
        "shift": {"augment.pixels": _COUNT},
        "ddp": {"trainer.devices": "int > 1"},
    }
)
"""By the name of a group's choice, what it asks for besides."""


def require_in_range(config: Mapping[str, Any]) -> None:
    """Refuse numbers that a key cannot have.

    A part of somebody's own (`_target_`) may give another meaning to a name: it is not looked at,
    unless it is torch's.

    Args:
        config: a composed training config, with its seed or without.

    Raises:
        ConfigError: names the key, the number, and those that it may have.
    """
    for group, options in config.items():
        if not isinstance(options, Mapping):
            _require(str(group), options, RANGES)
            continue
        if not str(options.get("_target_", "torch.")).startswith("torch."):
            continue
        known = {**RANGES, **NARROWER.get(str(options.get("name")), {})}
        for key, value in options.items():
            _require(f"{group}.{key}", value, known)


def _require(key: str, value: Any, known: Mapping[str, str]) -> None:
    if key not in known:
        return
    allowed = Range.read(known[key])
    for each in value if isinstance(value, list | tuple) else [value]:
        number = isinstance(each, int | float) and not isinstance(each, bool)
        if number and not allowed.has(each):
            raise ConfigError(f"{key}={value} is not possible; it is {allowed}")
