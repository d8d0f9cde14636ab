"""What a value of a data set's config may be."""

from __future__ import annotations

from typing import Any

from deepclaims.errors import ConfigError


def require_choice(key: str, value: object, choices: tuple[Any, ...]) -> None:
    """Refuse a value that is not one of `choices`.

    Raises:
        ConfigError: naming the key, the value and the choices.
    """
    if value not in choices or (isinstance(value, bool) != isinstance(choices[0], bool)):
        allowed = ", ".join(str(choice) for choice in choices)
        raise ConfigError(f"data.{key}={value} is not possible; it may be {allowed}")


def require_fraction(key: str, value: object) -> None:
    """Refuse a value that is no number in [0, 1].

    Raises:
        ConfigError: naming the key and the value.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigError(f"data.{key}={value} is not possible; it is a fraction from 0 to 1")


def require_count(key: str, value: object, *, optional: bool = True) -> None:
    """Refuse a value that is no whole number above 0; None is allowed if `optional`.

    Raises:
        ConfigError: naming the key and the value.
    """
    if value is None and optional:
        return
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        none = ", or null for all" if optional else ""
        raise ConfigError(f"data.{key}={value} is not possible; it is a whole number > 0{none}")
