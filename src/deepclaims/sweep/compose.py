"""Composed configs: Hydra's groups and overrides, read once and merged many times.

Hydra's `compose` takes 33 ms; a sweep has hundreds of cells that differ in plain values. So a
base is composed once for each choice of groups, and values are merged into it.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from deepclaims.errors import ConfigError

NOT_PART_OF_A_CELL = ("seed", "executor", "hydra", "init_elsewhere")
"""Keys of the composed config that do not decide what a replica measures."""

EXTRAS = ("callbacks", "logger")
"""Groups that decide nothing where they are empty."""

SAVE = "save"
"""Key of `fit` that says what is kept of a training, and decides nothing of it."""

AUTO = "auto"
WORDS = {"fit.batch_size": ("full",), "fit.chunk": (AUTO,)}
"""Words that may stand where a number is expected."""


def parse(overrides: Iterable[str]) -> list[Override]:
    """Read Hydra overrides.

    Raises:
        ConfigError: when one does not follow Hydra's grammar.
    """
    return [_parse(each) for each in overrides]


@cache
def _parse(override: str) -> Override:
    """Read one override, once: Hydra's grammar takes half a millisecond for it."""
    try:
        return OverridesParser.create().parse_override(override)
    except HydraException as error:
        raise ConfigError(" ".join(str(error).split())) from None


def swept(override: Override) -> list[Any]:
    """The values of an override as a list: `a=1,2` and `a=[1,2]` and `a=range(0,3)` alike."""
    if override.is_sweep_override():
        return [_plain(value) for value in override.sweep_iterator()]
    value = _plain(override.value())
    return value if isinstance(value, list) else [value]


class Composer:
    """Composes training configs from a folder of Hydra groups."""

    def __init__(self, conf: Path, config_name: str = "train") -> None:
        self.conf = conf
        self.config_name = config_name
        self._bases: dict[tuple[str, ...], dict[str, Any]] = {}
        self._groups: dict[str, bool] = {}

    def config(
        self, overrides: Sequence[str], values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The config of `overrides` and then of `values` (dotted key -> plain value), resolved.

        Raises:
            ConfigError: for an unknown group, option, key, or a value of another type; names
                the known ones.
        """
        groups: list[str] = []
        plain: dict[str, Any] = {}
        added: set[str] = set()
        for override in parse(overrides):
            if override.is_sweep_override():
                raise ConfigError(f"'{override.input_line}' names several values; give one, or -m")
            if self._is_group(override.key_or_group):
                groups.append(self._known_option(override))
            else:
                plain[override.key_or_group] = _plain(override.value())
                if override.is_add() or override.is_force_add():
                    added.add(override.key_or_group)
        for key, value in (values or {}).items():
            if self._is_group(key):
                groups.append(self._known_option(_parse(f"{key}={value}")))
            else:
                plain[key] = value
        config = copy.deepcopy(self._base(tuple(groups)))
        for key, value in plain.items():
            set_value(config, key, value, may_be_new=key in added)
        return _resolved(config)

    def cell(
        self, overrides: Sequence[str], values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The resolved config of a cell: without its seed and without what runs it."""
        return cell_config(self.config(overrides, values))

    def _is_group(self, key: str) -> bool:
        if key not in self._groups:
            self._groups[key] = (self.conf / key).is_dir()
        return self._groups[key]

    def _known_option(self, override: Override) -> str:
        group, option = override.key_or_group, str(override.value())
        if not (self.conf / group / f"{option}.yaml").is_file():
            known = sorted(file.stem for file in (self.conf / group).glob("*.yaml"))
            raise ConfigError(
                f"no {group} '{option}'; known: {', '.join(known)}{_hint(option, known)}"
            )
        return f"{group}={option}"

    def _base(self, groups: tuple[str, ...]) -> dict[str, Any]:
        if groups not in self._bases:
            with _hydra(self.conf):
                try:
                    composed = compose(self.config_name, overrides=list(groups))
                except (HydraException, OmegaConfBaseException) as error:
                    raise ConfigError(" ".join(str(error).split())) from None
            base = OmegaConf.to_container(composed, resolve=False)
            assert isinstance(base, dict)
            self._bases[groups] = {str(key): value for key, value in base.items()}
        return self._bases[groups]


def cell_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a composed config decides what its replicas measure."""
    decides = {
        key: value
        for key, value in config.items()
        if key not in NOT_PART_OF_A_CELL and (value or key not in EXTRAS)
    }
    if isinstance(fit := decides.get("fit"), Mapping):
        decides["fit"] = {key: value for key, value in fit.items() if key != SAVE}
    return decides


def set_value(config: dict[str, Any], key: str, value: Any, *, may_be_new: bool = False) -> None:
    """Set a dotted key that exists, to a value of the kind it has; or a new one, as `+key=` says.

    Raises:
        ConfigError: when the key does not exist or the value is of another kind.
    """
    node: Any = config
    steps = key.split(".")
    for depth, step in enumerate(steps):
        last = depth == len(steps) - 1
        if isinstance(node, dict) and last and may_be_new and step not in node:
            node[step] = value
            return
        if not isinstance(node, dict) or step not in node:
            known = sorted(map(str, node)) if isinstance(node, dict) else []
            where = ".".join(steps[:depth]) or "the config"
            raise ConfigError(
                f"no key '{key}': {where} knows {', '.join(known) or 'no keys'}{_hint(step, known)}"
            )
        if not last:
            node = node[step]
    old = node[steps[-1]]
    if not _same_kind(old, value) and value not in WORDS.get(key, ()):
        raise ConfigError(f"{key}={value!r} does not fit: it is {_kind(old)}, e.g. {old!r}")
    node[steps[-1]] = value


def _resolved(config: dict[str, Any]) -> dict[str, Any]:
    """The config with its `${…}` filled in; OmegaConf, which is slow, is asked only if it must."""
    if not _refers(config):
        return config
    try:
        filled = OmegaConf.to_container(OmegaConf.create(config), resolve=True)
    except OmegaConfBaseException as error:
        raise ConfigError(" ".join(str(error).split())) from None
    assert isinstance(filled, dict)
    return {str(key): value for key, value in filled.items()}


def _refers(node: Any) -> bool:
    if isinstance(node, dict):
        return any(map(_refers, node.values()))
    if isinstance(node, list):
        return any(map(_refers, node))
    return isinstance(node, str) and "${" in node


@cache
def _kinds() -> dict[type, str]:
    return {bool: "true or false", int: "a number", float: "a number", str: "a word"}


def _kind(value: Any) -> str:
    return _kinds().get(type(value), type(value).__name__)


def _same_kind(old: Any, new: Any) -> bool:
    if old is None or new is None or (isinstance(old, str) and "${" in old):
        return True
    if isinstance(old, str) and old == AUTO:
        return isinstance(new, str | int | float)
    if isinstance(old, int | float) and not isinstance(old, bool):
        return isinstance(new, int | float) and not isinstance(new, bool)
    return isinstance(new, type(old))


def _hint(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _plain(value: Any) -> Any:
    if isinstance(value, list | ListConfig):
        return [_plain(each) for each in value]
    if isinstance(value, dict | DictConfig):
        return {str(key): _plain(each) for key, each in value.items()}
    if hasattr(value, "with_quotes"):
        return value.text
    return value


@contextmanager
def _hydra(conf: Path) -> Iterator[None]:
    """Hydra initialised for `conf`, leaving any Hydra around it as it was."""
    outer = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(conf.resolve()), version_base="1.3"):
            yield
    finally:
        GlobalHydra.instance().clear()
        if outer is not None:
            GlobalHydra.instance().hydra = outer
