"""The error below which nothing gets on a data set, as far as it is known: `conf/bayes.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from deepclaims.errors import ConfigError

FILE = "bayes.yaml"
EXACT, BEST, NONE = "exact", "best", "none"
KINDS = (EXACT, BEST, NONE)
KEYS = ("error", "kind", "noise", "source")
UNSTATED = {"es": "Nadie lo declaró.", "en": "Nobody has stated it."}
STAND_IN = {"es": "Son datos sustitutos.", "en": "These are stand-in data."}

NOISY = {
    "es": "Se sumó la parte de las etiquetas de train que se cambió; en validación puede no haber.",
    "en": "Added is the share of training labels that was changed; validation may have none.",
}


@dataclass(frozen=True)
class Reference:
    """The Bayes error, or what stands in its place.

    Args:
        error: a share; 0 where none is known.
        kind: `exact`; `best`, the least that was published, which the Bayes error does not exceed;
            or `none`.
        source: where it comes from, or why there is none, in both languages.
    """

    error: float = 0.0
    kind: str = NONE
    source: Mapping[str, str] = field(default_factory=lambda: UNSTATED)


@dataclass(frozen=True)
class References:
    """What is known of each data set, by its name."""

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, conf: Path) -> Self:
        """The references of a project; none where it has no such file.

        Raises:
            ConfigError: for a file that is no such; names what is wrong with it.
        """
        file = conf / FILE
        if not file.is_file():
            return cls()
        try:
            entries = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise ConfigError(f"{file} is not valid YAML: {' '.join(str(error).split())}") from None
        for name, entry in entries.items():
            if unknown := [key for key in entry if key not in KEYS]:
                known = ", ".join(KEYS)
                raise ConfigError(f"{FILE}: {name} does not know {unknown}; known: {known}")
            if entry.get("kind") not in KINDS or "source" not in entry:
                raise ConfigError(f"{FILE}: {name} needs a source and a kind: {', '.join(KINDS)}")
            if (entry["kind"] == NONE) == ("error" in entry):
                raise ConfigError(f"{FILE}: {name} has an error, unless its kind is {NONE}")
        return cls(entries)

    def of(self, data: Mapping[str, Any], *, stand_in: bool = False) -> Reference:
        """The reference of the training labels that a config's `data` gives.

        Args:
            data: name of the data set, and its options.
            stand_in: whether other data stand in its place, of which nothing is known.
        """
        entry = self.entries.get(str(data.get("name")))
        if entry is None or stand_in:
            return Reference(source=STAND_IN if stand_in else UNSTATED)
        stated = entry.get("error", 0.0)
        error = float(data.get(stated, 0.0) if isinstance(stated, str) else stated)
        noise = float(data.get(entry.get("noise", ""), 0.0))
        source = {
            language: f"{text} {NOISY[language]}" if noise else text
            for language, text in entry["source"].items()
        }
        return Reference(error + noise - error * noise, entry["kind"], source)
