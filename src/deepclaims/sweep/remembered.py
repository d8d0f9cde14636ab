"""What was once read out of the package's code, kept until a file of the package changes.

Reading a fingerprint out of the code takes tens of milliseconds, and a verb asks for a hundred. It
follows from the sources alone, so it is kept as Python keeps compiled modules: beside the code, in
`__pycache__`, under the hash of all sources. A file that is damaged, or cannot be written, is done
without.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from deepclaims import atomic
from deepclaims.errors import StorageError
from deepclaims.sweep import source


class Memory:
    """Answers to questions about the package's code, of one state of the code.

    Args:
        file: where they are kept.
        code: hash of the sources; answers about other sources are forgotten.
    """

    def __init__(self, file: Path, code: str) -> None:
        self._file, self._code = file, code
        self._answers: dict[str, str] = {}
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["code"] == code:
                self._answers = dict(kept["answers"])
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def ask(self, question: str, answer: Callable[[], str]) -> str:
        """The answer to a question; the same words must always ask the same."""
        if question not in self._answers:
            self._answers[question] = answer()
            try:
                text = json.dumps({"code": self._code, "answers": self._answers})
                atomic.write(self._file, text)
            except StorageError:
                pass
        return self._answers[question]


@cache
def memory() -> Memory:
    """The package's memory, for its sources as they are when it is first asked."""
    init = source.file_of(source.PACKAGE)
    assert init is not None
    return Memory(init.parent / "__pycache__" / "fingerprints.json", sources_hash(init.parent))


def sources_hash(root: Path) -> str:
    """Hash of every module below a folder, and of the Python that reads them."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(root.rglob("*.py")):
        content = source.source_of(file).encode()
        digest.update(f"\n{file.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
