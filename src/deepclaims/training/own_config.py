"""Which parts of a training config are one's own, and which have no stacked form.

Nothing here loads torch: a sweep asks before it starts its workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepclaims.training.targets import is_own

PARTS = ("model", "optimizer", "schedule")
"""The groups that may name something of one's own by a `_target_`."""

EXTRAS = ("callbacks", "logger")
"""The groups that hold what Lightning calls on the way."""

OWN_INIT = "own"
"""The `init` that leaves a network as its class made it."""

STACKED_MODELS = frozenset(
    {"mlp", "budgeted_mlp", "lenet", "convnet", "rnn", "lstm", "autoencoder", "beatnet"}
)
STACKED_OPTIMIZERS = frozenset(
    {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adam_unhatted", "adamw"}
)
"""What `nn/stacked.py` and `optim/stacked.py` have a form for; others are trained one by one."""


def has_extras(config: Mapping[str, Any]) -> bool:
    """Whether a config asks for callbacks or loggers."""
    return any(config.get(group) for group in EXTRAS)


def has_own_part(config: Mapping[str, Any]) -> bool:
    """Whether a config is to be trained by `own_task.train_own`."""
    if (config.get("init") or {}).get("name") == OWN_INIT:
        return True
    return has_extras(config) or any(is_own(config.get(group)) for group in PARTS)


def has_stacked_form(config: Mapping[str, Any]) -> bool:
    """Whether all parts of a training can be stacked; of unknown ones nobody can say."""
    model, optimizer = (config.get(group) or {} for group in ("model", "optimizer"))
    return model.get("name") in STACKED_MODELS and optimizer.get("name") in STACKED_OPTIMIZERS
