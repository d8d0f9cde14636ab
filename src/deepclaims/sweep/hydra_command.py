"""The command line of `deepclaims train` as Hydra reads it, and what of Hydra is not used here.

Runs are kept by key in the run cache and in MLflow, and an executor runs them. So Hydra's folders
and its launchers have nothing to do; its sweepers choose what is run, and may be anyone's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hydra._internal.utils import get_args_parser

from deepclaims.errors import ConfigError
from deepclaims.sweep.compose import TRAIN, Composer, parse

LAUNCHER, SWEEPER = "hydra/launcher", "hydra/sweeper"
OURS = "deepclaims"
GRID = ("basic", OURS)
"""Hydra's grid sweeper, and the same without the files it leaves behind."""
SEARCHPATH = "hydra.searchpath"
HEEDED = ("hydra.sweeper", "hydra.mode", SEARCHPATH, "hydra.help", "hydra.callbacks")
"""The keys of Hydra that decide something here."""
FOLDERS: Mapping[str, Any] = {
    "hydra.output_subdir": None,
    "hydra.run.dir": ".",
    "hydra.sweep.dir": ".",
    "hydra.sweep.subdir": ".",
    "hydra.job.chdir": None,
}
"""What these keys are, whoever says otherwise."""
WHY = "runs are kept by key in .runs and in MLflow, not in Hydra's folders (docs/own-research.md)"


@dataclass(frozen=True)
class HydraCommand:
    """What was given: Hydra's flags, and the overrides in their order."""

    flags: argparse.Namespace
    overrides: tuple[str, ...]

    @classmethod
    def read(cls, words: Sequence[str]) -> HydraCommand:
        """Read a command line; flags and overrides may stand in any order.

        Raises:
            ConfigError: for a flag that Hydra does not know, or a folder that is not there.
        """
        parser = get_args_parser()
        parser.exit_on_error = False
        try:
            flags, more = parser.parse_known_intermixed_args(list(words))
        except argparse.ArgumentError as error:
            raise ConfigError(str(error)) from None
        if more:
            raise ConfigError(f"train does not know '{more[0]}'; `deepclaims train --hydra-help`")
        if flags.config_path is not None:
            raise ConfigError(
                f"--config-path={flags.config_path} would leave out the groups of conf/: "
                "--config-dir adds a folder of your own to them"
            )
        if flags.config_dir is not None and not Path(flags.config_dir).is_dir():
            raise ConfigError(f"--config-dir {flags.config_dir}: there is no such folder")
        return cls(flags, tuple(flags.overrides))

    @property
    def only_shows(self) -> bool:
        """Whether it asks for help, or other things that Hydra tells of itself."""
        asked = self.flags
        return bool(asked.help or asked.hydra_help or asked.shell_completion)

    @property
    def runs(self) -> bool:
        """Whether it trains, and does not only show a config."""
        return not (self.only_shows or self.flags.cfg or self.flags.info)

    def composer(self, conf: Path) -> Composer:
        """A composer that finds what Hydra will find.

        Raises:
            ConfigError: for a search path that is no list.
        """
        paths = []
        if self.flags.config_dir is not None:
            paths.append(Path(self.flags.config_dir).resolve().as_uri())
        for override in parse(self.overrides):
            if override.get_key_element() == SEARCHPATH:
                value = override.value()
                if not isinstance(value, list):
                    raise ConfigError(
                        f"'{override.input_line}': it is a list, e.g. "
                        f"'{SEARCHPATH}=[file:///folder/with/groups]'"
                    )
                paths += [str(getattr(each, "text", each)) for each in value]
        for path in paths:
            scheme, _, folder = path.partition("://")
            if scheme == "file" and not Path(folder).is_dir():
                raise ConfigError(f"{SEARCHPATH}: there is no folder {folder}")
        return Composer(conf, self.flags.config_name or TRAIN, paths)

    def settled(self, composer: Composer) -> tuple[HydraCommand, bool, bool]:
        """The command without what is not used here, which is said.

        Returns:
            The command; whether it is a multirun; whether that is a search.

        Raises:
            ConfigError: for a launcher, or what does not compose.
        """
        own = [each for each in self.overrides if not _is_of_hydra(each)]
        kept = [each for each in self.overrides if not _is_ignored(each)]
        for each in self.overrides:
            if each not in kept:
                print(f"train: '{each}' is ignored: {WHY}", file=sys.stderr)
        plain = [each for each in own if _names_one(each)]
        composer.config(plain)  # what is wrong in it is said in our words
        hydra = composer.hydra([*(_grid(each) for each in kept if _is_of_hydra(each)), *plain])
        choices = hydra["runtime"]["choices"]
        _refuse_launcher(choices)
        for key, value in FOLDERS.items():
            if (said := _at(hydra, key)) != value:
                print(f"train: {key}={said} of a config is ignored: {WHY}", file=sys.stderr)
        folders = [f"{key}={'null' if value is None else value}" for key, value in FOLDERS.items()]
        multirun = self.flags.multirun or str(hydra.get("mode")).endswith("MULTIRUN")
        grid = [f"{SWEEPER}={OURS}"] if choices.get(SWEEPER) == GRID[0] else []
        overrides = (*(_grid(each) for each in kept), *grid, *folders)
        searching = choices.get(SWEEPER) not in GRID
        return replace(self, overrides=overrides), multirun, searching

    def words(self) -> list[str]:
        """The command line for Hydra, flags first."""
        flags = self.flags
        shown = [
            *(["--multirun"] if flags.multirun else []),
            *(["--help"] if flags.help else []),
            *(["--hydra-help"] if flags.hydra_help else []),
            *(["--shell-completion"] if flags.shell_completion else []),
            *(["--resolve"] if flags.resolve else []),
            *(["--cfg", flags.cfg] if flags.cfg else []),
            *(["--package", flags.package] if flags.package else []),
            *(["--info", flags.info] if flags.info else []),
            *(["--config-name", flags.config_name] if flags.config_name else []),
            *(["--config-dir", flags.config_dir] if flags.config_dir else []),
        ]
        return [*self.overrides, *shown]


def _is_of_hydra(override: str) -> bool:
    return override.lstrip("+~").startswith(("hydra.", "hydra/"))


def _is_ignored(override: str) -> bool:
    """Whether an override says something to Hydra that decides nothing here."""
    key = override.lstrip("+~").partition("=")[0]
    return key.startswith("hydra.") and not any(
        key == each or key.startswith(f"{each}.") for each in HEEDED
    )


def _names_one(override: str) -> bool:
    return not parse([override])[0].is_sweep_override()


def _grid(override: str) -> str:
    """Hydra's own grid sweeper is ours, which leaves no file."""
    return f"{SWEEPER}={OURS}" if override == f"{SWEEPER}={GRID[0]}" else override


def _refuse_launcher(choices: Mapping[str, str]) -> None:
    launcher = str(choices.get(LAUNCHER))
    if launcher == OURS:
        return
    if launcher == "basic":
        raise ConfigError(
            "this config does not begin with conf/train.yaml: put `defaults: [train, _self_]` at "
            "its top; what runs a sweep is executor=local|ray|slurm, not hydra/launcher=basic"
        )
    raise ConfigError(
        f"{LAUNCHER}={launcher}: what runs a sweep here, over its cache, is "
        "executor=local|ray|slurm"
    )


def _at(node: Mapping[str, Any], key: str) -> Any:
    found: Any = node
    for step in key.split(".")[1:]:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
