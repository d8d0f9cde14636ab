"""When a curve first comes below a level."""

from __future__ import annotations

import math

import numpy as np


def crossing(distances: list[float], epsilon: float) -> float:
    """When a falling sequence, indexed by steps, first comes down to ε; NaN if never.

    Between steps it is taken to fall geometrically.
    """
    below = np.flatnonzero(np.asarray(distances) <= epsilon)
    if not below.size:
        return math.nan
    t = int(below[0])
    if t == 0:
        return 0.0
    before, after = distances[t - 1], distances[t]
    return t - 1 + math.log(before / epsilon) / math.log(before / after)
