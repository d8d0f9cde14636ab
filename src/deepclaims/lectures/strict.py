"""Values out of YAML files, each refused by the name of its place if it is not what it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from deepclaims.errors import ConfigError
from deepclaims.languages import LANGUAGES

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, a tenth of the time


def content(file: Path) -> Mapping[str, Any]:
    """The keys of a file.

    Raises:
        ConfigError: for a file that cannot be read or holds no keys.
    """
    try:
        return mapping(file.name, yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read ({error})") from None
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ConfigError(f"{file} is not valid YAML: {problem}") from None


def mapping(where: str, written: Any) -> Mapping[str, Any]:
    """A mapping.

    Raises:
        ConfigError: for anything else.
    """
    if not isinstance(written, dict):
        raise ConfigError(f"{where}: holds no keys")
    return written


def keys(where: str, written: Any, required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Make sure that a mapping has the required keys, and no others but the optional ones.

    Raises:
        ConfigError: names what it lacks or does not know.
    """
    missing = [key for key in required if key not in mapping(where, written)]
    unknown = [str(key) for key in written if key not in (*required, *optional)]
    if missing:
        raise ConfigError(f"{where}: lacks {', '.join(missing)}")
    if unknown:
        known = ", ".join(dict.fromkeys((*required, *optional)))
        raise ConfigError(f"{where}: does not know {', '.join(unknown)}; known: {known}")


def id_of(file: str, written: Any, parent: str) -> str:
    """The id of a mapping: its parent's and a number, perhaps with a letter, as `L1.s3` or `…2a`.

    Args:
        file: the file's name.
        written: the mapping.
        parent: how the id begins, e.g. `L1.s`.

    Raises:
        ConfigError: for an id that is missing or is another.
    """
    given = mapping(file, written).get("id")
    if not isinstance(given, str):
        raise ConfigError(f"{file}: something without an id: {str(written)[:60]}")
    if not re.fullmatch(re.escape(parent) + r"[1-9]\d*[a-z]?", given):
        raise ConfigError(f"{file}, {given}: an id here is like {parent}1")
    return given


def among(where: str, key: str, value: Any, known: Sequence[str]) -> str:
    """One of the known values.

    Raises:
        ConfigError: for another one, or none.
    """
    if value is None:
        raise ConfigError(f"{where}: lacks {key}: {' or '.join(known)}")
    if value not in known:
        raise ConfigError(f"{where}: no {key} '{value}'; known: {', '.join(known)}")
    return str(value)


def text(where: str, key: str, value: Any) -> str:
    """A text.

    Raises:
        ConfigError: for anything else.
    """
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key} is no text: {value!r}")
    return value


def both(where: str, key: str, value: Any) -> Mapping[str, str]:
    """A text in both languages.

    Raises:
        ConfigError: for a language that is missing or unknown.
    """
    keys(f"{where}, {key}", value, LANGUAGES)
    return {language: text(where, key, value[language]) for language in LANGUAGES}


def entries(where: str, key: str, value: Any) -> list[Any]:
    """A list.

    Raises:
        ConfigError: for anything else.
    """
    if not isinstance(value, list):
        raise ConfigError(f"{where}: {key} is no list: {value!r}")
    return value


def names(where: str, key: str, value: Any) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        ConfigError: for anything else.
    """
    return tuple(text(where, key, name) for name in entries(where, key, value))
