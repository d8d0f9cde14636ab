"""Early stopping (L1 "Early stopping"): stop where validation is best, and go back to it."""

from __future__ import annotations

import math
from typing import Any

import pytorch_lightning as pl

from deepclaims.errors import ConfigError
from deepclaims.training.chunked import ChunkedTraining

MONITORS = ("validation_loss", "validation_error", "validation_mse")


class EarlyStopping(pl.Callback):
    """Stop after `patience` epochs without a better `monitor`; restore the best epoch's weights.

    Args:
        patience: epochs.
        monitor: a curve of the training, lower being better.

    Raises:
        ConfigError: another monitor.
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
        self.weights: dict[str, Any] | None = None

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare this epoch with the best."""
        assert isinstance(pl_module, ChunkedTraining)
        if self.monitor not in pl_module.curves:
            raise ConfigError(
                f"regularizer.monitor={self.monitor}: this task has "
                + ", ".join(name for name in pl_module.curves if name in MONITORS)
            )
        step, value = pl_module.curves[self.monitor][-1]
        if value < self.best:
            self.best, self.best_step, self.waited = value, step, 0
            state = pl_module.model.state_dict()
            self.weights = {name: tensor.clone() for name, tensor in state.items()}
            return
        self.waited += 1
        if self.waited >= self.patience:
            trainer.should_stop = True

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stay stopped, if the training that is resumed had been."""
        trainer.should_stop = trainer.should_stop or self.waited >= self.patience

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
