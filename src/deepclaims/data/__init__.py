"""Data sets: from verified files to resident tensors.

Importing this package costs nothing: `load` imports torch only when it is called, so that
`deepclaims fetch`, which needs the manifests alone, starts at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.groups import Table

if TYPE_CHECKING:
    from deepclaims.data.splits import Splits

PREPARED = Table("prepared data set", {"mnist": "mnist", "ecg": "ecg", "ecg_segments": "ecg"})
"""Prepared folder of each data set that has one; the others are computed from their config."""


DRAWN: Mapping[str, Mapping[str, object]] = {
    "mnist": {"n_train": None, "label_noise": 0.0, "validation_noise": 0.0, "permute": False},
    "ecg": {"shuffle_labels": False},
    "ecg_segments": {"n_train": None, "balanced": False},
    "function": {},
}
"""Options for which a data set draws from the seed, with the value at which it does not."""


def drawn_by_seed(config: Mapping[str, Any]) -> bool:
    """Whether `load` gives other tensors for another seed; True where that is not known."""
    name = str(config.get("name"))
    if name not in DRAWN:
        return True
    return any(config.get(key, off) != off for key, off in DRAWN[name].items())


def load(config: Mapping[str, Any], seed: int, folder: Path | None = None) -> Splits:
    """Load the data set `config["name"]` as tensors, in memory.

    Args:
        config: the `data` group of a training config; every key but `name` is an option of the
            data set (`conf/data/*.yaml` says each one's type and meaning).
        seed: the replica's seed; every random choice (subset, label noise, permutation) draws
            from its own stream of it. The same config, seed and files give the same bits.
        folder: the prepared folder, `Project.prepared(PREPARED[name])`; None for the data sets
            that need none.

    Raises:
        ConfigError: an unknown name, option or value.
        StageError: the prepared files are not there; says which command makes them.
    """
    from deepclaims.data.registry import load_splits

    return load_splits(config, seed, folder)
