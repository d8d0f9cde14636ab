"""deepclaims: what two lecture decks on neural networks claim, trained, judged and published."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_OFFERED = {"load": "deepclaims.sweep.loading", "lightning": "deepclaims.sweep.lightning"}
"""Where `deepclaims.load` and `deepclaims.lightning` are: imported when they are asked for, since
what they need takes seconds."""


def __getattr__(name: str) -> Any:
    """What the package offers to notebooks and scripts."""
    if name not in _OFFERED:
        raise AttributeError(f"module 'deepclaims' has no attribute {name!r}")
    return getattr(importlib.import_module(_OFFERED[name]), name)
