"""What was read out of files, kept until one of them changes, or the code that reads it.

Reading a claim takes ten milliseconds, most of it YAML, and a changed text is one of a catalogue:
so `register` and `judge` keep the claims as they read them, as Python keeps compiled modules. A
file that is damaged, or cannot be written, is done without, and what changes while it is read is
not kept.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
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
        code: hash of all that reads it, as it is now.
    """

    def __init__(self, file: Path, code: Callable[[], str]) -> None:
        self._file, self._code = file, code
        self._reader = code()
        self._known = _read(file)
        self._asked: dict[str, bytes] = {}

    @classmethod
    def of(cls, project: Project, verb: str) -> KeptReading:
        """What a verb keeps in a project's space."""
        return cls(project.root / project.space / FOLDER / f"{verb}.pickle", _code)

    def read(self, what: str, files: Iterable[Path], make: Callable[[], T]) -> T:
        """What files hold, read by `make` where it is not known from these very bytes.

        Args:
            what: is read out of them; the same words must always ask the same.
            files: all that it follows from, besides code and libraries.
            make: reads it.
        """
        content = partial(_content, [*files])
        return self._answer(what, content(), make, content)

    def follow(self, what: str, of: object, make: Callable[[], T]) -> T:
        """What follows from something that was read.

        Args:
            what: follows from it; the same words must always ask the same.
            of: all that it follows from, besides code and libraries.
            make: makes it.
        """
        content = pickle.dumps(of)
        return self._answer(what, content, make, lambda: content)

    def write(self) -> None:
        """Keep what was asked for, where any of it is new and the code is still what made it."""
        if self._asked == self._known or self._code() != self._reader:
            return
        with suppress(StorageError):
            atomic.write(self._file, pickle.dumps(self._asked))

    def _answer(
        self, what: str, content: bytes, make: Callable[[], T], after: Callable[[], bytes]
    ) -> T:
        key = hashlib.sha256(f"{self._reader}\n{what}\n".encode() + content).hexdigest()
        with suppress(Exception):  # there is none, or whatever a damaged pickle comes to
            found: T = _unpacked(self._known[key])
            self._asked[key] = self._known[key]
            return found
        made = make()
        if after() == content:
            self._asked[key] = _packed(made)
        return made


def _content(files: Iterable[Path]) -> bytes:
    """All bytes of files, told apart by their names and lengths."""
    found = b""
    for file in files:
        own = file.read_bytes() if file.is_file() else b"none"
        found += f"{file} {file.is_file()} {len(own)}\n".encode() + own
    return found


def _packed(made: object) -> bytes:
    data = pickle.dumps(made)
    return hashlib.sha256(data).digest() + data


def _unpacked(kept: bytes) -> Any:
    size = hashlib.sha256().digest_size
    if hashlib.sha256(kept[size:]).digest() != kept[:size]:
        raise ValueError("damaged")
    return pickle.loads(kept[size:])


def _read(file: Path) -> dict[str, bytes]:
    try:
        known: Any = pickle.loads(file.read_bytes())
    except Exception:  # whatever a damaged pickle comes to
        return {}
    return known if isinstance(known, dict) else {}


def _code() -> str:
    init = source.file_of(source.PACKAGE)
    assert init is not None
    return repr([sources_hash(init.parent), *map(version, LIBRARIES)])
