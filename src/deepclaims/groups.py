"""A config group names one of several things and its options: find it, refuse what is unknown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from deepclaims.errors import ConfigError

T = TypeVar("T")


def choose(
    group: str, choices: Mapping[str, Callable[..., T]], config: Mapping[str, Any], *args: Any
) -> T:
    """Call the choice that `config["name"]` names, with the other keys as its options.

    Args:
        group: the name of the config group, for messages.
        choices: what may be named; the options of a choice are its keyword-only parameters.
        config: the group, e.g. `{"name": "sgd", "lr": 0.1}`.
        args: what every choice is called with before its options.

    Raises:
        ConfigError: an unknown name or option (the known ones are listed), or a missing option.
    """
    name = str(config.get("name"))
    if name not in choices:
        raise ConfigError(f"there is no {group} {name!r}; known: {', '.join(sorted(choices))}")
    choice = choices[name]
    parameters = inspect.signature(choice).parameters.values()
    options = {p.name: p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    given = {str(key): value for key, value in config.items() if key != "name"}
    _refuse_unknown(f"{group}={name}", given, options)
    missing = [key for key, p in options.items() if p.default is p.empty and key not in given]
    if missing:
        raise ConfigError(f"{group}={name} needs {', '.join(missing)}")
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
