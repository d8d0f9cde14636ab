"""Data of one's own: `.npz`, CSV and IDX files, and folders of WFDB records, known by content.

What a run's key says of them is a hash of their content: a file that changed is other data, one
that was moved is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deepclaims.errors import ConfigError, DataError

FILES = ("arrays", "csv", "idx", "wfdb")
"""Data sets that are read from `data.path`."""

FOLDERS = ("idx", "wfdb")
"""Those of them that read a folder."""

PATH = "path"
_SEEN: dict[tuple[str, int, int, int], str] = {}


def is_of_files(data: Mapping[str, Any]) -> bool:
    """Whether a `data` group names files of one's own."""
    return str(data.get("name")) in FILES


def path_of(data: Mapping[str, Any]) -> Path:
    """The file or folder that a `data` group names, absolute.

    Raises:
        ConfigError: it names none.
        DataError: there is no such file or folder.
    """
    name, said = data.get("name"), data.get(PATH)
    if not said or said == "???":
        raise ConfigError(f"data={name} needs a file: say data.path=…")
    path = Path(str(said)).expanduser().resolve()
    if not path.exists():
        raise DataError(f"data.path={said}: there is no {path}")
    return path


def files_of(data: Mapping[str, Any]) -> list[Path]:
    """The files that a `data` group reads, sorted.

    Raises:
        ConfigError: it names none.
        DataError: there are none.
    """
    path = path_of(data)
    if path.is_file():
        return [path]
    found = sorted(file for file in path.iterdir() if file.is_file() and file.name[0] != ".")
    if data["name"] not in FOLDERS or not found:
        raise DataError(f"data={data['name']}: {path} has no files to read")
    return found


def content_fingerprint(data: Mapping[str, Any]) -> str:
    """A hash of the content of the files that a `data` group reads.

    Raises:
        ConfigError: it names none.
        DataError: there are none, or they cannot be read.
    """
    files = files_of(data)
    if len(files) == 1 and files[0] == path_of(data):
        return _hash(files[0])
    listed = "\n".join(f"{file.name} {_hash(file)}" for file in files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _hash(file: Path) -> str:
    try:
        about = file.stat()
        seen = (str(file), about.st_size, about.st_mtime_ns, about.st_ino)
        if seen not in _SEEN:
            with file.open("rb") as content:
                _SEEN[seen] = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}") from None
    return _SEEN[seen]
