"""What a training config says, read once and refused at once where it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.groups import read_options

SPLITS = ("train", "validation", "test")

AUTOENCODER: Mapping[str, int] = MappingProxyType({"codes": 1, "reconstructions": 2, "joint": 3})
"""What the classifier has of an autoencoder, and which of the slides' options it is."""


@dataclass(frozen=True)
class Fit:
    """The `fit` group; `conf/train.yaml` says what each key means."""

    epochs: int = 5
    steps: int | None = None
    batch_size: int | str = 128
    chunk: int | str = "auto"
    loss: str = "auto"
    clip: float | None = None
    class_weights: Sequence[float] | None = None
    record_cap: int | None = None
    validate_every_epoch: bool = False
    evaluate: Sequence[str] = SPLITS
    keep_probabilities: bool = False
    checkpoint: str | None = None

    def __post_init__(self) -> None:
        for key in ("epochs", "steps", "batch_size", "chunk", "record_cap"):
            value = getattr(self, key)
            words = {"steps": None, "batch_size": "full", "chunk": "auto", "record_cap": None}
            if not (key in words and value == words[key]) and not _is_count(value):
                raise ConfigError(f"fit.{key}={value} is not possible; it is a whole number > 0")
        if unknown := sorted(set(self.evaluate) - set(SPLITS)):
            raise ConfigError(f"fit.evaluate: no split {unknown}; known: {', '.join(SPLITS)}")
        if self.clip is not None and self.clip <= 0:
            raise ConfigError(f"fit.clip={self.clip} is not possible; it is a norm > 0, or null")


@dataclass(frozen=True)
class Regulariser:
    """The `regularizer` group: penalty, noise and early stopping, any of them together."""

    lambda_: float | Sequence[float] = 0.0
    p_keep: float = 1.0
    p_keep_input: float = 1.0
    hidden_noise: float = 0.0
    input_noise: float = 0.0
    parameter_noise: float = 0.0
    autoencoder: str | None = None
    beta: float = 0.5
    code: int = 32
    coder_depth: int = 1
    coder_width: int = 128
    patience: int | None = None
    monitor: str = "validation_loss"

    def __post_init__(self) -> None:
        lambdas = [self.lambda_] if isinstance(self.lambda_, int | float) else self.lambda_
        if min(lambdas, default=0.0) < 0:
            raise ConfigError(f"regularizer.lambda={self.lambda_} is not possible; it is >= 0")
        for key in ("hidden_noise", "input_noise", "parameter_noise"):
            if getattr(self, key) < 0:
                raise ConfigError(f"regularizer.{key}={getattr(self, key)} is not possible; >= 0")
        if self.autoencoder not in (None, *AUTOENCODER):
            raise ConfigError(
                f"regularizer.autoencoder={self.autoencoder} is not possible; it may be "
                + ", ".join(AUTOENCODER)
            )
        if not 0 <= self.beta <= 1:
            raise ConfigError(f"regularizer.beta={self.beta} is not possible; 0 <= beta <= 1")
        if not (_is_count(self.code) and _is_count(self.coder_width)):
            raise ConfigError("regularizer.code and coder_width are whole numbers > 0")
        if self.patience is not None and not _is_count(self.patience):
            raise ConfigError(f"regularizer.patience={self.patience} is a whole number > 0")


@dataclass(frozen=True)
class Machine:
    """The `trainer` group; `conf/trainer/*.yaml` say what each key means."""

    accelerator: str = "cpu"
    devices: int = 1
    strategy: str = "single"
    threads: int = 1
    precision: int | str = 32
    deterministic: bool = True

    def __post_init__(self) -> None:
        choices = {
            "accelerator": ("cpu", "gpu"),
            "strategy": ("single", "ddp"),
            "precision": (32, 64, "bf16-mixed"),
        }
        for key, allowed in choices.items():
            if getattr(self, key) not in allowed:
                raise ConfigError(
                    f"trainer.{key}={getattr(self, key)} is not possible; it may be "
                    + ", ".join(map(str, allowed))
                )
        for key in ("devices", "threads"):
            if not _is_count(getattr(self, key)):
                raise ConfigError(f"trainer.{key} is a whole number > 0")
        if self.strategy == "single" and self.devices != 1:
            raise ConfigError(f"trainer.devices={self.devices} needs trainer=ddp")


@dataclass(frozen=True)
class Settings:
    """A whole training config, without its seed."""

    data: Mapping[str, Any]
    model: Mapping[str, Any]
    init: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    schedule: Mapping[str, Any]
    augment: Mapping[str, Any]
    regulariser: Regulariser = field(default_factory=Regulariser)
    machine: Machine = field(default_factory=Machine)
    fit: Fit = field(default_factory=Fit)

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Settings:
        """Read a composed config.

        Raises:
            ConfigError: a group is missing, or says what is not known.
        """
        groups = ("data", "model", "init", "optimizer", "schedule")
        if missing := [group for group in groups if not config.get(group)]:
            raise ConfigError(f"the training config lacks {', '.join(missing)}")
        return cls(
            **{group: config[group] for group in groups},
            augment=config.get("augment") or {"name": "none"},
            regulariser=read_options("regularizer", Regulariser, config.get("regularizer") or {}),
            machine=read_options("trainer", Machine, config.get("trainer") or {}),
            fit=read_options("fit", Fit, config.get("fit") or {}),
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
