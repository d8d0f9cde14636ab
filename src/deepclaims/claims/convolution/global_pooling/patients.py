"""Patients in turn: who is trained on, chosen by and tested on, and the area of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.data.aami import halves
from deepclaims.data.splits import Split
from deepclaims.evidence.ranking import area_under_roc
from deepclaims.training.trained_net import probabilities

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10
"""Stretches of either kind that a patient must have, to have an area."""
RATE = 60
"""Samples a second."""

Patients = tuple[int, ...]


def divided(
    folds: Sequence[Patients], fold: int, *, locked: bool = False
) -> tuple[Patients, Patients, Patients]:
    """The patients to train on, to choose by and to test on.

    Args:
        folds: patients in parts.
        fold: which is tested on; the one after it is chosen by, the rest trained on.
        locked: test on half of those to choose by, and leave the fold out.
    """
    tested, held_out = folds[fold], folds[(fold + 1) % len(folds)]
    known = tuple(record for part in folds if part not in (tested, held_out) for record in part)
    if locked:
        held_out, tested = halves(held_out)
    return known, held_out, tested


def areas(net: nn.Module, of: Split, seconds: float) -> pd.DataFrame:
    """Areas under the ROC curve of "there is a ventricular beat", within each patient.

    Args:
        net: (n, 1, samples) -> (n, 2).
        of: stretches of one length.
        seconds: the length that the net was trained on.

    Returns:
        Columns `record` (row of the prepared records), `area` (NaN where the net does not read such
        stretches) and `fitted` (longer stretches cut into pieces of the length trained on, the
        highest score counting; shorter ones filled up with zeros), of patients with ten stretches
        of either kind.
    """
    import pandas as pd

    x, true, record = of.inputs[0], of.targets.numpy(), of.groups
    assert record is not None
    owner = record.numpy()
    length = round(seconds * RATE)
    fitted = fitted_score(net, x, length)
    try:
        own = fitted if x.shape[-1] == length else _score(net, x)
    except RuntimeError:
        own = np.full(len(x), np.nan)
    rows = []
    for each in np.unique(owner):
        mine = owner == each
        if min(np.bincount(true[mine], minlength=2)) < FEWEST:
            continue
        found = [
            area_under_roc(score[mine], true[mine]) if np.isfinite(score).all() else np.nan
            for score in (own, fitted)
        ]
        rows.append((int(each), *found))
    return pd.DataFrame(rows, columns=["record", "area", "fitted"])


def mean_area(table: pd.DataFrame) -> float:
    """Mean over patients; one half where nobody has an area."""
    found = table["area"].mean()
    return float(found) if np.isfinite(found) else 0.5


def fitted_score(net: nn.Module, x: Tensor, length: int) -> np.ndarray:
    """Scores (n,) of stretches of any length, by a net that takes `length` samples only."""
    short = -x.shape[-1] % length
    pieces = F.pad(x, (0, short)).unflatten(-1, (-1, length)).transpose(1, 2)
    scores = _score(net, pieces.flatten(0, 1)).reshape(len(x), -1)
    return np.asarray(scores.max(axis=1))


def _score(net: nn.Module, x: Tensor) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(probabilities(net, x)[:, 1].numpy())
