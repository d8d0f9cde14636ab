"""Checkpoints at the ends of epochs: a training that is killed and resumed gives the same bits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

from deepclaims.errors import StorageError

CONFIG = "deepclaims_config"


class Checkpoint(pl.Callback):
    """Save everything at the end of each epoch, in one file a seed, written whole or not at all.

    It must come after the callbacks whose state it saves.

    Args:
        folder: where; made if need be.
        config: the training config; a checkpoint of another one is refused.
        seed: the replica's.
    """

    def __init__(self, folder: str | Path, config: Mapping[str, Any], seed: int) -> None:
        self.path = Path(folder) / f"seed-{seed}.ckpt"
        self.config = fingerprint(config)

    def found(self) -> Path | None:
        """The checkpoint to resume from, if there is one.

        Raises:
            StorageError: it is damaged, or another config's.
        """
        if not self.path.exists():
            return None
        try:
            saved = torch.load(self.path, map_location="cpu", weights_only=False)[CONFIG]
        except Exception as error:  # torch raises whatever the damaged bytes provoke
            raise StorageError(f"{self.path} is damaged ({error}): delete it") from error
        if saved != self.config:
            raise StorageError(
                f"{self.path} is the checkpoint of another config: delete it, or name another "
                "folder in fit.checkpoint"
            )
        return self.path

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save."""
        fresh = self.path.with_suffix(".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            trainer.save_checkpoint(fresh)
            if trainer.is_global_zero:
                fresh.replace(self.path)
        except OSError as error:
            reason = error.strerror or error
            raise StorageError(f"cannot write the checkpoint {self.path}: {reason}") from error

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Note whose checkpoint it is."""
        checkpoint[CONFIG] = self.config


def fingerprint(config: Mapping[str, Any]) -> str:
    """A hash of what a training config says, but for where its checkpoints are and its seed."""
    said = {group: options for group, options in config.items() if group != "seed"}
    said["fit"] = {k: v for k, v in (config.get("fit") or {}).items() if k != "checkpoint"}
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
