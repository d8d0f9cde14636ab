"""`key=value` arguments of the verbs that need no Hydra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deepclaims.errors import ConfigError


def read_overrides(
    verb: str, overrides: Sequence[str], known: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Read `key=value` arguments; what is not given has the first of its known values.

    Args:
        verb: for the message.
        overrides: the arguments; a later one wins.
        known: the values each key may have, the default first.

    Raises:
        ConfigError: an argument that is not `key=value`, an unknown key or value; the message
            lists the known ones.
    """
    values = {key: choices[0] for key, choices in known.items()}
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or key not in known:
            keys = ", ".join(f"{name}={'|'.join(choices)}" for name, choices in known.items())
            raise ConfigError(f"deepclaims {verb} does not know {override!r}; known: {keys}")
        if value not in known[key]:
            raise ConfigError(f"{key}={value} is not possible; known: {', '.join(known[key])}")
        values[key] = value
    return values
