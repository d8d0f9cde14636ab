"""Which replicas may be stacked into one computation, and which of them are.

Nothing here loads torch: a sweep asks before it starts its workers.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.training.settings import Settings

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
        "fit": {**vars(fit), "clip": None, "class_weights": fit.class_weights is not None},
        "machine": vars(machine),
    }
    return json.dumps(shared, sort_keys=True, default=list)


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
