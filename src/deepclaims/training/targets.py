"""What a config names by `_target_`, as Hydra's users write it: found, checked, and made.

A group without a `name` but with a `_target_` is somebody's own: a class or function of torch, of
an installed package, or of a module that lies beside `conf/` or in the folder of the command.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.project import Project

TARGET, ARGUMENTS = "_target_", "_args_"
MISSING = "???"


def is_own(group: object) -> bool:
    """Whether a config group names something by its `_target_`."""
    return isinstance(group, Mapping) and TARGET in group


def targets(config: object) -> Iterator[str]:
    """Every `_target_` anywhere in a config."""
    if isinstance(config, Mapping):
        if TARGET in config:
            yield str(config[TARGET])
        for inner in config.values():
            yield from targets(inner)
    elif isinstance(config, list | tuple):
        for inner in config:
            yield from targets(inner)


def make_importable() -> None:
    """Let modules beside `conf/`, and in the current folder, be imported, as a script's are."""
    for folder in (str(Project.here().root), str(Path.cwd())):
        if folder not in sys.path:
            sys.path.insert(0, folder)


def find(target: str, group: str) -> Callable[..., Any]:
    """The class or function of a dotted name.

    Args:
        target: e.g. `my_models.Wide`.
        group: the config group that names it, for messages.

    Raises:
        ConfigError: there is no such module, or nothing callable of that name in it.
    """
    make_importable()
    module_name, _, name = target.rpartition(".")
    if target == MISSING or not module_name:
        raise ConfigError(
            f"{group}.{TARGET}={target} names nothing: it is a module and a class, e.g. "
            "my_models.Wide"
        )
    module = _import(module_name, target, group)
    found = getattr(module, name, None)
    if not callable(found):
        known = [each for each in vars(module) if callable(vars(module)[each]) and each[0] != "_"]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean '{close[0]}'?)" if close else ""
        raise ConfigError(f"{group}.{TARGET}={target}: {module_name} has no '{name}'{hint}")
    return found


def _import(module_name: str, target: str, group: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and module_name.startswith(error.name):
            raise ConfigError(
                f"{group}.{TARGET}={target}: there is no module '{error.name}': put "
                f"{error.name.split('.')[0]}.py beside conf/, or its folder into PYTHONPATH"
            ) from None
        raise ConfigError(f"{group}.{TARGET}={target}: its module needs {error.name}") from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise ConfigError(f"{group}.{TARGET}={target} cannot be imported: {said}") from error


def make(
    group: str,
    config: Mapping[str, Any],
    arguments: Sequence[Any] = (),
    offered: Mapping[str, Any] | None = None,
    reserved: Sequence[str] = (),
) -> Any:
    """Call what a group names, with the group's other keys; values with a `_target_` are made too.

    Args:
        group: its name, for messages.
        config: the group.
        arguments: what comes first, before `_args_`.
        offered: what is handed over under a name if the call takes it and the config does not say.
        reserved: keys that are not the callee's.

    Raises:
        ConfigError: there is no such thing, or it does not take these options.
    """
    found = find(str(config[TARGET]), group)
    before, options = _given(config, reserved)
    arguments = [*arguments, *before]
    parameters = check(group, config, found, len(arguments), offered or {}, reserved)
    for name, value in (offered or {}).items():
        if name in parameters and name not in options:
            options[name] = value
    return found(*arguments, **options)


def check(
    group: str,
    config: Mapping[str, Any],
    found: Callable[..., Any],
    arguments: int = 0,
    offered: Mapping[str, Any] | Sequence[str] = (),
    reserved: Sequence[str] = (),
) -> frozenset[str]:
    """Refuse options that a call does not take, or lacks; the names it takes.

    Args:
        group: its name, for messages.
        config: the group.
        found: what is called.
        arguments: how many come first, without a name.
        offered: what it may take without the config's saying so.
        reserved: keys that are not the callee's.

    Raises:
        ConfigError: names the option, and the known ones.
    """
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):  # written in C: it says itself what is wrong
        return frozenset()
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    taken = {p.name for p in placed[:arguments]}
    free = [p for p in named if p.name not in taken]
    known = {p.name for p in free}
    given = {key for key in config if key not in (TARGET, ARGUMENTS, "_convert_", *reserved)}
    where = f"{group}.{TARGET}={config[TARGET]}"
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters)
    if (unknown := sorted(given - known)) and not open_ended:
        listed = ", ".join(sorted(known | set(reserved))) or "none"
        raise ConfigError(f"{where} has no option {', '.join(unknown)}; known: {listed}")
    lacking = [
        p.name
        for p in free
        if p.default is p.empty and p.name not in given and p.name not in offered
    ]
    if lacking:
        raise ConfigError(f"{where} needs {', '.join(lacking)}")
    return frozenset(known)


def _given(config: Mapping[str, Any], reserved: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    from hydra.utils import instantiate

    said = {
        str(key): value
        for key, value in config.items()
        if key not in (TARGET, "_convert_", *reserved)
    }
    made = instantiate(said, _convert_="all") if said else {}
    before = list(made.pop(ARGUMENTS, []))
    return before, dict(made)
