"""Callbacks and loggers of Lightning that a config asks for, and the trainer that has them.

`callbacks` holds one of them under each of its keys, `logger` one or several, each with a
`_target_`. What they write goes below `.lightning/<training>/seed-<seed>/`, a folder of its own for
each training, unless they are told another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import Logger

from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.tracking.store import create, uri
from deepclaims.training.machine import LIGHTNING_PRECISION
from deepclaims.training.own_config import EXTRAS
from deepclaims.training.settings import Settings
from deepclaims.training.targets import TARGET, find, is_own, make

FOLDER = ".lightning"
NEEDS = {"TensorBoardLogger": ("tensorboard", "tensorboardX"), "WandbLogger": ("wandb",)}
"""Packages of which a logger needs one."""


def extras(config: Mapping[str, Any], group: str) -> dict[str, Mapping[str, Any]]:
    """What a group asks for, by the key it stands under.

    Raises:
        ConfigError: something in it has no `_target_`.
    """
    said = config.get(group) or {}
    each = {group: said} if is_own(said) else dict(said)
    for key, one in each.items():
        if not is_own(one):
            raise ConfigError(
                f"{group}.{key}={one} names nothing: it needs a {TARGET}, e.g. "
                "pytorch_lightning.callbacks.LearningRateMonitor"
            )
    return each


def folder_of(config: Mapping[str, Any], seed: int) -> Path:
    """Where callbacks and loggers of a training write: no two trainings share it."""
    text = json.dumps(config, sort_keys=True, default=str)
    training = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Project.here().root / FOLDER / training / f"seed-{seed}"


def callbacks_of(config: Mapping[str, Any]) -> list[Callback]:
    """The callbacks of a config.

    Raises:
        ConfigError: one cannot be made, or is none.
    """
    return list(_made(config, "callbacks", Callback, {}))


def loggers_of(config: Mapping[str, Any], folder: Path) -> list[Logger]:
    """The loggers of a config, which write to `folder`.

    Raises:
        ConfigError: one cannot be made, or is none, or lacks its package.
    """
    for one in extras(config, "logger").values():
        _require_package(str(one[TARGET]))
    found: list[Logger] = []
    for key, one in extras(config, "logger").items():
        offered = _offered(str(one[TARGET]).rpartition(".")[2], folder)
        found += _made({"logger": {key: one}}, "logger", Logger, offered)
    return found


def _offered(name: str, folder: Path) -> dict[str, Any]:
    """Where a logger writes, in the words of its class."""
    run = f"{folder.parent.name} {folder.name}"
    if name == "MLFlowLogger":
        store = Project.here().mlflow
        create(store)
        return {
            "tracking_uri": uri(store),
            "run_name": run,
            "artifact_location": (store / "artifacts" / "lightning").resolve().as_uri(),
        }
    # These two would make folders of name and version below their own.
    named = {"name": "", "version": ""} if name in ("CSVLogger", "TensorBoardLogger") else {}
    return {"save_dir": str(folder), **named}


def _made(
    config: Mapping[str, Any], group: str, kind: type, offered: Mapping[str, Any]
) -> Iterator[Any]:
    for key, one in extras(config, group).items():
        made = make(f"{group}.{key}" if key != group else group, one, offered=offered)
        if not isinstance(made, kind):
            raise ConfigError(f"{group}: {one[TARGET]} is no {kind.__name__} of Lightning")
        yield made


def _require_package(target: str) -> None:
    from importlib.util import find_spec

    names = NEEDS.get(target.rpartition(".")[2], ())
    if names and not any(find_spec(name) for name in names):
        raise ConfigError(f"logger {target} needs a package: pip install {names[0]}")


def check(config: Mapping[str, Any]) -> None:
    """Refuse extras that are not there, before anything is trained.

    Raises:
        ConfigError: which, and what is known.
    """
    for group in EXTRAS:
        for one in extras(config, group).values():
            find(str(one[TARGET]), group)
            if group == "logger":
                _require_package(str(one[TARGET]))


def trainer_with(
    settings: Settings,
    passes: int,
    callbacks: Sequence[Callback],
    loggers: Sequence[Logger],
    folder: Path,
) -> pl.Trainer:
    """A Lightning trainer for steps one by one, with callbacks and loggers."""
    machine = settings.machine
    return pl.Trainer(
        accelerator=machine.accelerator,
        devices=machine.devices,
        precision=LIGHTNING_PRECISION[machine.precision],  # type: ignore[arg-type]
        max_epochs=passes,
        callbacks=list(callbacks),
        plugins=[LightningEnvironment()],
        logger=list(loggers) or False,
        log_every_n_steps=1 if loggers else 50,
        default_root_dir=folder,
        enable_checkpointing=any(isinstance(each, pl.callbacks.ModelCheckpoint)
                                 for each in callbacks),
        enable_progress_bar=any(isinstance(each, pl.callbacks.ProgressBar) for each in callbacks),
        enable_model_summary=any(isinstance(each, pl.callbacks.ModelSummary)
                                 for each in callbacks),
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )  # fmt: skip
