"""What the checks of a catalogue can do, kept from the last judging where it follows from the same.

It takes `scipy.stats`, which a judging of changed texts needs for nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deepclaims import atomic
from deepclaims.evidence.check import Finding
from deepclaims.evidence.operating import Operating
from deepclaims.sweep.fingerprint import code_fingerprint

NAME = "operating.json"
"""The file beside the evidence of the chapters."""
CODE = (
    "deepclaims.evidence.operating:Operating",
    "deepclaims.evidence.power:characteristics",
    "deepclaims.evidence.power:level_to_survive",
)


class KeptOperating:
    """Operating characteristics by the hash of all that they follow from.

    Args:
        folder: of the evidence; nothing is kept if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder and folder / NAME
        self._known = _read(self._file)
        self._asked: dict[str, dict[str, Any] | None] = {}
        self._code = [code_fingerprint(CODE), *map(version, ("numpy", "scipy"))]

    def of(self, found: Finding, attempt: int, family: int) -> Operating | None:
        """As `Operating.of`."""
        if found.check.relevant is None:
            return None
        check, estimate = found.check, found.estimate.to_dict()
        deciding = [str(check.role), str(check.relation), check.bound, check.relevant, estimate]
        text = json.dumps([self._code, deciding, attempt, family], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        if key in self._known:
            written = self._known[key]
        else:
            made = Operating.of(found, attempt, family)
            written = made and made.to_dict()
        self._asked[key] = written
        return written and Operating.from_dict(written)

    def write(self) -> None:
        """Keep those that were asked for."""
        if self._file is not None:
            atomic.update(self._file, atomic.json_lines(self._asked))


def _read(file: Path | None) -> Mapping[str, Any]:
    try:
        known = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
