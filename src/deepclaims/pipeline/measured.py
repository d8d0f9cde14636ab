"""What was measured, in a file that Git keeps: a claim a line, with the hash of its tables.

`judge` depends on this file and not on the tables. They are in DVC's cache, which a fresh clone
does not have, and DVC stops without a word of ours where a dependency is missing; so it is our
verb that says what to run first. A claim measured alone leaves the file as it is: its changed
tables make the stage run, which writes it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from deepclaims import atomic
from deepclaims.pipeline import deposit

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
        if (folder / deposit.ABOUT).is_file()
    }
    return atomic.update(results.parent / NAME, atomic.json_text(found))


def _sha256(folder: Path) -> str:
    """Of a folder's tables, and of what of `about.json` is the same wherever it is computed."""
    about = json.loads((folder / deposit.ABOUT).read_text(encoding="utf-8"))
    content = {"about": deposit.deciding(about), "tables": deposit.hashes(folder)}
    return hashlib.sha256(atomic.json_text(content).encode()).hexdigest()
