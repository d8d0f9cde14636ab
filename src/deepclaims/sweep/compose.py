"""Composed configs: Hydra's groups and overrides, read once and merged many times.

Hydra's `compose` takes 33 ms; a sweep has hundreds of cells that differ in plain values. So a
base is composed once for each choice of groups, and values are merged into it. Whatever else its
grammar has (`+group=`, `~key`, `group@package=`) is left to Hydra.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from deepclaims.errors import ConfigError
from deepclaims.sweep.fingerprint import strings

NOT_PART_OF_A_CELL = ("seed", "executor", "tracking", "hydra", "init_elsewhere")
"""Keys of the composed config that do not decide what a replica measures."""

TRAIN = "train"
"""The config that every training starts from, `conf/train.yaml`."""
HYDRAS = "hydra"
"""What Hydra is told about itself."""
_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*[.}\[]")

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
        raise ConfigError(_one_line(error)) from None


def swept(override: Override) -> list[Any]:
    """The values of an override as a list: `a=1,2` and `a=[1,2]` and `a=range(0,3)` alike."""
    if override.is_sweep_override():
        return [as_plain(value) for value in override.sweep_iterator()]
    value = as_plain(override.value())
    return value if isinstance(value, list) else [value]


class Composer:
    """Composes training configs from a folder of Hydra groups.

    Args:
        conf: the project's groups.
        config_name: the config that is composed: `train`, or one that begins with it.
        searchpath: where else groups and configs are, as Hydra writes it: `file:///…`, `pkg://…`.
    """

    def __init__(
        self, conf: Path, config_name: str = TRAIN, searchpath: Sequence[str] = ()
    ) -> None:
        self.conf = conf
        self.config_name = config_name.removesuffix(".yaml")
        self.searchpath = tuple(searchpath)
        self._bases: dict[tuple[str, ...], dict[str, Any]] = {}
        self._groups: dict[str, bool] = {}

    @classmethod
    def as_hydra(cls, conf: Path, hydra: Mapping[str, Any]) -> Composer:
        """A composer that finds what a running Hydra finds.

        Args:
            conf: the project's groups.
            hydra: the node `hydra` of the config that it composed.
        """
        sources = [source for source in hydra["runtime"]["config_sources"]
                   if source["provider"] not in ("hydra", "main", "schema")]  # fmt: skip
        paths = [f"{source['schema']}://{source['path']}" for source in sources]
        return cls(conf, str(hydra["job"]["config_name"]), paths)

    def config(
        self, overrides: Sequence[str], values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The config of `overrides` and then of `values` (dotted key -> plain value), resolved.

        Keys of one's own beside the groups are there for others to refer to, as `${key}`; they are
        left out of it.

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
            if override.is_hydra_override():
                continue
            if override.is_delete():
                groups.append(str(override.input_line))
            elif self._is_group(override.key_or_group):
                groups.append(self._known_option(override))
            else:
                plain[override.key_or_group] = as_plain(override.value())
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
        own = self._own_keys(config)
        resolved = _resolved(config)
        return {key: value for key, value in resolved.items() if key not in own}

    def cell(
        self, overrides: Sequence[str], values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The resolved config of a cell: without its seed and without what runs it."""
        return cell_config(self.config(overrides, values))

    def hydra(self, overrides: Sequence[str]) -> dict[str, Any]:
        """What Hydra is told about itself: the node `hydra`, as it stands in the config.

        Raises:
            ConfigError: as `config`.
        """
        with self._hydra():
            composed = self._compose(overrides, with_hydra=True)
            OmegaConf.set_struct(composed, False)
            node = OmegaConf.to_container(composed[HYDRAS], resolve=False)
        assert isinstance(node, dict)
        return {str(key): value for key, value in node.items()}

    def options(self, group: str) -> list[str]:
        """What a group may be, sorted; of every folder that is searched."""
        return sorted(set(self._repository.get_group_options(group, ObjectType.CONFIG)))

    @cached_property
    def _repository(self) -> CachingConfigRepository:
        """Hydra's own view of all folders that are searched."""
        with self._hydra():
            loader = GlobalHydra.instance().config_loader()
            found = CachingConfigRepository(loader.repository)  # type: ignore[attr-defined]
            if not found.config_exists(self.config_name):
                known = sorted(set(found.get_group_options("", ObjectType.CONFIG)))
                raise ConfigError(
                    f"no config '{self.config_name}'; known: {', '.join(known)}"
                    f"{_hint(self.config_name, known)}"
                )
            try:
                loader._process_config_searchpath(  # type: ignore[attr-defined]
                    self.config_name, [], found
                )
            except HydraException as error:
                raise ConfigError(_one_line(error)) from None
        return found

    @cached_property
    def _known_keys(self) -> frozenset[str]:
        """The keys and groups of `conf/train.yaml`."""
        file = self.conf / f"{TRAIN}.yaml"
        written = OmegaConf.to_container(OmegaConf.load(file), resolve=False)
        assert isinstance(written, dict)
        groups = [key for each in written.pop("defaults", []) if isinstance(each, dict)
                  for key in each]  # fmt: skip
        return frozenset(map(str, [*groups, *written]))

    def _own_keys(self, config: Mapping[str, Any]) -> set[str]:
        """The keys beside those of `conf/train.yaml`; each must be referred to."""
        own = set(config) - self._known_keys
        if not own:
            return own
        referred = _references(config)
        for key in sorted(own - referred):
            known = sorted(set(config) & self._known_keys)
            raise ConfigError(
                f"no key '{key}': the config knows {', '.join(known)}{_hint(key, known)}; a key of "
                f"one's own is for others to refer to, as ${{{key}}}"
            )
        return own

    def _is_group(self, key: str) -> bool:
        if key not in self._groups:
            self._groups[key] = bool(self._repository.group_exists(key))
        return self._groups[key]

    def _known_option(self, override: Override) -> str:
        group, value = override.key_or_group, as_plain(override.value())
        for option in map(str, value if isinstance(value, list) else [value]):
            folder, _, name = f"{group}/{option}".rpartition("/")
            known = self.options(folder)
            if name.removesuffix(".yaml") not in known:
                raise ConfigError(
                    f"no {group} '{option}'; known: {', '.join(known)}{_hint(option, known)}"
                )
        return f"{override.get_key_element()}={override.get_value_element_as_str()}"

    def _base(self, groups: tuple[str, ...]) -> dict[str, Any]:
        if groups not in self._bases:
            assert self._repository  # says what is not there better than Hydra does
            with self._hydra():
                composed = self._compose(groups)
            base = OmegaConf.to_container(composed, resolve=False)
            assert isinstance(base, dict)
            self._bases[groups] = {str(key): value for key, value in base.items()}
        return self._bases[groups]

    def _compose(self, overrides: Sequence[str], *, with_hydra: bool = False) -> DictConfig:
        try:
            return compose(self.config_name, list(overrides), return_hydra_config=with_hydra)
        except (HydraException, OmegaConfBaseException) as error:
            raise ConfigError(_one_line(error)) from None
        except AttributeError as error:  # OmegaConf's, where a typed null is given a mapping
            raise ConfigError(
                f"Hydra cannot compose {' '.join(overrides)}: {_one_line(error)}"
            ) from None

    @contextmanager
    def _hydra(self) -> Iterator[None]:
        """Hydra initialised for these folders, leaving any Hydra around it as it was."""
        outer = GlobalHydra.instance().hydra
        GlobalHydra.instance().clear()
        try:
            with initialize_config_dir(str(self.conf.resolve()), version_base="1.3"):
                if self.searchpath:
                    loader = GlobalHydra.instance().config_loader()
                    path, schema = loader.get_search_path(), SearchPathQuery(provider="schema")
                    for each in self.searchpath:
                        path.prepend(provider="command-line", path=each, anchor=schema)
                    loader.repository = ConfigRepository(path)  # type: ignore[attr-defined]
                yield
        finally:
            GlobalHydra.instance().clear()
            if outer is not None:
                GlobalHydra.instance().hydra = outer


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
    if not any("${" in text for text in strings(config)):
        return config
    try:
        filled = OmegaConf.to_container(OmegaConf.create(config), resolve=True)
    except OmegaConfBaseException as error:
        raise ConfigError(_one_line(error)) from None
    assert isinstance(filled, dict)
    return {str(key): value for key, value in filled.items()}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _references(config: Mapping[str, Any]) -> set[str]:
    """The first names of what a config refers to: `width` of `${width}`, `a` of `${a.b}`."""
    return {name for text in strings(config) for name in _REFERENCE.findall(text)}


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


def as_plain(value: Any) -> Any:
    """An override's value as Python has it: lists, dicts, strings without their quotes."""
    if isinstance(value, list | ListConfig):
        return [as_plain(each) for each in value]
    if isinstance(value, dict | DictConfig):
        return {str(key): as_plain(each) for key, each in value.items()}
    if hasattr(value, "with_quotes"):
        return value.text
    return value
