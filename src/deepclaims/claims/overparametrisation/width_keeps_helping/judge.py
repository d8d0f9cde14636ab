"""Test error over widths that all interpolate, each at the rate that validation chose."""

from __future__ import annotations

import numpy as np
from scipy import stats

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    median_interval,
    paired_difference,
    share_interval,
    slope_interval,
)

PARTS = ("narrow", "wide")
"""Widths that are meant not to fit all samples, and those that are."""
DOUBLINGS = 3
"""The last ones, over which the error must keep falling."""


def judge(results: Results) -> dict[str, Measured]:
    """Errors in percentage points; widths in doublings."""
    widths, error = by_width(results, "wide", "test_error")
    doublings = np.broadcast_to(np.log2(widths), error.shape)
    seeds = np.repeat(np.arange(len(error)), widths.size)
    trained = by_width(results, "wide", "train_error")[1]
    narrow = by_width(results, "narrow", "train_error")[1]
    return {
        "trend": median_interval(rank_correlations(error)),
        "keeps": last_fall(error, DOUBLINGS),
        "interpolates": share_interval((trained == 0).all(axis=1)),
        "narrowest_does_not": mean_interval(narrow[:, 0]),
        "gain": paired_difference(error[:, 0], error[:, -1]),
        "slope": slope_interval(doublings, error, seeds),
        "last_quadrupling": last_fall(error, 2),
        "last_doubling": last_fall(error, 1),
    }


def rank_correlations(rows: np.ndarray) -> np.ndarray:
    """Spearman's, of each row with the order of its columns, (rows,); 0 for a constant row.

    Rounded, so that one of 0 has no sign by the last digit.
    """
    order = np.arange(rows.shape[1])
    each = [stats.spearmanr(order, row).statistic if np.ptp(row) else 0.0 for row in rows]
    return np.round(np.array(each, dtype=float), 12)


def last_fall(error: np.ndarray, doublings: int) -> Estimate:
    """By how much the error falls over the last doublings of the width."""
    return paired_difference(error[:, -1 - doublings], error[:, -1])


def by_width(results: Results, part: str, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Widths, (widths,), and a metric at each one's rate in percentage points, (seeds, widths)."""
    widths = results.axis(part, "model.width")
    values = [100 * at(results, part, width).reported(metric) for width in widths]
    return np.array(widths), np.stack(values, axis=1)


def at(results: Results, part: str, width: int) -> Tuned:
    """Nets of a width, at the rate that was chosen for it."""
    return results.tuned(part, where={"model.width": width})
