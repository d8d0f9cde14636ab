"""The report's own words in Spanish and English, kept in `templates/*.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from deepclaims.languages import LANGUAGES

TABLES = ("words.toml", "claim.toml", "site.toml", "methods.toml", "moving.toml")
"""The files of the texts."""

METHODS_ES = {
    "exact": "exacto",
    "Clopper–Pearson": "Clopper–Pearson",
    "Clopper–Pearson, all agree": "Clopper–Pearson, todos coinciden",
    "Newcombe": "Newcombe",
    "Page": "Page",
    "not measured": "no se midió",
    "studentised bootstrap": "bootstrap studentizado",
    "Kolmogorov": "Kolmogórov",
    "sign test": "prueba de los signos",
    "least squares, known errors": "mínimos cuadrados, errores conocidos",
    "t, pooled moments, mean of cells": "t, momentos agrupados, promedio de celdas",
    "ratio of pooled means": "cociente de medias agrupadas",
    "t": "t de Student",
    "t, paired": "t de Student, apareado",
    "Welch's t": "t de Welch",
    "t on logarithms, paired": "t sobre logaritmos, apareado",
    "t over slopes": "t sobre pendientes",
    "t, pooled moments": "t, momentos agrupados",
    "t over rank correlations": "t sobre correlaciones de rangos",
    "least squares": "mínimos cuadrados",
    "studentised bootstrap, seeds × patients": "bootstrap studentizado, semillas × pacientes",
}
"""Spanish names of all interval methods."""


class Words:
    """The report's words in one language; `words.key` is the text, `words("key", n=3)` fills it."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        """The text under `key`, with `{name}` filled from `values`.

        Raises:
            KeyError: when `words.toml` has no such text.
        """
        return table()[key][self.language].format(**values)

    @staticmethod
    def has(key: str) -> bool:
        """Whether there is a text under `key`."""
        return key in table()

    def of(self, text: Mapping[str, str] | str | None) -> str:
        """A claim's text in this language; a text without languages is the same in both."""
        if isinstance(text, Mapping):
            return str(text.get(self.language) or "")
        return text or ""

    def interval_method(self, name: str) -> str:
        """The name of an interval method."""
        return METHODS_ES.get(name, name) if self.language == "es" else name

    def __getattr__(self, key: str) -> str:
        if key not in table():
            raise AttributeError(f"words.toml has no text '{key}'")
        return table()[key][self.language]


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """All texts: key -> language -> text."""
    folder = files("deepclaims.report") / "templates"
    read = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in TABLES]
    return {key: text for each in read for key, text in each.items()}
