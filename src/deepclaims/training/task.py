"""The training task: one replica of a cell, from its config and seed to what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Splits
from deepclaims.evidence.outcome import Outcome
from deepclaims.training.checkpoint import Checkpoint
from deepclaims.training.machine import machine_state
from deepclaims.training.preprocessing import preprocessed
from deepclaims.training.ranks import Job, local_rank, run_ranks
from deepclaims.training.replica import build_module, fit, networks
from deepclaims.training.settings import Settings


def train(config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one replica on the data its config names.

    Args:
        config: a composed training config (`conf/train.yaml`), without its seed.
        seed: decides everything random; the same config, seed and data give the same bits.

    Returns:
        See `train_on`.

    Raises:
        ConfigError: an unknown name, option or value, or a device that is not there.
        StageError: the data are not prepared.
    """
    settings = Settings.read(config)
    if _is_to_be_shared(settings):
        return run_ranks(Job(config, seed, None), settings.machine.devices)
    return train_on(load(settings.data, seed, folder_of(settings.data)), config, seed)


def train_on(splits: Splits, config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one replica on data at hand.

    Args:
        splits: the data; what the config says of data is not looked at.
        config: a composed training config.
        seed: decides everything random.

    Returns:
        Metrics `<split>_loss` and `<split>_error` (or `<split>_mse`) of each split of
        `fit.evaluate`, `n_parameters`, `steps`, and `best_step` under early stopping; the curve
        `train_loss`, a point a chunk, and `validation_*`, a point an epoch if asked for; tables
        `confusion` (tagging, and classes of patients) and `probabilities` (if asked for). A
        training that diverges ends with NaN losses.

    Raises:
        ConfigError: an unknown name, option or value, or a device that is not there.
        StorageError: a checkpoint that cannot be written, read, or is another config's.
    """
    settings = Settings.read(config)
    if _is_to_be_shared(settings):
        return run_ranks(Job(config, seed, splits), settings.machine.devices)
    with machine_state(settings.machine):
        (splits,) = preprocessed([splits], [settings], [seed], networks)
        module = build_module(settings, splits, seed)
        checkpoint = (
            None
            if settings.fit.checkpoint is None
            else Checkpoint(settings.fit.checkpoint, config, seed)
        )
        return fit(module, settings, checkpoint)


def _is_to_be_shared(settings: Settings) -> bool:
    return settings.machine.strategy == "ddp" and local_rank() is None
