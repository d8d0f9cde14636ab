"""Stacked replicas: many trainings of one shape as one batched computation.

`train_stacked` gives what `train` gives for each replica on its own: in double precision to
1e-10, in single to the rounding that its training amplifies (docs/training.md). On a CPU what it
gives for one does not depend on the others, bit for bit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from torch.nn.utils import vector_to_parameters

from deepclaims.data import drawn_by_seed
from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.stacked import Stack
from deepclaims.nn.unit_noise import UnitNoise, loudest
from deepclaims.optim.optimizers import build_optimizer
from deepclaims.optim.schedules import schedule_factors
from deepclaims.optim.stacked import StackedUpdate
from deepclaims.training.augmentation import build_augment
from deepclaims.training.early_stopping import Patience
from deepclaims.training.machine import DTYPES, bare_trainer, device_of, in_precision, machine_state
from deepclaims.training.minibatches import ChunkLoader
from deepclaims.training.objectives import Objective, choose_objective
from deepclaims.training.outcome import Measured, read_outcome, tells_confusion
from deepclaims.training.preprocessing import preprocessed
from deepclaims.training.replica import beta_of, network_of, noise_on_units, plan_of
from deepclaims.training.resident import Interning, StackedSplit
from deepclaims.training.settings import Settings
from deepclaims.training.stacked import Replica, StackedTraining
from deepclaims.training.stacking import require_stackable
from deepclaims.training.streams import BATCHES, NOISE, WEIGHTS, stream


def train_stacked(configs: Sequence[Mapping[str, Any]], seeds: Sequence[int]) -> list[Outcome]:
    """Train replicas together: replica i is (configs[i], seeds[i]).

    Args:
        configs: composed training configs with one `stack_signature`.
        seeds: as many.

    Returns:
        For each what `train` returns.

    Raises:
        ConfigError: they cannot be stacked, or what `train` raises.
        StageError: the data are not prepared.
    """
    require_stackable(configs)
    intern, known = Interning(), {}
    everything = []
    for config, seed in zip(configs, seeds, strict=True):
        data = config["data"]
        key = (json.dumps(dict(data), sort_keys=True), seed if drawn_by_seed(data) else None)
        if key not in known:
            dtype = DTYPES[Settings.read(config).machine.precision]
            known[key] = _interned(in_precision(load(data, seed, folder_of(data)), dtype), intern)
        everything.append(known[key])
    return train_stacked_on(everything, configs, seeds)


def train_in_stack(config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one replica as `train_stacked` would in any company; on a CPU to the bit."""
    return train_stacked([config], [seed])[0]


def train_stacked_on(
    splits: Sequence[Splits], configs: Sequence[Mapping[str, Any]], seeds: Sequence[int]
) -> list[Outcome]:
    """Train replicas together on data at hand; see `train_stacked`.

    Args:
        splits: of each replica. Where two have the same tensors, they are kept once.
        configs: composed training configs.
        seeds: as many.
    """
    require_stackable(configs)
    if len(configs) == 1:  # see stacked.py on company
        return train_stacked_on([*splits] * 2, [*configs] * 2, [*seeds] * 2)[:1]
    settings = [Settings.read(config) for config in configs]
    with machine_state(settings[0].machine):
        seen = preprocessed(splits, settings, seeds, stacked_networks)
        module = _trained(settings, seen, seeds)
        return _evaluate(module, settings[0], seen)


def _trained(
    settings: Sequence[Settings], splits: Sequence[Splits], seeds: Sequence[int]
) -> StackedTraining:
    module, loader = build_stack(settings, splits, seeds)
    trainer = bare_trainer(settings[0].machine, plan_of(settings[0], splits[0]).passes)
    trainer.fit(module, loader)
    return module


def stacked_networks(
    settings: Sequence[Settings], splits: Sequence[Splits], seeds: Sequence[int]
) -> list[nn.Module]:
    """The networks of some replicas, trained in a stack."""
    found = []
    trained = _trained(settings, splits, seeds).replicas
    for own, data, seed, replica in zip(settings, splits, seeds, trained, strict=True):
        assert replica.theta is not None  # the training has ended
        network = _network(own, data, UnitNoise(), seed)
        numbers = sum(p.numel() for p in network.parameters())
        vector_to_parameters(replica.theta[:numbers].cpu(), network.parameters())
        found.append(network)
    return found


def build_stack(
    settings: Sequence[Settings], splits: Sequence[Splits], seeds: Sequence[int]
) -> tuple[StackedTraining, ChunkLoader]:
    """The Lightning module of the replicas before their first step, and their batches."""
    first = settings[0]
    dtype, device = DTYPES[first.machine.precision], device_of(first.machine)
    networks = [
        _network(own, data, UnitNoise(), seed)
        for own, data, seed in zip(settings, splits, seeds, strict=True)
    ]
    noises = [noise_on_units(own) for own in settings]
    template = _network(first, splits[0], loudest(noises), seeds[0])
    reconstructs = hasattr(template, "reconstructs")
    objectives = [
        choose_objective(own.fit, data, reconstructs=reconstructs, beta=beta_of(own))
        for own, data in zip(settings, splits, strict=True)
    ]
    plan = plan_of(first, splits[0])
    update = StackedUpdate(
        [
            build_optimizer(own.optimizer, network, own.regulariser.lambda_)
            for own, network in zip(settings, networks, strict=True)
        ],
        [list(network.parameters()) for network in networks],
        [schedule_factors(own.schedule, plan.steps, plan.per_epoch) for own in settings],
        device,
    )
    stack = Stack(template, networks)
    module = StackedTraining(
        stack,
        [_replica(own, seed) for own, seed in zip(settings, seeds, strict=True)],
        objectives[0],
        _stacked_splits(splits, objectives, dtype),
        update,
        validates=first.fit.validate_every_epoch or first.regulariser.patience is not None,
    )
    if module.validates and "validation" not in module.splits:
        raise ConfigError("validating every epoch needs a validation split; these data have none")
    return module, ChunkLoader(
        plan, [stream(seed, BATCHES) for seed in seeds], lambda: module.steps
    )


def _network(settings: Settings, splits: Splits, noise: UnitNoise, seed: int) -> nn.Module:
    interface = Interface(splits.input_shapes, splits.outputs, splits.task == "tagging")
    network = network_of(settings, interface, noise, stream(seed, WEIGHTS))
    return network.to(DTYPES[settings.machine.precision])


def _replica(settings: Settings, seed: int) -> Replica:
    regulariser = settings.regulariser
    noise = stream(seed, NOISE, device=device_of(settings.machine))
    patience, clip = regulariser.patience, settings.fit.clip
    return Replica(
        noise,
        noise_on_units(settings),
        regulariser.parameter_noise,
        build_augment(settings.augment, noise, regulariser.input_noise),
        math.inf if clip is None else clip,
        None if patience is None else Patience(patience, regulariser.monitor),
    )


def _stacked_splits(
    splits: Sequence[Splits], objectives: Sequence[Objective], dtype: torch.dtype
) -> dict[str, StackedSplit]:
    intern, known = Interning(), {}
    for own in splits:
        if id(own) not in known:
            known[id(own)] = _interned(in_precision(own, dtype), intern)
    ready = [known[id(own)] for own in splits]
    reconstructs = objectives[0].task == "reconstruction"
    weights = [
        objective.weights(own.train) for objective, own in zip(objectives, ready, strict=True)
    ]
    kept = [intern(w) for w in weights if w is not None] or None
    train = StackedSplit([own.train for own in ready], kept, reconstructs=reconstructs)
    stacked = {"train": train}
    for name in ("validation", "test"):
        parts = [getattr(own, name) for own in ready]
        if None not in parts:
            stacked[name] = StackedSplit(parts, None, reconstructs=reconstructs)
    return stacked


def _interned(splits: Splits, intern: Interning) -> Splits:
    validation = None if splits.validation is None else intern.split(splits.validation)
    return replace(
        splits,
        train=intern.split(splits.train),
        validation=validation,
        test=intern.split(splits.test),
    )


def _evaluate(
    module: StackedTraining, settings: Settings, splits: Sequence[Splits]
) -> list[Outcome]:
    module.recall()
    keeps = settings.fit.keep_probabilities or tells_confusion(
        module.objective.task, splits[0].test
    )
    scores: list[dict[str, float]] = [{} for _ in module.replicas]
    outputs: list[torch.Tensor] = []
    evaluated = [name for name in settings.fit.evaluate if name in module.splits]
    for name in evaluated:
        found = module.score(name, keep_outputs=keeps and name == "test")
        outputs += found.outputs
        for kept, metrics in zip(scores, found.metrics(name), strict=True):
            kept |= metrics
    on_test = torch.cat(outputs, dim=1) if outputs else None
    outcomes = []
    for r, (replica, own) in enumerate(zip(module.replicas, splits, strict=True)):
        if replica.early is not None:
            scores[r]["best_step"] = float(replica.early.best_step)
        measured = Measured(
            parameters=module.stack.parameters_each,
            steps=replica.steps,
            scores=scores[r],
            curves=replica.curves,
            objective=module.objective,
            test=own.test if "test" in evaluated else None,
            outputs=None if on_test is None else on_test[r],
            group_names=own.group_names,
        )
        outcomes.append(read_outcome(measured, probabilities=settings.fit.keep_probabilities))
    return outcomes
