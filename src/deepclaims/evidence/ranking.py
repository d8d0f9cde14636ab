"""How well a score tells two classes apart, whatever threshold is set to it."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import rankdata


def area_under_roc(score: np.ndarray, true: np.ndarray) -> float:
    """Share of pairs (positive, negative) that the score puts in order; ties count half.

    Args:
        score: (n,).
        true: (n,), 1 or 0. NaN comes out where all are alike.
    """
    positive = int(true.sum())
    negative = len(true) - positive
    if not positive or not negative:
        return math.nan
    ranks = rankdata(score)[true == 1].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * negative))
