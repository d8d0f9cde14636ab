"""Data sets alike in shapes, classes and options: what is asked of one can be of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deepclaims.errors import ConfigError

ALIKE = {"fashion_mnist": "mnist"}
"""In whose place a data set may stand; it takes the same options and has as many samples."""
NAMED = "dataset"
"""Key by which a task's config names the data set that the task loads itself."""


def in_place(config: Mapping[str, Any], dataset: str) -> dict[str, Any]:
    """The same config with a data set in the place of the one it is alike to, all options kept.

    It is to be done before `sweep.cell.within_stand_in`, which looks how many samples there are.

    Args:
        config: a composed training, a task's parameters that hold a `data` group or name a data
            set under `dataset`, or such a group.
        dataset: what shall stand there, e.g. "fashion_mnist" for "mnist".

    Returns:
        The new config; equal to `config` if that names no data set that can be replaced.

    Raises:
        ConfigError: `dataset` can stand in the place of none; names those that can.
    """
    old = replaced_by(dataset)
    return {
        key: in_place(value, dataset)
        if isinstance(value, Mapping)
        else dataset
        if key in ("name", NAMED) and value == old
        else value
        for key, value in config.items()
    }


def in_place_of(names: Iterable[str], dataset: str) -> tuple[str, ...]:
    """The names of data sets, with one in the place of the one it is alike to.

    Raises:
        ConfigError: `dataset` can stand in the place of none.
    """
    old = replaced_by(dataset)
    return tuple(dataset if name == old else name for name in names)


def replaced_by(dataset: str) -> str:
    """The data set in whose place another may stand.

    Raises:
        ConfigError: it can stand in the place of none; names those that can.
    """
    if dataset not in ALIKE:
        known = ", ".join(f"{new} for {old}" for new, old in ALIKE.items())
        raise ConfigError(f"data={dataset} cannot stand in another's place; known: {known}")
    return ALIKE[dataset]
