"""Every beat of patients never seen: the whole of the lecture's example, and what it is worth."""

from __future__ import annotations

from typing import Any

from deepclaims.data.aami import DS2, VALIDATION
from deepclaims.data.ecg_strips import strip_tables, tapes
from deepclaims.data.locked import is_locked
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project


def strips(config: dict[str, Any], seed: int) -> Outcome:
    """Stretches of DS2's ECG to draw; nothing is drawn at random.

    Args:
        config: of it only whether the test is `locked`.
        seed: is not used.

    Returns:
        The tables of `ecg_strips.strip_tables`.
    """
    folder = Project.here().prepared("ecg")
    tables = strip_tables(list(tapes(folder, VALIDATION if is_locked(config) else DS2)))
    n_strips = len(tables["strips"][["record", "place"]].drop_duplicates())
    return Outcome({"n_strips": float(n_strips)}, {}, tables)
