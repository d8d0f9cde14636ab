"""Which replicas may be stacked into one computation, and how many together are.

Whether a training is stacked depends on its config alone, and not on what else is to be run: so
the key of a result can say so. How many are together depends on their number and the workers'.
Nothing here loads torch: a sweep asks before it starts its workers.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.training.costs import Cost, cost_of
from deepclaims.training.settings import Regulariser, Settings

MODES = ("auto", "always", "never")

WORTH_IT = 1.15
"""How much faster a full stack must be than its replicas one after another."""

UNKNOWN = Cost(steps=1000, alone=1000.0, fixed=0.0, each=1000.0, largest=2**12, data=1)
"""Taken for trainings whose cost is not known, where stacking is forced."""

ON_GPU = 256
"""Replicas in a stack on a GPU, where the kernels, not the numbers, take the time."""

FREE_GROUPS = ("init", "schedule", "augment", "optimizer", "regularizer")
"""What replicas of a stack may differ in, but for what `stack_signature` keeps of them."""

FREE_DATA = (
    "label_noise",
    "validation_noise",
    "permute",
    "standardise",
    "shuffle_labels",
    "waveform",
    "target",
    "margin",
)
"""Options of data sets that change values and not shapes."""


def stack_signature(config: Mapping[str, Any]) -> Hashable | None:
    """What replicas of one stack have in common; None for a training that is not stacked.

    They share model, sizes of the data, steps, batches and machine, and the kind of optimiser.
    Free are all numbers of optimiser, penalty, dropout, clipping and patience; the laws of
    initialisation, schedule and augmentation; noise in the data. Not stacked are trainings in
    several processes, with checkpoints, or in mixed precision.

    Raises:
        ConfigError: a config that cannot be read.
    """
    settings = Settings.read(config)
    machine, fit = settings.machine, settings.fit
    if machine.strategy != "single" or fit.checkpoint or machine.precision not in (32, 64):
        return None
    shared = {
        "data": {key: v for key, v in settings.data.items() if key not in FREE_DATA},
        "model": dict(settings.model),
        "optimizer": settings.optimizer.get("name"),
        "stops early": settings.regulariser.patience is not None,
        "autoencoder": _autoencoder(settings.regulariser),
        "fit": {**vars(fit), "clip": None, "class_weights": fit.class_weights is not None},
        "machine": vars(machine),
    }
    return json.dumps(shared, sort_keys=True, default=list)


def _autoencoder(regulariser: Regulariser) -> tuple[object, ...] | None:
    """What replicas with an autoencoder have in common: its shape, and the weight of its cost."""
    own = regulariser
    if own.autoencoder is None:
        return None
    beta = own.beta if own.autoencoder == "joint" else None
    return own.autoencoder, own.code, own.coder_depth, own.coder_width, beta


def stackable(configs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether replicas of these configs can be trained in one stack."""
    signatures = {stack_signature(config) for config in configs}
    return len(signatures) == 1 and None not in signatures


def require_stackable(configs: Sequence[Mapping[str, Any]]) -> None:
    """Refuse configs that cannot be stacked.

    Raises:
        ConfigError: saying so.
    """
    if not stackable(configs):
        raise ConfigError(
            "these trainings cannot be stacked: they differ in more than numbers, or run in "
            "several processes, in mixed precision or with checkpoints"
        )


def is_stacked(config: Mapping[str, Any], mode: str = "auto") -> bool:
    """Whether a training goes through `train_stacked`, be it on its own.

    Args:
        config: a composed training config.
        mode: "auto": where it is faster by `WORTH_IT`; "always": where it can; "never".

    Raises:
        ConfigError: another mode, or a config that cannot be read.
    """
    if mode not in MODES:
        raise ConfigError(f"executor.stack={mode} is not possible; it may be {', '.join(MODES)}")
    if mode == "never" or stack_signature(config) is None:
        return False
    settings = Settings.read(config)
    if mode == "always" or settings.machine.accelerator == "gpu":
        return True
    cost = cost_of(settings)
    return cost is not None and cost.gain >= WORTH_IT


def choose_batches(
    configs: Sequence[Mapping[str, Any]], stacked: Sequence[bool], workers: int
) -> list[list[int]]:
    """Divide replicas among batches, each to be run by one worker in one go.

    Stacks are as large as pays, and halved while that lets the workers end sooner.

    Args:
        configs: of each replica.
        stacked: of each whether it is, see `is_stacked`.
        workers: how many there are.

    Returns:
        Numbers of replicas, every one once. A batch of several is one stack; the longest come
        first, so that workers end together.

    Raises:
        ConfigError: a config that cannot be read.
    """
    alone: list[int] = []
    groups: dict[Hashable, list[int]] = {}
    for i, config in enumerate(configs):
        if stacked[i]:
            groups.setdefault(stack_signature(config), []).append(i)
        else:
            alone.append(i)
    stacks = [part for group in groups.values() for part in _parts(group, _most(configs[group[0]]))]
    singles = [([i], _microseconds(configs[i], 1, stacked=False)) for i in alone]
    timed = [(part, _microseconds(configs[part[0]], len(part), stacked=True)) for part in stacks]
    timed = _halve_while_it_helps(timed, singles, configs, max(1, workers))
    return [part for part, _ in sorted(timed + singles, key=lambda item: -item[1])]


Timed = list[tuple[list[int], float]]
"""Batches with the microseconds each is expected to take."""


def _parts(group: Sequence[int], most: int) -> list[list[int]]:
    count = -(-len(group) // most)
    return [list(group[i::count]) for i in range(count)]


def _halve_while_it_helps(
    stacks: Timed, singles: Timed, configs: Sequence[Mapping[str, Any]], workers: int
) -> Timed:
    while stacks:
        longest = max(range(len(stacks)), key=lambda i: stacks[i][1])
        part = stacks[longest][0]
        if len(part) < 2:
            return stacks
        halves = [
            (half, _microseconds(configs[half[0]], len(half), stacked=True))
            for half in _parts(part, -(-len(part) // 2))
        ]
        finer = stacks[:longest] + stacks[longest + 1 :] + halves
        if _makespan(finer + singles, workers) >= _makespan(stacks + singles, workers):
            return stacks
        stacks = finer
    return stacks


def _makespan(batches: Timed, workers: int) -> float:
    """When the last worker ends, each taking the longest batch that is left."""
    ends = [0.0] * workers
    for _, time in sorted(batches, key=lambda item: -item[1]):
        heapq.heapreplace(ends, ends[0] + time)
    return max(ends)


def _most(config: Mapping[str, Any]) -> int:
    settings = Settings.read(config)
    if settings.machine.accelerator == "gpu":
        return ON_GPU
    return max(2, (cost_of(settings) or UNKNOWN).most)


def _microseconds(config: Mapping[str, Any], replicas: int, *, stacked: bool) -> float:
    settings = Settings.read(config)
    return (cost_of(settings) or UNKNOWN).of(replicas, stacked=stacked)
