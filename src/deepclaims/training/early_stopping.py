"""Early stopping (L1 "Early stopping"): stop where validation is best, and go back to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytorch_lightning as pl

from deepclaims.errors import ConfigError
from deepclaims.training.chunked import ChunkedTraining

MONITORS = ("validation_loss", "validation_error", "validation_mse")


class Patience:
    """Where validation was best, and how long that is ago.

    Args:
        patience: epochs to wait for a better one.
        monitor: a curve of the training, lower being better.

    Raises:
        ConfigError: another monitor.

    Attributes:
        best: the lowest value yet, at step `best_step`.
        waited: epochs since.
    """

    def __init__(self, patience: int, monitor: str) -> None:
        if monitor not in MONITORS:
            known = ", ".join(MONITORS)
            raise ConfigError(f"regularizer.monitor={monitor} is not possible; known: {known}")
        self.patience = patience
        self.monitor = monitor
        self.best = math.inf
        self.best_step = 0
        self.waited = 0

    @property
    def exhausted(self) -> bool:
        """Whether it is time to stop."""
        return self.waited >= self.patience

    def is_better(self, curves: Mapping[str, Sequence[tuple[int, float]]]) -> bool:
        """Count an epoch, its scores the last points of `curves`; whether it is the best yet.

        Raises:
            ConfigError: the monitor is none of them.
        """
        if self.monitor not in curves:
            raise ConfigError(
                f"regularizer.monitor={self.monitor}: this task has "
                + ", ".join(name for name in curves if name in MONITORS)
            )
        step, value = curves[self.monitor][-1]
        if value < self.best:
            self.best, self.best_step, self.waited = value, step, 0
            return True
        self.waited += 1
        return False


class EarlyStopping(Patience, pl.Callback):
    """Stop after `patience` epochs without a better `monitor`; restore the best epoch's weights."""

    def __init__(self, patience: int, monitor: str) -> None:
        super().__init__(patience, monitor)
        self.weights: dict[str, Any] | None = None

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare this epoch with the best."""
        assert isinstance(pl_module, ChunkedTraining)
        if self.is_better(pl_module.curves):
            state = pl_module.model.state_dict()
            self.weights = {name: tensor.clone() for name, tensor in state.items()}
        elif self.exhausted:
            trainer.should_stop = True

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stay stopped, if the training that is resumed had been."""
        trainer.should_stop = trainer.should_stop or self.exhausted

    def restore(self, module: ChunkedTraining) -> None:
        """Go back to the best epoch's weights."""
        if self.weights is not None:
            module.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training must know."""
        names = ("best", "best_step", "waited", "weights")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take it up again."""
        for name, value in state_dict.items():
            setattr(self, name, value)
