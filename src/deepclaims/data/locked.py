"""The lock on test splits: a pilot gets a part of what is kept to choose by in their place.

Whoever tries things out and looks at the test split has chosen by it. So a pilot's config says
`locked`, and then nothing of MNIST's test images or of the patients to test on is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LOCKED = "locked"
"""Option of a data set, and key of the config of a task that reads data itself."""
LOCKABLE = ("mnist", "fashion_mnist", "ecg", "ecg_past", "ecg_segments")


def locked(config: Mapping[str, Any]) -> dict[str, Any]:
    """The same config with the test split of every data set that it names locked."""
    found = {
        key: locked(value) if isinstance(value, Mapping) else value for key, value in config.items()
    }
    return found | ({LOCKED: True} if config.get("name") in LOCKABLE else {})


def is_locked(config: Mapping[str, Any]) -> bool:
    """Whether a task that reads data itself must not read what is to be tested on."""
    return bool(config.get(LOCKED, False))
