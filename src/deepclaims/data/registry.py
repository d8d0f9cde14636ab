"""The data sets a config may name, and who loads each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deepclaims.data import PREPARED
from deepclaims.data.arrays import load_arrays
from deepclaims.data.compositions import load_composition
from deepclaims.data.ecg import load_ecg
from deepclaims.data.ecg_segments import load_ecg_segments
from deepclaims.data.mnist import load_fashion_mnist, load_mnist
from deepclaims.data.past_beats import load_ecg_past
from deepclaims.data.plane_problems import load_plane
from deepclaims.data.splits import Splits
from deepclaims.data.teachers import load_teacher
from deepclaims.data.toys import load_checkerboard, load_curve, load_function
from deepclaims.data.wfdb_folder import load_wfdb
from deepclaims.errors import StageError
from deepclaims.groups import Table
from deepclaims.project import Project

LOADERS: Table[Callable[..., Splits]] = Table(
    "data set",
    {
        "mnist": load_mnist,
        "fashion_mnist": load_fashion_mnist,
        "ecg": load_ecg,
        "ecg_past": load_ecg_past,
        "ecg_segments": load_ecg_segments,
        "function": load_function,
        "checkerboard": load_checkerboard,
        "curve": load_curve,
        "composition": load_composition,
        "plane": load_plane,
        "teacher": load_teacher,
        "arrays": load_arrays,
        "csv": load_arrays,
        "idx": load_arrays,
        "wfdb": load_wfdb,
    },
)
"""Called with config and seed, and with the prepared folder where there is one."""


def folder_of(config: Mapping[str, Any]) -> Path | None:
    """Where the data set that a config names lies prepared in this project; None if it is computed.

    Raises:
        ConfigError: there is no project here.
    """
    if config.get("name") not in PREPARED:
        return None
    return Project.here().prepared(PREPARED.named(config))


def load(config: Mapping[str, Any], seed: int, folder: Path | None = None) -> Splits:
    """Load the data set `config["name"]` as tensors, in memory.

    Args:
        config: the `data` group of a training config; every key but `name` is an option of the
            data set (`conf/data/*.yaml` says each one's type and meaning).
        seed: the replica's seed; every random choice (subset, label noise, permutation) draws
            from its own stream of it. The same config, seed and files give the same bits.
        folder: the prepared folder, as `folder_of` finds it; None for the data sets that need
            none.

    Raises:
        ConfigError: an unknown name, option or value.
        StageError: the prepared files are not there; says which command makes them.
    """
    loader, name = LOADERS.named(config), config["name"]
    if name not in PREPARED:
        return loader(config, seed)
    if folder is None:
        raise StageError(f"data={name} is read from its prepared folder, and none was given")
    return loader(config, seed, folder)
