"""What was measured, in a file that Git keeps: a claim a line, with the sha256 of its tables.

`judge` depends on this file and not on the tables. They are in DVC's cache, which a fresh clone
does not have, and DVC stops without a word of ours where a dependency is missing; so it is our
verb that says what to run first. A claim measured alone leaves the file as it is: its changed
tables make the stage run, which writes it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from deepclaims import atomic

NAME = "measured.json"


def write(results: Path) -> bool:
    """Bring the file up to the tables there are; whether that changed it.

    Args:
        results: the folder of tables, chapter by chapter; the file lies beside it.

    Raises:
        StorageError: when it cannot be written.
    """
    found = {
        folder.relative_to(results).as_posix(): _sha256(folder)
        for folder in results.glob("*/*")
        if (folder / "about.json").is_file()
    }
    return atomic.update(results.parent / NAME, atomic.json_text(found))


def _sha256(folder: Path) -> str:
    """Of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        with file.open("rb") as content:
            of_file = hashlib.file_digest(content, "sha256").hexdigest()
        digest.update(f"{of_file}  {file.name}\n".encode())
    return digest.hexdigest()
