"""Arrays of one's own as a data set: from an `.npz`, a CSV or IDX files.

What is in the file is given; what is not is made by rule: a split by lot, the same for every seed,
and scaling by the training part.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepclaims.data.files import path_of
from deepclaims.data.idx import read_any_idx
from deepclaims.data.options import require_choice, require_fraction
from deepclaims.data.splits import Split, Splits, Task
from deepclaims.errors import ConfigError, DataError
from deepclaims.groups import read_options

PARTS = ("train", "validation", "test")
ALIASES = {"x": "inputs", "X": "inputs", "y": "targets", "Y": "targets"}
TASKS = ("auto", "classification", "regression", "tagging")
MOST_CLASSES = 1000
"""Whole numbers up to this are taken for classes where `task` is auto."""


@dataclass(frozen=True)
class ArrayOptions:
    """Options of `conf/data/arrays.yaml`, which says what each one means."""

    path: str = ""
    task: str = "auto"
    validation: float = 0.1
    test: float = 0.2
    split_seed: int = 0
    standardise: str = "feature"

    def __post_init__(self) -> None:
        require_choice("task", self.task, TASKS)
        require_choice("standardise", self.standardise, ("feature", "scalar", "none"))
        require_fraction("validation", self.validation)
        require_fraction("test", self.test)
        if self.test <= 0 or self.validation + self.test >= 1:
            raise ConfigError("data.test must be > 0, and data.validation + data.test below 1")


@dataclass(frozen=True)
class CsvOptions(ArrayOptions):
    """Options of `conf/data/csv.yaml`."""

    target: str | list[str] = "target"
    group: str | None = None
    part: str | None = None
    delimiter: str = ","


@dataclass
class Table:
    """What a file holds, before it is split and scaled.

    Args:
        inputs: (n, …) numbers.
        targets: (n, …) numbers or words.
        groups: (n,) whom each sample comes from, or None; they are never divided among splits.
        part: (n,) train, validation or test, or None where a rule is to say.
    """

    inputs: np.ndarray
    targets: np.ndarray
    groups: np.ndarray | None = None
    part: np.ndarray | None = None


def load_arrays(config: Mapping[str, Any], seed: int) -> Splits:
    """Load samples of one's own, in the form that `config["name"]` says.

    arrays: an `.npz` with `inputs` and `targets` (or `x` and `y`). The split is `part` (words or 0,
    1, 2), or arrays `inputs_train`, `targets_train` and so on, or, where there is neither, drawn
    once for all seeds; samples of one of `groups` stay together. csv: a header, a row a sample,
    numbers in all columns but those that are named. idx: a folder with files named as MNIST's.

    Raises:
        ConfigError: an unknown option, value or column.
        DataError: a file that is not there, or not what it should be.
    """
    return _splits(*_read(config))


def scaling_statistics(x: np.ndarray, how: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of training inputs (n, …): of each number, or of all of them."""
    axis = 0 if how == "feature" else None
    mean, std = x.mean(axis=axis, dtype=np.float64), x.std(axis=axis, dtype=np.float64)
    return mean.astype(np.float32), np.where(std > 0, std, 1.0).astype(np.float32)


def own_statistics(config: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """Mean and deviation by which a data set of one's own is scaled; None where it is not.

    Raises:
        ConfigError: an unknown option or value.
        DataError: a file that is not there, or not what it should be.
    """
    table, options = _read(config)
    if options.standardise == "none":
        return None
    chosen = _parts(table, options) == 0
    return scaling_statistics(_inputs(table)[chosen], options.standardise)


def _read(config: Mapping[str, Any]) -> tuple[Table, ArrayOptions]:
    path = path_of(config)
    match config["name"]:
        case "csv":
            of_csv = read_options("data=csv", CsvOptions, config)
            return _read_csv(path, of_csv), of_csv
        case "idx":
            return _read_idx(path), read_options("data=idx", ArrayOptions, config)
        case _:
            return _read_npz(path), read_options("data=arrays", ArrayOptions, config)


def _read_npz(path: Path) -> Table:
    try:
        with np.load(path, allow_pickle=False) as file:
            held = {ALIASES.get(name, name): file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz: {error}") from None
    if "inputs_train" in held or "x_train" in held:
        return _of_given_parts(held, path)
    if lacking := [name for name in ("inputs", "targets") if name not in held]:
        raise DataError(
            f"{path} has no {' and no '.join(lacking)}; it has {', '.join(held) or 'nothing'}: it "
            "needs inputs (or x) and targets (or y), with or without _train, _validation, _test"
        )
    return Table(held["inputs"], held["targets"], held.get("groups"), held.get("part"))


def _of_given_parts(held: Mapping[str, np.ndarray], path: Path) -> Table:
    inputs, targets, parts = [], [], []
    for number, part in enumerate(PARTS):
        for suffix in (part, "val") if part == "validation" else (part,):
            x = held.get(f"inputs_{suffix}", held.get(f"x_{suffix}"))
            y = held.get(f"targets_{suffix}", held.get(f"y_{suffix}"))
            if x is None and y is None:
                continue
            if x is None or y is None or len(x) != len(y):
                raise DataError(f"{path}: inputs and targets of {suffix} do not fit together")
            inputs.append(x)
            targets.append(y)
            parts.append(np.full(len(x), number))
    x, y = (np.concatenate(each) for each in (inputs, targets))
    return Table(x, y, part=_still_to_divide(np.concatenate(parts)))


def _still_to_divide(part: np.ndarray) -> np.ndarray:
    """Given parts, where what there is to train on (-1) is to be divided if a part is lacking."""
    return part if {1, 2} <= set(part.tolist()) else np.where(part == 0, -1, part)


def _read_csv(path: Path, options: CsvOptions) -> Table:
    import pandas as pd

    try:
        frame = pd.read_csv(path, sep=options.delimiter)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from None
    wanted = [options.target] if isinstance(options.target, str) else list(options.target)
    beside = [name for name in (options.group, options.part) if name is not None]
    for column in (*wanted, *beside):
        if column not in frame:
            raise ConfigError(
                f"{path} has no column '{column}'; it has {', '.join(map(str, frame.columns))} "
                "(data.target, data.group and data.part name them)"
            )
    numbers = frame.drop(columns=[*wanted, *beside])
    words = [str(name) for name in numbers if not pd.api.types.is_numeric_dtype(numbers[name])]
    if words or numbers.isna().to_numpy().any():
        reason = f"{', '.join(words)} hold words" if words else "numbers are missing"
        raise DataError(f"{path}: {reason}: inputs are numbers, in every row")
    targets = frame[wanted].to_numpy() if len(wanted) > 1 else frame[wanted[0]].to_numpy()
    return Table(
        numbers.to_numpy(np.float32),
        targets,
        None if options.group is None else frame[options.group].to_numpy(),
        None if options.part is None else frame[options.part].to_numpy(),
    )


def _read_idx(path: Path) -> Table:
    inputs, targets, parts = [], [], []
    for stem, number in (("train", 0), ("validation", 1), ("t10k", 2), ("test", 2)):
        images, labels = (_idx_file(path, f"{stem}-{kind}") for kind in ("images", "labels"))
        if images is None or labels is None:
            continue
        if len(images) != len(labels):
            raise DataError(f"{path}: {len(images)} {stem} images, but {len(labels)} labels")
        inputs.append(images[:, None] if images.ndim == 3 else images)
        targets.append(labels)
        parts.append(np.full(len(images), number))
    if not parts or parts[0][0] != 0:
        raise DataError(f"{path} has no train-images… and train-labels…")
    part = _still_to_divide(np.concatenate(parts))
    return Table(np.concatenate(inputs), np.concatenate(targets), part=part)


def _idx_file(folder: Path, stem: str) -> np.ndarray | None:
    found = sorted(folder.glob(f"{stem}*")) if folder.is_dir() else []
    return read_any_idx(found[0]) if found else None


def _parts(table: Table, options: ArrayOptions) -> np.ndarray:
    """0, 1 or 2 of each sample: to train, validate or test."""
    n = len(table.targets)
    if len(table.inputs) != n:
        raise DataError(f"{len(table.inputs)} inputs, but {n} targets: one of each a sample")
    given = np.full(n, -1) if table.part is None else _numbered(table.part)
    free = given < 0
    if not free.any():
        return given
    known = set(given[~free].tolist())
    shares = (0.0 if 1 in known else options.validation, 0.0 if 2 in known else options.test)
    units = (
        np.arange(n) if table.groups is None else np.unique(table.groups, return_inverse=True)[1]
    )
    members = np.unique(units[free])
    order = np.random.default_rng(options.split_seed).permutation(members)
    held, tested = (round(share * len(order)) for share in shares)
    part = np.where(free, 0, given)
    part[free & np.isin(units, order[:tested])] = 2
    part[free & np.isin(units, order[tested : tested + held])] = 1
    return part


def _numbered(part: np.ndarray) -> np.ndarray:
    if part.dtype.kind in "iu":
        unknown = sorted(set(part.tolist()) - {-1, 0, 1, 2})
        numbers = part.astype(np.int64)
    else:
        words = {**{name: number for number, name in enumerate(PARTS)}, "val": 1}
        unknown = sorted({str(each) for each in part} - set(words))
        numbers = np.array([words.get(str(each), 0) for each in part])
    if unknown:
        raise DataError(f"a part is train, validation or test (0, 1, 2), and not {unknown[0]}")
    return numbers


def _inputs(table: Table) -> np.ndarray:
    """What a network reads, before it is scaled: (n, …) float32."""
    x = table.inputs.astype(np.float32)
    return x[:, None] if x.ndim == 1 else x


def _splits(table: Table, options: ArrayOptions) -> Splits:
    part = _parts(table, options)
    for number, name in enumerate(PARTS):
        if name != "validation" and not (part == number).any():
            raise DataError(
                f"no sample is left to {name}: data.validation and data.test say shares"
            )
    task, targets, outputs = _targets(table, options)
    x = _inputs(table)
    if not np.isfinite(x).all():
        raise DataError("an input is no finite number: fill in, or leave out, what is missing")
    if options.standardise != "none":
        mean, std = scaling_statistics(x[part == 0], options.standardise)
        x = (x - mean) / std
    names: tuple[str, ...] = ()
    groups = None
    if table.groups is not None:
        found, groups = np.unique(table.groups, return_inverse=True)
        names = tuple(map(str, found))

    def split(number: int) -> Split:
        chosen = part == number
        mine = None if groups is None else torch.from_numpy(groups[chosen].astype(np.int64))
        return Split((torch.from_numpy(x[chosen]),), torch.from_numpy(targets[chosen]), mine)

    return Splits(
        train=split(0),
        validation=split(1) if (part == 1).any() else None,
        test=split(2),
        task=task,
        outputs=outputs,
        input_shapes=(tuple(x.shape[1:]),),
        source="own",
        group_names=names,
    )


def _targets(table: Table, options: ArrayOptions) -> tuple[Task, np.ndarray, int]:
    """What the targets are, as training wants them, and how many numbers come out."""
    y = table.targets
    whole = y.dtype.kind in "iub" or (y.dtype.kind == "f" and bool(np.all(y == np.round(y))))
    words = y.dtype.kind in "OUS"
    task = options.task
    if task == "auto":
        few = words or (y.dtype.kind in "iub" and whole and len(np.unique(y)) <= MOST_CLASSES)
        task = "regression" if not few else "classification" if y.ndim == 1 else "tagging"
    if task == "regression":
        if words:
            raise DataError("targets are words: data.task=regression needs numbers")
        flat = y.reshape(len(y), -1).astype(np.float32)
        if not np.isfinite(flat).all():
            raise DataError("a target is no finite number")
        return "regression", flat, flat.shape[1]
    if not (words or whole):
        raise DataError(f"data.task={task} needs whole numbers or words for targets")
    known = y if words else y.astype(np.int64)
    classes = np.unique(known[known >= 0] if not words and task == "tagging" else known)
    numbers = np.searchsorted(classes, known).astype(np.int64)
    if task == "tagging":
        if not words:
            numbers[known < 0] = -1
        return "tagging", numbers, len(classes)
    if y.ndim != 1:
        raise DataError("data.task=classification needs one target a sample")
    return "classification", numbers, len(classes)


def class_names(config: Mapping[str, Any]) -> list[str]:
    """What the classes are called in the file, in the order of the outputs; empty for numbers.

    Raises:
        ConfigError: an unknown option or value.
        DataError: a file that is not there, or not what it should be.
    """
    table, options = _read(config)
    task, _, _ = _targets(table, options)
    if task == "regression":
        return []
    y = table.targets
    known = y[y >= 0] if task == "tagging" and y.dtype.kind not in "OUS" else y
    return [str(each) for each in np.unique(known)]
