"""deepclaims: what two lecture decks on neural networks claim, trained, judged and published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from deepclaims.sweep.lightning import lightning as lightning
    from deepclaims.sweep.loading import load as load

_LAZY = {"load": "deepclaims.sweep.loading", "lightning": "deepclaims.sweep.lightning"}


def __getattr__(name: str) -> Any:
    """`deepclaims.load` and `deepclaims.lightning`: what is heavy is imported when it is asked."""
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"module 'deepclaims' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
