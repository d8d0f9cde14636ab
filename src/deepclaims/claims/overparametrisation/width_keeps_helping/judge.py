"""Test error over widths that all interpolate, each at the rate that validation chose."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import (
    mean_interval,
    paired_difference,
    slope_interval,
    trend,
)

PARTS = ("narrow", "wide")
"""Widths that are meant not to fit all samples, and those that are."""


def judge(results: Results) -> dict[str, Measured]:
    """Errors in percentage points; widths in doublings."""
    widths, error = by_width(results, "wide", "test_error")
    doublings = np.broadcast_to(np.log2(widths), error.shape)
    seeds = np.repeat(np.arange(len(error)), widths.size)
    trained = by_width(results, "wide", "train_error")[1]
    narrow = by_width(results, "narrow", "train_error")[1]
    return {
        "trend": trend(error),
        "gain": paired_difference(error[:, 0], error[:, -1]),
        "slope": slope_interval(doublings, error, seeds),
        "last_quadrupling": paired_difference(error[:, -3], error[:, -1]),
        "interpolates": [mean_interval(each) for each in trained.T],
        "narrowest_does_not": mean_interval(narrow[:, 0]),
    }


def by_width(results: Results, part: str, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Widths, (widths,), and a metric at each one's rate in percentage points, (seeds, widths)."""
    widths = results.axis(part, "model.width")
    values = [100 * at(results, part, width).reported(metric) for width in widths]
    return np.array(widths), np.stack(values, axis=1)


def at(results: Results, part: str, width: int) -> Tuned:
    """Nets of a width, at the rate that was chosen for it."""
    return results.tuned(part, where={"model.width": width})
