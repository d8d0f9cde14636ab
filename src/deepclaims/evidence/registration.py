"""What a claim promised before it was measured, as three hashes that travel with every row.

A row keeps the registration under which it was *run*, not the one under which it is judged or
taken from the cache again; one that several claims share keeps that of each claim that asked for it
then. A verdict is post hoc as soon as one row it rests on was run under
another question, criterion or grid than the file states now.

The number of seeds belongs to the grid: to look at five seeds and then ask for five more is
also a choice made after seeing. Which seeds they are does not: after an honest change, moving
`seeds.first` to numbers never used measures everything afresh under the new registration, and
the mark goes. What hashes cannot see is a run that was thrown away; the file's history can.
What a check `says` explains it to a reader and is not hashed; its numbers are, and so are the
sentences, with how each is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from deepclaims.errors import StorageError

_CRITERION = ("criterion", "control")
WORDS = ("says", "fails", "relevant")
"""Entries of a check that explain it and decide nothing."""
_GRID = ("data", "grid", "parts", "seeds", "profiles")


@dataclass(frozen=True)
class Registration:
    """Hashes of a claim's question, criterion and grid (hexadecimal, 12 digits each)."""

    question: str
    criterion: str
    grid: str

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Registration:
        """The registration of a claim's YAML file.

        Args:
            written: the file's content as it stands: no profile merged in, nothing resolved.
        """
        return cls(
            question=_hash(written.get("question")),
            criterion=_hash(
                _without(
                    WORDS,
                    {key: written.get(key) for key in _CRITERION}
                    | ({"sentences": written["sentences"]} if "sentences" in written else {}),
                )
            ),
            grid=_hash(
                _without(
                    ("first",),
                    {key: written.get(key) for key in _GRID}
                    | ({"tune": written["tune"]} if "tune" in written else {}),
                )
            ),
        )

    def __str__(self) -> str:
        """One word for a column of a table: `question-criterion-grid`."""
        return "-".join((self.question, self.criterion, self.grid))

    @classmethod
    def read(cls, word: str) -> Registration:
        """The registration that `str` wrote.

        Raises:
            StorageError: when the word is none.
        """
        parts = word.split("-")
        if len(parts) != len(fields(cls)):
            raise StorageError(f"'{word}' is no registration: measure the claim again")
        return cls(*parts)

    def changes(self, other: Registration) -> list[str]:
        """Which of question, criterion and grid differ."""
        names = [each.name for each in fields(self)]
        return [name for name in names if getattr(self, name) != getattr(other, name)]


MARKS = tuple(each.name for each in fields(Registration))
"""What a verdict may be marked post hoc for, in the order it is told."""

UNREGISTERED = Registration("none", "none", "none")
"""Of a row that was run before the claim that now uses it asked for it."""


def post_hoc(current: Registration, measured: Iterable[Registration]) -> tuple[str, ...]:
    """What differs between the file as it stands and the registrations of the rows.

    Args:
        current: of the claim's file now.
        measured: of the rows that the verdict rests on.

    Returns:
        Any of question, criterion, grid; empty when everything was run under the current one.
    """
    changed = {name for each in set(measured) for name in current.changes(each)}
    return tuple(each.name for each in fields(current) if each.name in changed)


def _hash(content: Any) -> str:
    canonical = json.dumps(_tidy(content), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _tidy(content: Any) -> Any:
    """Text without the accidents of line breaks; numbers so that 1 and 1.0 are one."""
    if isinstance(content, Mapping):
        return {str(key): _tidy(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_tidy(value) for value in content]
    if isinstance(content, str):
        return " ".join(content.split())
    if isinstance(content, int) and not isinstance(content, bool):
        return float(content)
    return content


def _without(left_out: tuple[str, ...], content: Any) -> Any:
    if isinstance(content, Mapping):
        kept = {key: value for key, value in content.items() if key not in left_out}
        return {key: _without(left_out, value) for key, value in kept.items()}
    if isinstance(content, list):
        return [_without(left_out, value) for value in content]
    return content
