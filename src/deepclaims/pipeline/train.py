"""Train: one training, or with `-m` a Hydra multirun over the cached, tracked executor."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob, IntervalSweep, Override
from omegaconf import DictConfig, OmegaConf

from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.compose import Composer, parse
from deepclaims.sweep.options import LocalOptions, read_executor
from deepclaims.sweep.training_sweep import TrainingSweep

HYDRA_FLAGS = ("--help", "-h", "--hydra-help", "--version", "--cfg", "-c", "--info", "-i",
               "--shell-completion", "-sc")  # fmt: skip
ALIASES = (
    ("deepclaims/sweeper=", "hydra/sweeper="),
    ("deepclaims.sweeper.", "hydra.sweeper."),
)
"""Hydra finds plug-ins in groups of its own only."""
RETRY = "--retry-failed"


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims train …`.

    Raises:
        ConfigError: for an unknown group, option, key or value; before anything runs.
        SweepError: when jobs failed.
    """
    project = Project.here()
    words = [_in_hydras_words(word) for word in words]
    if not any(word in HYDRA_FLAGS for word in words):
        _check(words, Composer(project.conf))
    sys.argv = ["deepclaims train", *words]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # our errors are one line already; others need all of it
    hydra.main(version_base="1.3", config_path=str(project.conf), config_name="train")(_job)()


def _in_hydras_words(word: str) -> str:
    if word == RETRY:
        return "executor.retry_failed=true"
    for ours, theirs in ALIASES:
        if word.startswith(ours):
            return word.replace(ours, theirs, 1)
    return word


def _check(words: Sequence[str], composer: Composer) -> None:
    """Compose with every value of every override once, so that errors are ours and come first."""
    overrides = [word for word in words if not word.startswith("-")]
    multirun = any(word in ("-m", "--multirun") for word in words)
    searching = "hydra/sweeper=random" in overrides
    first: list[str] = []
    alternatives: list[str] = []
    for override in parse(overrides):
        key = override.key_or_group
        if key.split(".")[0].split("/")[0] == "hydra":
            continue
        if override.is_sweep_override():
            _check_sweep(override, multirun, searching)
        if isinstance(override.value(), Glob):
            continue  # Hydra looks up what there is
        choices, key = _choices(override), override.get_key_element()
        first.append(f"{key}={choices[0]}")
        alternatives += [f"{key}={choice}" for choice in choices[1:]]
    read_executor(composer.config(first)["executor"])
    for alternative in alternatives:
        key = alternative.partition("=")[0]
        composer.config([*(each for each in first if each.partition("=")[0] != key), alternative])


def _check_sweep(override: Override, multirun: bool, searching: bool) -> None:
    if not multirun:
        raise ConfigError(f"'{override.input_line}' names several values: say -m to run each")
    if override.key_or_group.partition(".")[0] == "executor":
        raise ConfigError(f"'{override.input_line}': a sweep has one executor")
    if isinstance(override.value(), IntervalSweep) and not searching:
        raise ConfigError(
            f"'{override.input_line}' has no end of values: say hydra/sweeper=random to search it"
        )


def _choices(override: Override) -> list[str]:
    if not override.is_sweep_override():
        return [override.get_value_element_as_str()]
    interval = override.value()
    if isinstance(interval, IntervalSweep):
        return [str(interval.start), str(interval.end)]
    return [str(each) for each in override.sweep_string_iterator()]


def _job(config: DictConfig) -> dict[str, Any]:
    project = Project.here()
    composed: dict[str, Any] = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    options = read_executor(composed["executor"])
    if isinstance(options, LocalOptions):
        options = LocalOptions(0, options.stack, options.retry_failed)
    sweep = TrainingSweep(project, Composer(project.conf), options)
    return sweep.run_composed(composed, list(HydraConfig.get().overrides.task))
