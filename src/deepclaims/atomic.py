"""Files and folders that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deepclaims.errors import StorageError


def write(path: Path, content: str | bytes, *, sync: bool = False) -> None:
    """Write a file through a neighbour and a rename, so that no reader ever sees half of it.

    Args:
        path: the file; its folder is made if missing.
        content: bytes, or text that becomes UTF-8.
        sync: whether it must outlive a power cut.

    Raises:
        StorageError: when the folder or the file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        neighbour = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            neighbour.chmod(0o644)  # mkstemp's 0600 would hide the file from a web server
            neighbour.replace(path)
        finally:
            neighbour.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error


def update(path: Path, content: str | bytes) -> bool:
    """Write a file as `write` does, unless it holds just that; whether it was written."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    write(path, data)
    return True


def renew(path: Path, content: str | bytes, old: Path) -> None:
    """Write a file of a draft: as a link to `old` where that holds just this.

    Then nothing is written, nor freed when `old` is removed, and whoever knows its hash by inode
    and time, as DVC and Git do, knows that of the new one.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if old.read_bytes() == data:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(old, path)
            return
    except OSError:  # there is no such file, or no link
        pass
    write(path, data)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """A draft of a folder, which takes the folder's place when the block ends well.

    When it does not, or the draft cannot be moved, the folder is as it was before.

    Args:
        path: the folder; what it held is replaced.

    Raises:
        StorageError: when anything in the block cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            draft = workshop / "new"
            draft.mkdir()
            yield draft
            swap(draft, path)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    except OSError as error:
        where = error.filename or path
        raise StorageError(f"cannot write {where}: {error.strerror or error}") from error


def swap(fresh: Path, path: Path) -> None:
    """Let a finished folder take the place of another; if that fails, the other one stays."""
    if not path.exists():
        fresh.rename(path)
        return
    workshop = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        path.rename(workshop / "old")
        try:
            fresh.rename(path)
        except OSError:
            (workshop / "old").rename(path)
            raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def json_lines(content: Mapping[str, Any]) -> str:
    """As `json_text`, of an object with a line for each of its entries: fewer bytes where deep."""
    entries = (
        f"{json.dumps(key, ensure_ascii=False)}: "
        + json.dumps(
            value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        for key, value in sorted(content.items())
    )
    return "{\n" + ",\n".join(entries) + "\n}\n"


def json_text(content: Any) -> str:
    """JSON as it goes into files: sorted keys, readable Unicode, no NaN, a newline at the end."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
