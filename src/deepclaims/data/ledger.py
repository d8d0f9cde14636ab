"""What has been verified: a file is hashed once, then known by its size and time.

The ledger lies beside the raw folder, not in it, so that the folder holds nothing but content
that is the same whenever and from wherever it was fetched.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from pathlib import Path


def sha256_of(path: Path, *, unpacked: bool = False) -> str:
    """The sha256 of a file, in hexadecimal.

    Args:
        path: the file.
        unpacked: of what a gzip file holds instead, the same whoever compressed it and how well;
            empty if it is no whole gzip file.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    if not unpacked:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with gzip.open(path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return ""


class Ledger:
    """Which files were found right, and who served them.

    Args:
        path: its JSON file; a missing or damaged one is an empty ledger, which costs time only.
        unpacked: whether it knows files by what they hold, see `sha256_of`.
    """

    def __init__(self, path: Path, *, unpacked: bool = False) -> None:
        self.path = path
        self.unpacked = unpacked
        self.served_by = ""
        self._files: dict[str, list[int | str]] = {}
        self._changed = False
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            self.served_by, self._files = str(content["served_by"]), dict(content["files"])
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def digest(self, path: Path) -> str | None:
        """The file's sha256, None if there is no such file; read only if it may have changed."""
        try:
            stat = path.stat()
        except OSError:
            return None
        size, time, digest = self._files.get(path.name, (None, None, ""))
        if (size, time) == (stat.st_size, stat.st_mtime_ns):
            return str(digest)
        found = sha256_of(path, unpacked=self.unpacked)
        self._files[path.name] = [stat.st_size, stat.st_mtime_ns, found]
        self._changed = True
        return found

    def serve(self, served_by: str) -> None:
        """Note who served the files that are there now."""
        self._changed = self._changed or served_by != self.served_by
        self.served_by = served_by

    def save(self) -> None:
        """Write what was learnt, if anything was.

        Raises:
            OSError: the file cannot be written.
        """
        if not self._changed:
            return
        fresh = self.path.with_name(f"{self.path.name}.part")
        content = {"served_by": self.served_by, "files": self._files}
        fresh.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
        fresh.replace(self.path)
        self._changed = False
