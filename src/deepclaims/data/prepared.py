"""Prepared folders: plain `.npy` arrays to be mapped into memory, and a `meta.json` beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims import atomic
from deepclaims.errors import DataError, StageError

if TYPE_CHECKING:
    import numpy as np

META = "meta.json"


def read_meta(folder: Path, dataset: str) -> dict[str, Any]:
    """What is known of a prepared data set: source, fingerprints, counts.

    Raises:
        StageError: it has not been prepared; names the command that does it.
        DataError: `meta.json` cannot be read.
    """
    try:
        text = (folder / META).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise StageError(
            f"{dataset} is not prepared ({folder} has no {META}): "
            f"run `deepclaims prepare dataset={dataset}` first"
        ) from None
    try:
        meta: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{folder / META} is damaged ({error}): "
            f"run `deepclaims prepare dataset={dataset}` again"
        ) from None
    return meta


def written(folder: Path, dataset: str) -> int:
    """When a prepared data set was written, in nanoseconds: what is kept of it holds for that.

    Raises:
        StageError: it has not been prepared.
    """
    try:
        return (folder / META).stat().st_mtime_ns
    except OSError:
        read_meta(folder, dataset)
        raise


def read_array(folder: Path, name: str, dataset: str) -> np.ndarray:
    """The array `name` of a prepared folder, mapped read-only: only what is indexed is read.

    Raises:
        StageError: the array is missing.
        DataError: the array cannot be read.
    """
    import numpy as np

    path = folder / f"{name}.npy"
    try:
        return np.load(path, mmap_mode="r")
    except FileNotFoundError:
        raise StageError(
            f"{path} is missing: run `deepclaims prepare dataset={dataset}` again"
        ) from None
    except (ValueError, EOFError) as error:
        raise DataError(
            f"{path} is damaged ({error}): run `deepclaims prepare dataset={dataset}` again"
        ) from None


def write_prepared(folder: Path, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> None:
    """Write a prepared folder all at once: it is there complete, or as it was before.

    Args:
        folder: where; what it held is replaced.
        arrays: array of each file name (without `.npy`).
        meta: what `read_meta` will return.

    Raises:
        StorageError: the folder cannot be written.
    """
    import numpy as np

    with atomic.folder(folder) as fresh:
        for name, array in arrays.items():
            np.save(fresh / f"{name}.npy", array)
        (fresh / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
