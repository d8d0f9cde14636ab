"""The training task: one replica of a cell, from its config and seed to what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytorch_lightning as pl
import torch

from deepclaims.data import PREPARED, load
from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.dropout import Keep, draw_masks_from
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.optim.optimizers import build_optimizer
from deepclaims.optim.schedules import schedule_factors
from deepclaims.project import Project
from deepclaims.training.augmentation import build_augment
from deepclaims.training.chunked import ChunkedTraining
from deepclaims.training.early_stopping import EarlyStopping
from deepclaims.training.laps import Laps, Plan, Rows
from deepclaims.training.machine import DTYPES, bare_trainer, device_of, machine_state
from deepclaims.training.objectives import choose_objective
from deepclaims.training.outcome import read_outcome
from deepclaims.training.settings import Fit, Settings
from deepclaims.training.streams import BATCHES, NOISE, WEIGHTS, stream


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
    name = str(config.get("data", {}).get("name"))
    folder = Project.here().prepared(PREPARED[name]) if name in PREPARED else None
    return train_on(load(config["data"], seed, folder), config, seed)


def train_on(splits: Splits, config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one replica on data at hand.

    Args:
        splits: the data; what the config says of data is not looked at.
        config: a composed training config.
        seed: decides everything random.

    Returns:
        Metrics `<split>_loss` and `<split>_error` (or `<split>_mse`) of each split of
        `fit.evaluate`, `n_parameters` and `steps`; the curve `train_loss`, a point a chunk, and
        `validation_*`, a point an epoch if asked for; tables `confusion` (tagging) and
        `probabilities` (if asked for). A training that diverges has NaN losses.

    Raises:
        ConfigError: an unknown name, option or value, or a device that is not there.
    """
    settings = Settings.read(config)
    with machine_state(settings.machine):
        module = build_module(settings, splits, seed)
        return fit(module, settings, seed)


def build_module(settings: Settings, splits: Splits, seed: int) -> ChunkedTraining:
    """The Lightning module of a replica, before its first step."""
    regulariser, device = settings.regulariser, device_of(settings.machine)
    interface = Interface(splits.input_shapes, splits.outputs, splits.task == "tagging")
    keep = Keep(regulariser.p_keep, regulariser.p_keep_input)
    model = build_model(settings.model, settings.init, interface, keep, stream(seed, WEIGHTS))
    dtype = DTYPES[settings.machine.precision]
    noise = stream(seed, NOISE, device=device)
    draw_masks_from(model, noise)
    plan = plan_of(settings, splits)
    return ChunkedTraining(
        model.to(dtype),
        choose_objective(settings.fit, splits, reconstructs=hasattr(model, "reconstructs")),
        in_precision(splits, dtype),
        partial(build_optimizer, settings.optimizer, lambdas=regulariser.lambda_),
        factors=schedule_factors(settings.schedule, plan.steps, plan.per_epoch),
        clip=settings.fit.clip,
        augment=build_augment(settings.augment, noise),
        keep_outputs=settings.fit.keep_probabilities or splits.task == "tagging",
    )


def in_precision(splits: Splits, dtype: torch.dtype) -> Splits:
    """The same data with its real numbers in `dtype`."""
    if dtype == torch.float32:
        return splits

    def cast(x: torch.Tensor) -> torch.Tensor:
        return x.to(dtype) if x.is_floating_point() else x

    def recast(split: Split) -> Split:
        return replace(split, inputs=tuple(map(cast, split.inputs)), targets=cast(split.targets))

    validation = None if splits.validation is None else recast(splits.validation)
    return replace(
        splits, train=recast(splits.train), validation=validation, test=recast(splits.test)
    )


def plan_of(settings: Settings, splits: Splits) -> Plan:
    """How long the replica trains, and how often something happens on the way."""
    each_epoch = (
        settings.fit.validate_every_epoch
        or settings.regulariser.patience is not None
        or settings.fit.checkpoint is not None
    )
    chunked = settings.machine.strategy == "single"
    return Plan.make(settings.fit, len(splits.train), each_epoch=each_epoch, chunked=chunked)


def fit(module: ChunkedTraining, settings: Settings, seed: int) -> Outcome:
    """Train a module to the end and evaluate it."""
    plan = plan_of(settings, module.splits)
    regulariser, validation = settings.regulariser, module.splits.validation
    validated = settings.fit.validate_every_epoch or regulariser.patience is not None
    if validated and validation is None:
        raise ConfigError("validating every epoch needs a validation split; these data have none")
    callbacks = (
        []
        if regulariser.patience is None
        else [EarlyStopping(regulariser.patience, regulariser.monitor)]
    )
    trainer = bare_trainer(settings.machine, plan.laps, callbacks)
    laps = Laps(plan, stream(seed, BATCHES))
    trainer.fit(module, laps, Rows(len(validation)) if validated and validation else None)
    evaluate(module, trainer, settings.fit)
    outcome = read_outcome(module, probabilities=settings.fit.keep_probabilities)
    for early in callbacks:
        outcome = replace(outcome, metrics={**outcome.metrics, "best_step": early.best_step})
    return outcome


def evaluate(module: ChunkedTraining, trainer: pl.Trainer, options: Fit) -> None:
    """Score the splits of `fit.evaluate` that there are."""
    present = tuple(name for name in options.evaluate if getattr(module.splits, name) is not None)
    module.evaluated = present
    rows = [Rows(len(getattr(module.splits, name))) for name in present]
    if rows:
        trainer.validate(module, rows, verbose=False)
