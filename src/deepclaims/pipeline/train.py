"""Train: one training, or with `-m` a Hydra multirun over the cached, tracked executor."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob
from omegaconf import DictConfig

from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.compose import Composer, parse
from deepclaims.sweep.training_sweep import TrainingSweep

HYDRA_FLAGS = ("--help", "-h", "--hydra-help", "--version", "--cfg", "-c", "--info", "-i",
               "--shell-completion", "-sc")  # fmt: skip


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims train …`.

    Raises:
        ConfigError: for an unknown group, option, key or value; before anything runs.
        SweepError: when jobs failed.
    """
    project = Project.here()
    if not any(word in HYDRA_FLAGS for word in words):
        _check(words, Composer(project.conf))
    sys.argv = ["deepclaims train", *words]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # our errors are one line already; others need all of it
    hydra.main(version_base="1.3", config_path=str(project.conf), config_name="train")(_job)()


def _check(words: Sequence[str], composer: Composer) -> None:
    """Compose with every value of every override once, so that errors are ours and come first."""
    overrides = [word for word in words if not word.startswith("-")]
    multirun = any(word in ("-m", "--multirun") for word in words)
    first: list[str] = []
    alternatives: list[str] = []
    for override in parse(overrides):
        if override.key_or_group.split(".")[0].split("/")[0] == "hydra":
            continue
        if override.is_sweep_override() and not multirun:
            raise ConfigError(f"'{override.input_line}' names several values: say -m to run each")
        choices = (
            [str(each) for each in override.sweep_string_iterator()]
            if override.is_sweep_override() and not isinstance(override.value(), Glob)
            else [override.get_value_element_as_str()]
        )
        first.append(f"{override.key_or_group}={choices[0]}")
        alternatives += [f"{override.key_or_group}={choice}" for choice in choices[1:]]
    composer.config(first)
    for alternative in alternatives:
        key = alternative.partition("=")[0]
        composer.config([*(each for each in first if each.partition("=")[0] != key), alternative])


def _job(config: DictConfig) -> dict[str, Any]:
    project = Project.here()
    overrides = list(HydraConfig.get().overrides.task)
    sweep = TrainingSweep(project, Composer(project.conf))
    return sweep.run([overrides], workers=0)[0]
