"""One replica: its module before the first step, its training, and what it measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytorch_lightning as pl
import torch
from torch import Generator, nn

from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.coder import Coder
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import JOINED, build_model, count_parameters
from deepclaims.nn.unit_noise import UnitNoise, draw_noise_from
from deepclaims.optim.optimizers import build_optimizer
from deepclaims.optim.schedules import schedule_factors
from deepclaims.training.augmentation import build_augment
from deepclaims.training.checkpoint import Checkpoint
from deepclaims.training.chunked import ChunkedTraining
from deepclaims.training.early_stopping import EarlyStopping
from deepclaims.training.machine import DTYPES, bare_trainer, device_of, in_precision
from deepclaims.training.minibatches import ChunkLoader, Plan, Rows
from deepclaims.training.objectives import choose_objective
from deepclaims.training.outcome import Measured, read_outcome, tells_confusion
from deepclaims.training.ranks import local_rank
from deepclaims.training.settings import Fit, Settings
from deepclaims.training.streams import BATCHES, NOISE, WEIGHTS, stream


def build_module(settings: Settings, splits: Splits, seed: int) -> ChunkedTraining:
    """The Lightning module of a replica, before its first step."""
    regulariser, machine = settings.regulariser, settings.machine
    interface = Interface(splits.input_shapes, splits.outputs, splits.task == "tagging")
    weights = stream(seed, WEIGHTS)
    model = network_of(settings, interface, noise_on_units(settings), weights)
    noise = stream(seed, NOISE, local_rank() or 0, device_of(machine))
    draw_noise_from(model, noise)
    plan = plan_of(settings, splits)
    dtype = DTYPES[machine.precision]
    return ChunkedTraining(
        model.to(dtype),
        choose_objective(
            settings.fit,
            splits,
            reconstructs=hasattr(model, "reconstructs"),
            beta=beta_of(settings),
        ),
        in_precision(splits, dtype),
        partial(build_optimizer, settings.optimizer, lambdas=regulariser.lambda_),
        generators={"batches": stream(seed, BATCHES), "noise": noise},
        factors=schedule_factors(settings.schedule, plan.steps, plan.per_epoch),
        clip=settings.fit.clip,
        augment=build_augment(settings.augment, noise, regulariser.input_noise),
        parameter_noise=regulariser.parameter_noise,
        keep_outputs=settings.fit.keep_probabilities or tells_confusion(splits.task, splits.test),
    )


def network_of(
    settings: Settings, interface: Interface, noise: UnitNoise, generator: Generator
) -> nn.Module:
    """The network of a training, with freshly drawn weights."""
    own = settings.regulariser
    coder = Coder(own.autoencoder, own.code, own.coder_depth, own.coder_width)
    return build_model(settings.model, settings.init, interface, noise, generator, coder)


def beta_of(settings: Settings) -> float | None:
    """Weight of the classifier's cost where an autoencoder's is minimised beside it."""
    return settings.regulariser.beta if settings.regulariser.autoencoder in JOINED else None


def noise_on_units(settings: Settings) -> UnitNoise:
    """What the `regularizer` group does to the units of the network."""
    regulariser = settings.regulariser
    return UnitNoise(regulariser.p_keep, regulariser.p_keep_input, regulariser.hidden_noise)


def plan_of(settings: Settings, splits: Splits) -> Plan:
    """How long the replica trains, and how often something happens on the way."""
    options = settings.fit
    stops_early = settings.regulariser.patience is not None
    each_epoch = options.validate_every_epoch or stops_early or options.checkpoint is not None
    chunked = settings.machine.strategy == "single"
    return Plan.make(options, len(splits.train), each_epoch=each_epoch, chunked=chunked)


def fit(module: ChunkedTraining, settings: Settings, checkpoint: Checkpoint | None) -> Outcome:
    """Train a module to the end, from its checkpoint if there is one, and evaluate it."""
    plan, regulariser = plan_of(settings, module.splits), settings.regulariser
    early = (
        None
        if regulariser.patience is None
        else EarlyStopping(regulariser.patience, regulariser.monitor)
    )
    # The checkpoint last: it saves what the other has just found out.
    callbacks = [callback for callback in (early, checkpoint) if callback is not None]
    trainer = bare_trainer(settings.machine, plan.passes, callbacks)
    loader = ChunkLoader(plan, module.generators["batches"], lambda: module.steps)
    validated = settings.fit.validate_every_epoch or early is not None
    trainer.fit(
        module,
        loader,
        _validation_rows(module) if validated else None,
        ckpt_path=checkpoint.found() if checkpoint else None,
        weights_only=False,
    )
    if early is not None:
        early.restore(module)
    evaluate(module, trainer, settings.fit)
    outcome = read_outcome(measured(module), probabilities=settings.fit.keep_probabilities)
    if early is None:
        return outcome
    return replace(outcome, metrics={**outcome.metrics, "best_step": float(early.best_step)})


def networks(
    settings: Sequence[Settings], splits: Sequence[Splits], seeds: Sequence[int]
) -> list[nn.Module]:
    """The networks of some replicas, trained one after another."""
    modules = []
    for own, data, seed in zip(settings, splits, seeds, strict=True):
        module = build_module(own, data, seed)
        fit(module, own, None)
        modules.append(module.model)
    return modules


def evaluate(module: ChunkedTraining, trainer: pl.Trainer, options: Fit) -> None:
    """Score the splits of `fit.evaluate` that there are."""
    present = tuple(name for name in options.evaluate if getattr(module.splits, name) is not None)
    module.evaluated = present
    rows = [Rows(len(getattr(module.splits, name))) for name in present]
    if rows:
        trainer.validate(module, rows, verbose=False)


def measured(module: ChunkedTraining) -> Measured:
    """What is left of a module after its evaluation."""
    scores: dict[str, float] = {}
    for name in module.evaluated:
        if name in module.scores:
            scores |= module.scores[name].metrics(name)
    test = module.splits.test if "test" in module.evaluated else None
    kept = [] if test is None else module.scores["test"].outputs
    return Measured(
        parameters=count_parameters(module.model),
        steps=module.steps,
        scores=scores,
        curves=module.curves,
        objective=module.objective,
        test=test,
        outputs=torch.cat(kept) if kept else None,
        group_names=module.splits.group_names,
    )


def _validation_rows(module: ChunkedTraining) -> Rows:
    if module.splits.validation is None:
        raise ConfigError("validating every epoch needs a validation split; these data have none")
    return Rows(len(module.splits.validation))
