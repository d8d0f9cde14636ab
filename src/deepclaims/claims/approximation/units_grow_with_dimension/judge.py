"""Growth of the width with the dimension, in bits a dimension."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import slope_interval


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered."""
    return {
        "proved": _proved(results, "random"),
        "trained": _trained(results, "product"),
        "ridge_flat": _trained(results, "ridge"),
        "parity_cheap": _proved(results, "parity"),
        "parity_exact": exact(float(results.curve("counted", "parity_error")[1].max())),
    }


def widths(results: Results, target: str) -> np.ndarray:
    """Widths that training needs, (seeds, dimensions)."""
    dimensions = results.axis("needed", "dimension")
    cells = [results.values("needed", "width", target, {"dimension": d}) for d in dimensions]
    return np.array(cells).T


def _trained(results: Results, target: str) -> Estimate:
    """Slope of log2 of the width on d: a line a seed, averaged over seeds."""
    logs = np.log2(widths(results, target))
    across = np.broadcast_to(np.array(results.axis("needed", "dimension"), dtype=float), logs.shape)
    return slope_interval(across, logs, np.repeat(np.arange(len(logs)), logs.shape[1]))


def _proved(results: Results, name: str) -> Estimate:
    """The same slope of exact numbers."""
    dimensions, counts = results.curve("counted", name)
    return exact(float(np.polyfit(dimensions, np.log2(counts[0]), 1)[0]))
