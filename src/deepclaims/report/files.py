"""Files that appear whole or not at all, written in a form that does not depend on the machine."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from deepclaims.errors import StorageError


def write(path: Path, content: str | bytes) -> None:
    """Write a file through a neighbour and a rename, so that no reader ever sees half of it.

    Args:
        path: the file; its folder is made if missing.
        content: bytes, or text that becomes UTF-8.

    Raises:
        StorageError: when the folder or the file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, neighbour = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(neighbour).chmod(0o644)  # mkstemp's 0600 would hide the report from a web server
            Path(neighbour).replace(path)
        except BaseException:
            Path(neighbour).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error


def json_text(content: Any) -> str:
    """JSON as it goes into files: sorted keys, readable Unicode, no NaN, a newline at the end."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
