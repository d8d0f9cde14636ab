"""Data sets alike in shapes, classes and options: what is asked of one can be of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepclaims.errors import ConfigError

ALIKE = {"fashion_mnist": "mnist"}
"""In whose place a data set may stand; it takes the same options and has as many samples."""


def in_place(config: Mapping[str, Any], dataset: str) -> dict[str, Any]:
    """The same config with a data set in the place of the one it is alike to, all options kept.

    It is to be done before `sweep.cell.within_stand_in`, which looks how many samples there are.

    Args:
        config: a composed training, a task's parameters that hold a `data` group, or such a group.
        dataset: what shall stand there, e.g. "fashion_mnist" for "mnist".

    Returns:
        The new config; equal to `config` if that names no data set that can be replaced, as
        trainings on other data do, and tasks that name MNIST in their code.

    Raises:
        ConfigError: `dataset` can stand in the place of none; names those that can.
    """
    if dataset not in ALIKE:
        known = ", ".join(f"{new} for {old}" for new, old in ALIKE.items())
        raise ConfigError(f"data={dataset} cannot stand in another's place; known: {known}")
    changed = {
        key: in_place(value, dataset) if isinstance(value, Mapping) else value
        for key, value in config.items()
    }
    return changed | {"name": dataset} if changed.get("name") == ALIKE[dataset] else changed
