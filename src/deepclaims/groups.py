"""A config group names one of several things and its options: find it, refuse what is unknown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from deepclaims.errors import ConfigError

T = TypeVar("T")
R = TypeVar("R")


class Table(Mapping[str, T]):
    """What a config group may name, e.g. the networks that `model.name` can be.

    The key of a cell covers only those entries that its config can name: see
    `sweep/fingerprint.py`, which reads the literal that a table is made from.

    Args:
        group: the name of the config group, for messages.
        entries: by name; where they are called with options, these are keyword-only parameters.
    """

    def __init__(self, group: str, entries: Mapping[str, T]) -> None:
        self.group = group
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def named(self, config: Mapping[str, Any]) -> T:
        """The entry that `config["name"]` names.

        Raises:
            ConfigError: an unknown name; the known ones are listed.
        """
        name = str(config.get("name"))
        if name not in self._entries:
            known = ", ".join(sorted(self._entries))
            raise ConfigError(f"there is no {self.group} {name!r}; known: {known}")
        return self._entries[name]

    def choose(self: Table[Callable[..., R]], config: Mapping[str, Any], *args: Any) -> R:
        """Call the entry that `config["name"]` names, with the other keys as its options.

        Args:
            config: the group, e.g. `{"name": "sgd", "lr": 0.1}`.
            args: what every entry is called with before its options.

        Raises:
            ConfigError: an unknown name or option (the known ones are listed), or a missing option.
        """
        choice = self.named(config)
        parameters = inspect.signature(choice).parameters.values()
        options = {p.name: p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
        given = {str(key): value for key, value in config.items() if key != "name"}
        where = f"{self.group}={config['name']}"
        _refuse_unknown(where, given, options)
        missing = [key for key, p in options.items() if p.default is p.empty and key not in given]
        if missing:
            raise ConfigError(f"{where} needs {', '.join(missing)}")
        return choice(*args, **given)


def read_options(group: str, options: type[T], config: Mapping[str, Any]) -> T:
    """Build the dataclass `options` from a config group; `name` is left out.

    A field called `lambda_` reads the key `lambda`.

    Raises:
        ConfigError: a key that is no field; the message lists the known ones.
    """
    known = {field.name.rstrip("_"): field.name for field in fields(options)}  # type: ignore[arg-type]
    given = {str(key): value for key, value in config.items() if key != "name"}
    _refuse_unknown(group, given, known)
    return options(**{known[key]: value for key, value in given.items()})


def _refuse_unknown(where: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    if unknown := sorted(set(given) - set(known)):
        listed = ", ".join(known) or "none"
        raise ConfigError(f"{where} has no option {', '.join(unknown)}; known: {listed}")
