"""What was read out of files, kept until one of them changes, or the code that reads it.

Reading a claim takes ten milliseconds, most of it YAML, and a changed text is one of a catalogue:
so `register` and `judge` keep the claims as they read them, as Python keeps compiled modules. A
file that is damaged, or cannot be written, is done without.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from deepclaims import atomic
from deepclaims.errors import StorageError
from deepclaims.project import Project
from deepclaims.sweep import source
from deepclaims.sweep.remembered import sources_hash

FOLDER = ".kept"
"""Where a project has what its verbs keep."""
LIBRARIES = ("omegaconf", "pyyaml")
"""What reads the files, besides this package."""

T = TypeVar("T")


class KeptReading:
    """What a verb read out of files the last time, and what it reads now.

    Args:
        file: where it is kept.
        code: hash of all that reads it.
    """

    def __init__(self, file: Path, code: str) -> None:
        self._file, self._code = file, code
        self._known = _read(file)
        self._asked: dict[str, bytes] = {}

    @classmethod
    def of(cls, project: Project, verb: str) -> KeptReading:
        """What a verb keeps in a project's space."""
        folder = project.root / project.space / FOLDER
        return cls(folder / f"{verb}.pickle", _code())

    def read(self, what: str, files: Iterable[Path], make: Callable[[], T]) -> T:
        """What files hold, read by `make` where it is not known from these very bytes.

        Args:
            what: is read out of them; the same words must always ask the same.
            files: all that it follows from, besides code and libraries.
            make: reads it.
        """
        digest = hashlib.sha256(f"{self._code}\n{what}".encode())
        for file in files:
            content = file.read_bytes() if file.is_file() else b"none"
            digest.update(f"\n{file} {file.is_file()} {len(content)}\n".encode() + content)
        key = digest.hexdigest()
        if key not in self._known:
            made = make()
            self._asked[key] = pickle.dumps(made)
            return made
        self._asked[key] = self._known[key]
        found: T = pickle.loads(self._known[key])
        return found

    def write(self) -> None:
        """Keep what was asked for, where any of it is new."""
        if self._asked.keys() == self._known.keys():
            return
        with suppress(StorageError):
            atomic.write(self._file, pickle.dumps(self._asked))


def _read(file: Path) -> dict[str, bytes]:
    try:
        known: Any = pickle.loads(file.read_bytes())
    except Exception:  # whatever a damaged pickle comes to
        return {}
    return known if isinstance(known, dict) else {}


@cache
def _code() -> str:
    init = source.file_of(source.PACKAGE)
    assert init is not None
    return repr([sources_hash(init.parent), *map(version, LIBRARIES)])
