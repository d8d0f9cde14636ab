"""The task of trainings with a part of one's own: network, optimiser, schedule, callbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import nn

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import draw_noise_from
from deepclaims.training import extras
from deepclaims.training.augmentation import build_augment
from deepclaims.training.checkpoint import Checkpoint
from deepclaims.training.curve_points import shortened
from deepclaims.training.early_stopping import EarlyStopping
from deepclaims.training.machine import DTYPES, bare_trainer, device_of, in_precision, machine_state
from deepclaims.training.minibatches import ChunkLoader, Rows
from deepclaims.training.objectives import choose_objective
from deepclaims.training.outcome import read_outcome, tells_confusion
from deepclaims.training.own_config import OWN_INIT, has_extras
from deepclaims.training.own_parts import OFFERED, network, optimizer_maker, wants_closure
from deepclaims.training.own_rates import (
    RESERVED,
    factors_of,
    is_torchs,
    rates_of,
    waits_for_scores,
)
from deepclaims.training.own_training import OwnTraining
from deepclaims.training.preprocessing import preprocessed
from deepclaims.training.replica import beta_of, evaluate, measured, plan_of
from deepclaims.training.settings import Settings
from deepclaims.training.streams import BATCHES, NOISE, WEIGHTS, stream
from deepclaims.training.targets import TARGET, find, is_own
from deepclaims.training.targets import check as check_options


def train_own(config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one replica whose network, optimiser, schedule or callbacks may be one's own.

    Args:
        config: a composed training config, without its seed.
        seed: decides everything random.

    Returns:
        What `task.train` returns; the curve `train_loss` has a point a step where there are
        callbacks or loggers.

    Raises:
        ConfigError: an unknown name, option or value, or what cannot be had together.
        StageError: the data are not prepared.
        StorageError: a checkpoint that cannot be written, read, or is another config's.
    """
    return fitted(config, seed)[0]


def fitted(
    config: Mapping[str, Any], seed: int, coders: list[nn.Module] | None = None
) -> tuple[Outcome, OwnTraining, Splits]:
    """`train_own`, and the trained module, and the data as they were loaded.

    Args:
        config: a composed training config.
        seed: decides everything random.
        coders: takes the autoencoder through which the network sees the data, if there is one.
    """
    settings = Settings.read(config)
    loaded = load(settings.data, seed, folder_of(settings.data))
    with machine_state(settings.machine):

        def networks(
            own: Sequence[Settings], data: Sequence[Splits], seeds: Sequence[int]
        ) -> list[nn.Module]:
            each = zip(own, data, seeds, strict=True)
            found = [_fit(module_of(*one), one[0], config, None)[1].model for one in each]
            if coders is not None:
                coders.extend(found)
            return found

        (splits,) = preprocessed([loaded], [settings], [seed], networks)
        module = module_of(settings, splits, seed, stepwise=has_extras(config))
        return *_fit(module, settings, config, seed), loaded


def module_of(
    settings: Settings, splits: Splits, seed: int, *, stepwise: bool = False
) -> OwnTraining:
    """The Lightning module of a replica, before its first step."""
    regulariser, machine = settings.regulariser, settings.machine
    interface = Interface(splits.input_shapes, splits.outputs, splits.task == "tagging")
    model = network(settings, interface, stream(seed, WEIGHTS))
    noise = stream(seed, NOISE, device=device_of(machine))
    draw_noise_from(model, noise)
    plan, dtype = plan_of(settings, splits), DTYPES[machine.precision]
    rates = settings.schedule
    reconstructs = hasattr(model, "reconstructs")
    return OwnTraining(
        model.to(dtype),
        choose_objective(settings.fit, splits, reconstructs=reconstructs, beta=beta_of(settings)),
        in_precision(splits, dtype),
        optimizer_maker(settings),
        stepwise=stepwise or wants_closure(settings),
        make_rates=(lambda made: rates_of(rates, made, plan)) if is_torchs(rates) else None,
        generators={"batches": stream(seed, BATCHES), "noise": noise},
        factors=factors_of(rates, plan),
        clip=settings.fit.clip,
        augment=build_augment(settings.augment, noise, regulariser.input_noise),
        parameter_noise=regulariser.parameter_noise,
        keep_outputs=settings.fit.keep_probabilities or tells_confusion(splits.task, splits.test),
    )


def _fit(
    module: OwnTraining, settings: Settings, config: Mapping[str, Any], seed: int | None
) -> tuple[Outcome, OwnTraining]:
    """Train a module to the end and evaluate it; without callbacks and checkpoint if no seed."""
    options, patience = settings.fit, settings.regulariser.patience
    watched = seed is not None and has_extras(config)
    validated = options.validate_every_epoch or patience is not None
    validated = validated or (watched and module.splits.validation is not None)
    chunk = 1 if module.stepwise else options.chunk
    every_epoch = replace(options, chunk=chunk, validate_every_epoch=validated or watched)
    plan = plan_of(replace(settings, fit=every_epoch), module.splits)
    if chunk == "auto":
        plan = replace(plan, chunk=shortened(plan.chunk, plan.steps))
    early = checkpoint = None
    if patience is not None:
        early = EarlyStopping(patience, settings.regulariser.monitor)
    if options.checkpoint is not None and seed is not None:
        checkpoint = Checkpoint(options.checkpoint, config, seed)
    last = [] if checkpoint is None else [checkpoint]  # it saves what the others have found out
    callbacks = [*([] if early is None else [early]), *last]
    if watched and seed is not None:
        folder = extras.folder_of(config, seed)
        place = len(callbacks) - len(last)
        callbacks[place:place] = extras.callbacks_of(config)
        loggers = extras.loggers_of(config, folder)
        trainer = extras.trainer_with(settings, plan.passes, callbacks, loggers, folder)
    else:
        trainer = bare_trainer(settings.machine, plan.passes, callbacks)
    loader = ChunkLoader(plan, module.generators["batches"], lambda: module.steps)
    if validated and module.splits.validation is None:
        raise ConfigError("validating every epoch needs a validation split; these data have none")
    held_out = module.splits.validation
    rows = Rows(len(held_out)) if validated and held_out is not None else None
    path = checkpoint.found() if checkpoint else None
    trainer.fit(module, loader, rows, ckpt_path=path, weights_only=False)
    if early is not None:
        early.restore(module)
    evaluate(module, trainer, options)
    outcome = read_outcome(measured(module), probabilities=options.keep_probabilities)
    if early is not None:
        best = {"best_step": float(early.best_step)}
        outcome = replace(outcome, metrics={**outcome.metrics, **best})
    return outcome, module


def check(config: Mapping[str, Any]) -> None:
    """Refuse what cannot be trained, before anything is.

    Raises:
        ConfigError: something of one's own that is not there or does not take its options, or what
            cannot be had together.
    """
    settings = Settings.read(config)
    if settings.machine.strategy == "ddp":
        raise ConfigError(
            "trainer=ddp trains the package's own networks and optimisers, without callbacks and "
            "loggers: take trainer=cpu or trainer=gpu, or train the module with a Trainer of your "
            "own (docs/own-models.md)"
        )
    if settings.init.get("name") == OWN_INIT and not is_own(settings.model):
        raise ConfigError(
            f"init={OWN_INIT} is for a model of one's own; the package's are drawn by laws"
        )
    first = {"model": 0, "optimizer": 1, "schedule": 1 if is_torchs(settings.schedule) else 0}
    for group, arguments in first.items():
        part = config[group]
        if is_own(part):
            reserved = RESERVED if group == "schedule" else ()
            arguments += len(part.get("_args_", []))
            offered = OFFERED if group == "model" else ()
            found = find(str(part[TARGET]), group)
            check_options(group, part, found, arguments, offered, reserved)
    optimizer_maker(settings)
    if waits_for_scores(settings.schedule) and not settings.fit.validate_every_epoch:
        raise ConfigError(
            f"schedule.{TARGET}={settings.schedule[TARGET]} waits for scores: say "
            "fit.validate_every_epoch=true"
        )
    extras.check(config)
