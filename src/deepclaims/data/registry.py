"""The data sets a config may name, and who loads each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deepclaims.data.mnist import load_mnist
from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError, StageError

Loader = Callable[[Mapping[str, Any], int, Path], Splits]

PREPARED_LOADERS: dict[str, Loader] = {"mnist": load_mnist}


def load_splits(config: Mapping[str, Any], seed: int, folder: Path | None) -> Splits:
    """Load the data set `config["name"]`; see `deepclaims.data.load`."""
    name = str(config.get("name"))
    if name not in PREPARED_LOADERS:
        known = ", ".join(sorted(PREPARED_LOADERS))
        raise ConfigError(f"there is no data set {name!r}; known: {known}")
    if folder is None:
        raise StageError(f"data={name} is read from its prepared folder, and none was given")
    return PREPARED_LOADERS[name](config, seed, folder)
