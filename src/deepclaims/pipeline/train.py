"""Train: one training, or with `-m` a Hydra multirun over the cached, tracked executor."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob, IntervalSweep, Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from deepclaims.errors import ConfigError, DeepclaimsError
from deepclaims.pipeline.temporary import share_runs
from deepclaims.project import Project
from deepclaims.sweep.compose import TRAIN, Composer, parse
from deepclaims.sweep.hydra_command import HydraCommand
from deepclaims.sweep.options import LocalOptions, read_executor
from deepclaims.sweep.training_sweep import AROUND, TrainingSweep
from deepclaims.tracking.settings import read_tracking

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
    share_runs(project)
    command = HydraCommand.read([_in_hydras_words(word) for word in words])
    if not command.only_shows:
        composer = command.composer(project.conf)
        if command.runs:
            command, multirun, searching = command.settled(composer)
            _check(command.overrides, composer, multirun=multirun, searching=searching)
        elif not command.flags.multirun:
            composer.hydra(command.overrides)  # so that what does not compose is said in one line
    sys.argv = ["deepclaims train", *command.words()]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # our errors are one line already; others need all of it
    main = hydra.main(version_base="1.3", config_path=str(project.conf), config_name=TRAIN)
    failures: list[DeepclaimsError] = []

    @functools.wraps(_job)
    def job(config: DictConfig) -> dict[str, Any]:
        try:
            return _job(config)
        except DeepclaimsError as error:  # Hydra would put a line of its own before ours
            failures.append(error)
            return {}

    try:
        main(job)()
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(" ".join(str(error).split())) from None
    if failures:
        raise failures[0]


def _in_hydras_words(word: str) -> str:
    if word == RETRY:
        return "executor.retry_failed=true"
    for ours, theirs in ALIASES:
        if word.startswith(ours):
            return word.replace(ours, theirs, 1)
    return word


def _check(
    overrides: Sequence[str], composer: Composer, *, multirun: bool, searching: bool
) -> None:
    """Compose with every value of every override once, so that errors are ours and come first."""
    first: list[str] = []
    alternatives: list[tuple[int, str]] = []
    for override in parse(overrides):
        if override.is_hydra_override():
            continue
        if override.is_sweep_override():
            _check_sweep(override, multirun, searching)
        if isinstance(override.value(), Glob):
            continue  # Hydra looks up what there is
        if not override.is_sweep_override():
            first.append(str(override.input_line))
            continue
        choices, key = _choices(override), override.get_key_element()
        alternatives += [(len(first), f"{key}={choice}") for choice in choices[1:]]
        first.append(f"{key}={choices[0]}")
    composed = composer.config(first)
    read_executor(composed["executor"])
    read_tracking(composed["tracking"])
    for place, alternative in alternatives:
        composer.config([*first[:place], alternative, *first[place + 1 :]])


def _check_sweep(override: Override, multirun: bool, searching: bool) -> None:
    if not multirun:
        raise ConfigError(f"'{override.input_line}' names several values: say -m to run each")
    if (group := override.key_or_group.partition(".")[0]) in AROUND:
        raise ConfigError(f"'{override.input_line}': a sweep has one {group}")
    if isinstance(override.value(), IntervalSweep) and not searching:
        raise ConfigError(
            f"'{override.input_line}' has no end of values: say hydra/sweeper=random to search it"
        )


def _choices(override: Override) -> list[str]:
    interval = override.value()
    if isinstance(interval, IntervalSweep):
        return [str(interval.start), str(interval.end)]
    return [str(each) for each in override.sweep_string_iterator()]


def _job(config: DictConfig) -> dict[str, Any]:
    project = Project.here()
    told = HydraConfig.get()
    node: dict[str, Any] = OmegaConf.to_container(told)  # type: ignore[assignment]
    composer = Composer.as_hydra(project.conf, node)
    overrides = list(told.overrides.task)
    composed = composer.config(overrides)
    options = read_executor(composed["executor"])
    if isinstance(options, LocalOptions):
        options = LocalOptions(0, options.stack, options.retry_failed)
    tracking = read_tracking(composed["tracking"])
    return TrainingSweep(project, composer, options, tracking).run([overrides], single=True)[0]
