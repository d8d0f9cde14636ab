"""Data sets: from verified files to resident tensors.

Importing this package costs nothing, so that `deepclaims fetch` starts at once; what loads tensors
is `registry`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepclaims.groups import Table

PREPARED = Table(
    "prepared data set",
    {
        "mnist": "mnist",
        "fashion_mnist": "fashion_mnist",
        "ecg": "ecg",
        "ecg_past": "ecg",
        "ecg_segments": "ecg",
    },
)
"""Prepared folder of each data set that has one; the others are computed from their config."""


_DRAWN_IMAGES: Mapping[str, object] = {
    "n_train": None,
    "label_noise": 0.0,
    "validation_noise": 0.0,
    "permute": False,
}

DRAWN: Mapping[str, Mapping[str, object]] = {
    "mnist": _DRAWN_IMAGES,
    "fashion_mnist": _DRAWN_IMAGES,
    "ecg": {"shuffle_labels": False},
    "ecg_segments": {"n_train": None, "balanced": False},
    "function": {},
}
"""Options for which a data set draws from the seed, with the value at which it does not."""


def drawn_by_seed(config: Mapping[str, Any]) -> bool:
    """Whether `load` gives other tensors for another seed; True where that is not known."""
    name = str(config.get("name"))
    if name not in DRAWN:
        return True
    return any(config.get(key, off) != off for key, off in DRAWN[name].items())
