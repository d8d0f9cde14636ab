"""Cells: the points of a grid, each a fully composed config without its seed, with its key."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim, Part
from deepclaims.claims.tuning import CHOOSING, VARIANTS, choosing
from deepclaims.data import PREPARED
from deepclaims.data.alike import NAMED, in_place, in_place_of, replaced_by
from deepclaims.data.files import PATH, content_fingerprint, is_of_files
from deepclaims.data.locked import LOCKED, locked
from deepclaims.data.prepared import read_meta
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project
from deepclaims.sweep.fingerprint import code_fingerprint
from deepclaims.sweep.own_code import own_code
from deepclaims.sweep.stand_in import within_stand_in
from deepclaims.training.own_config import has_own_part, has_stacked_form
from deepclaims.training.stacking import is_stacked

if TYPE_CHECKING:
    from deepclaims.sweep.compose import Composer

TRAIN = "deepclaims.training.task:train"
STACKED = "deepclaims.training.replicas:train_in_stack"
"""The same training by the code that trains many at once: other roundings, so another key."""
OWN = "deepclaims.training.own_task:train_own"
"""A training of which a part is one's own, named by a `_target_`; always one by one."""
TRAININGS = {TRAIN: "one by one", STACKED: "stacked", OWN: "with a part of one's own"}
LIBRARIES = ("torch", "pytorch-lightning", "numpy", "scipy")
"""Libraries whose version decides a result's bits."""

Task = Callable[[dict[str, Any], int], Outcome]


@dataclass(frozen=True)
class Cell:
    """One point of a grid.

    Args:
        config: everything the task reads but the seed.
        task: `module:function`, a function (config, seed) -> Outcome.
        data: data set -> fingerprint of its prepared arrays.
        claim: `chapter/id`, or "" for a sweep of the user's.
        part: the part of the claim, or "".
        arm: the arm's name, or "".
        axes: the coordinates that tell the cell from its neighbours.
    """

    config: Mapping[str, Any]
    task: str
    data: Mapping[str, str]
    claim: str = ""
    part: str = ""
    arm: str = ""
    axes: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def key_parts(self) -> dict[str, Any]:
        """What decides the cell's results; `key` is the hash of this."""
        config = _deciding(self.config)
        parts = {
            "task": self.task,
            "config": config,
            "data": dict(self.data),
            "code": code_fingerprint([self.task], config),
            "libraries": library_versions(),
        }
        return parts if self.task != OWN else parts | own_parts(config)

    @property
    def entries(self) -> list[str]:
        """Where the code of the package that the cell runs is entered."""
        return [self.task, *sorted(own_code(self.config).entries)]

    @cached_property
    def key(self) -> str:
        """20 hex digits that name the cell's folder in the run cache."""
        text = json.dumps(self.key_parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    @property
    def label(self) -> str:
        """The cell's name for people."""
        coordinates = ", ".join(f"{axis}={value}" for axis, value in self.axes.items())
        words = [self.claim.split("/")[-1], self.part, self.arm, coordinates]
        return " · ".join(word for word in words if word)

    @property
    def arguments(self) -> dict[str, Any]:
        """The config as the task gets it, its keys in one order, since `key` knows none."""
        ordered: dict[str, Any] = _in_order(self.config)
        return ordered

    def resolve_task(self) -> Task:
        """Import the task's function."""
        module, name = self.task.split(":")
        task: Task = getattr(importlib.import_module(module), name)
        return task


def own_parts(config: Mapping[str, Any]) -> dict[str, Any]:
    """What decides a cell's results besides where code of one's own is a part of it.

    Raises:
        ConfigError: a module of one's own cannot be read.
    """
    own = own_code(config)
    return {
        "own": own.modules,
        "code": code_fingerprint([OWN, *sorted(own.entries)], config),
        "libraries": library_versions() | own.libraries,
    }


def _deciding(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a config decides a result: 1 and 1.0 are one number.

    Without `fit.checkpoint`, since where a training resumes from changes no bit of it; and without
    the path of one's own data, since their content is what counts.
    """
    data = config.get("data")
    if isinstance(data, Mapping) and is_of_files(data):
        config = {**config, "data": {key: each for key, each in data.items() if key != PATH}}
    fit = config.get("fit")
    if isinstance(fit, Mapping):
        config = {**config, "fit": {key: each for key, each in fit.items() if key != "checkpoint"}}
    return {key: _canonical(each) for key, each in config.items()}


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_in_order(each) for each in value]
    return value


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested config with dotted keys."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def training_task(config: Mapping[str, Any], stack: str = "auto") -> str:
    """What trains a config: `TRAIN`, `STACKED` or `OWN`. The config decides, not what else is run.

    Raises:
        ConfigError: when the config, or `stack`, cannot be read.
    """
    if has_own_part(config):
        return OWN
    return STACKED if has_stacked_form(config) and is_stacked(config, stack) else TRAIN


def cell_of(
    claim: Claim,
    part: Part,
    arm: str,
    axes: Mapping[str, Any],
    composer: Composer,
    project: Project,
    stack: str = "auto",
    variants: Sequence[Mapping[str, Any]] = (),
    dataset: str = "",
    chooses: bool = False,
) -> Cell:
    """One cell of a claim; a pilot's test split is locked, and what chooses scores none.

    Args:
        claim: the claim.
        part: which of its parts.
        arm: which of the part's arms.
        axes: the cell's coordinates.
        composer: composes the configs of its trainings.
        project: whose prepared data.
        stack: which trainings are stacked, see `training_task`.
        variants: the combinations that a task tries at once, where the part is tuned that way.
        dataset: what stands in the place of the data set it is alike to; "" for none.
        chooses: whether it is run by the seeds that choose.

    Raises:
        ConfigError: when the part's overrides do not compose, or `dataset` is alike to none.
        StageError: when the prepared data are not there.
    """
    if part.task == pattern.TRAIN:
        config = composer.cell([*part.base, *part.arms[arm]], axes)
        config = within_stand_in(in_place(config, dataset) if dataset else config, project)
        config = locked(config) if claim.pilot else config
        config = choosing(config) if chooses else config
        task, data = training_task(config, stack), data_of(config, project)
    else:
        config = {**part.params, **({"arm": arm} if arm else {}), **axes}
        if variants:
            tuned = part.tune.axes if part.tune else ()
            config = {key: value for key, value in config.items() if key not in tuned}
            config[VARIANTS] = [dict(each) for each in variants]
        names = part.data
        if dataset and (old := replaced_by(dataset)) in names:
            config = in_place({NAMED: old, **config}, dataset)
            names = in_place_of(names, dataset)
        config = within_stand_in(config, project)
        if claim.pilot and names:
            config = {**locked(config), LOCKED: True}
        if chooses and names:
            config[CHOOSING] = True
        task = pattern.task(claim, part.task)
        data = {name: prepared_fingerprint(name, project) for name in names}
    return Cell(config, task, data, claim.name, part.name, arm, axes)


def data_of(config: Mapping[str, Any], project: Project) -> dict[str, str]:
    """The data set a training config reads, with its fingerprint; empty for generated data.

    Raises:
        ConfigError: files of one's own are not named.
        DataError: files of one's own are not there.
        StageError: the data set has not been prepared.
    """
    name = str(config["data"]["name"])
    if is_of_files(config["data"]):
        return {name: content_fingerprint(config["data"])}
    return (
        {PREPARED[name]: prepared_fingerprint(PREPARED[name], project)} if name in PREPARED else {}
    )


def prepared_fingerprint(name: str, project: Project) -> str:
    """The fingerprint that `prepare` left beside a data set.

    Raises:
        StageError: when the data set has not been prepared.
    """
    return str(read_meta(project.prepared(name), name)["fingerprint"])


def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that decide a result's bits."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "absent"))
    return tuple(found)
