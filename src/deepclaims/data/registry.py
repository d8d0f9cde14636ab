"""The data sets a config may name, and who loads each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deepclaims.data.ecg import load_ecg
from deepclaims.data.ecg_segments import load_ecg_segments
from deepclaims.data.mnist import load_mnist
from deepclaims.data.splits import Splits
from deepclaims.data.toys import load_checkerboard, load_curve, load_function
from deepclaims.errors import ConfigError, StageError

PREPARED: dict[str, Callable[[Mapping[str, Any], int, Path], Splits]] = {
    "mnist": load_mnist,
    "ecg": load_ecg,
    "ecg_segments": load_ecg_segments,
}
"""Read from a prepared folder."""

COMPUTED: dict[str, Callable[[Mapping[str, Any], int], Splits]] = {
    "function": load_function,
    "checkerboard": load_checkerboard,
    "curve": load_curve,
}
"""Made from their config."""


def load_splits(config: Mapping[str, Any], seed: int, folder: Path | None) -> Splits:
    """Load the data set `config["name"]`; see `deepclaims.data.load`."""
    name = str(config.get("name"))
    if name in COMPUTED:
        return COMPUTED[name](config, seed)
    if name not in PREPARED:
        known = ", ".join(sorted([*PREPARED, *COMPUTED]))
        raise ConfigError(f"there is no data set {name!r}; known: {known}")
    if folder is None:
        raise StageError(f"data={name} is read from its prepared folder, and none was given")
    return PREPARED[name](config, seed, folder)
