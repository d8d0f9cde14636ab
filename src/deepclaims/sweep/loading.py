"""A finished training had again: `deepclaims.load`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from deepclaims.errors import ConfigError, StorageError
from deepclaims.project import Project
from deepclaims.sweep.fingerprint import code_fingerprint
from deepclaims.sweep.own_code import own_code
from deepclaims.sweep.store import RunStore

if TYPE_CHECKING:
    from deepclaims.training.kept import TrainedNetwork


def load(run: str, seed: int | None = None, project: Project | None = None) -> TrainedNetwork:
    """The network of a finished training, with the scaling of its data, ready for inference.

    Args:
        run: the key of the run in the cache, or its beginning, or the id of its MLflow run.
        seed: which replica; may be left out where the network of one only was kept.
        project: whose run cache; without it the one of the current folder.

    Returns:
        A `torch.nn.Module` in evaluation mode, on the CPU: call it, or its `predict` or
        `probabilities`, with samples as they come (`.scaling.says` what that is).

    Raises:
        ConfigError: there is no such run, or more than one, or no such seed.
        StorageError: its network was not kept, is damaged, or code of one's own has changed since.
    """
    project = project or Project.here()
    store = RunStore(project.runs)
    key = find(run, project)
    kept = [each for each in store.seeds(key) if store.has_weights(key, each)]
    if not kept:
        raise StorageError(
            f"the network of run {key} was not kept: the same `deepclaims train` with "
            "fit.save=weights trains it again and keeps it"
        )
    if seed is None and len(kept) > 1:
        raise ConfigError(f"run {key} has networks of the seeds {kept}: say which, e.g. seed=0")
    if seed is not None and seed not in kept:
        raise ConfigError(f"run {key} has no network of seed {seed}; known: {kept}")
    _require_the_same_code(store, key)
    from deepclaims.training.kept import restored

    return restored(store.weights(key, kept[0] if seed is None else seed), key)


def find(run: str, project: Project) -> str:
    """The key of a run, by its beginning or by the id of an MLflow run.

    Raises:
        ConfigError: none or several are meant.
    """
    store = RunStore(project.runs)
    keys = [key for key in store.keys() if key.startswith(run)]  # noqa: SIM118  not a dict
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise ConfigError(f"{len(keys)} runs begin with {run}: {', '.join(keys[:5])}")
    if tracked := _key_of_mlflow(run, project):
        return tracked
    raise ConfigError(f"no run begins with '{run}'; `deepclaims runs` lists them by key")


def _key_of_mlflow(run: str, project: Project) -> str:
    from deepclaims.tracking.index import identity_of

    identity = identity_of(project.mlflow, run)
    return identity if RunStore(project.runs).seeds(identity or "-") else ""


def _require_the_same_code(store: RunStore, key: str) -> None:
    parts = store.describe(key)["parts"]
    now = own_code(parts["config"])
    was = parts.get("own", {})
    if changed := sorted(name for name in was if now.modules.get(name) != was[name]):
        raise StorageError(
            f"{', '.join(changed)} changed since run {key} was trained: its weights would be read "
            "by another network. Put it back as it was, or train again"
        )
    if parts["code"] != code_fingerprint([parts["task"], *sorted(now.entries)], parts["config"]):
        warnings.warn(
            f"the code of deepclaims that run {key} was trained by has changed since", stacklevel=3
        )
