"""Gaps of a lead: stretches in which no beat can be seen, since nothing was recorded."""

from __future__ import annotations

import numpy as np

LOST = 0.3
"""Seconds of missing samples: enough to hide a beat."""
FLAT = 10.0
"""Seconds of a line, or without a beat: hardly a heart pauses so long, a loose electrode does."""
QUIET = 0.01
"""Of what the lead moves within a second where it moves much: less is a line."""


def without_missing(lead: np.ndarray) -> np.ndarray:
    """The lead (n,) with NaN interpolated; one of nothing else becomes flat."""
    missing = ~np.isfinite(lead)
    if not missing.any():
        return lead
    filled, at = lead.copy(), np.arange(len(lead))
    filled[missing] = 0.0 if missing.all() else np.interp(at[missing], at[~missing], lead[~missing])
    return filled


def gaps(lead: np.ndarray, rate: float) -> np.ndarray:
    """Where nothing was recorded.

    Args:
        lead: (n,), NaN where a sample is missing.
        rate: samples a second.

    Returns:
        (k, 2): first sample of each gap, and the first after it; in order, apart from one another.
    """
    dark = _long(~np.isfinite(lead), LOST * rate) | _long(_quiet(lead, rate), FLAT * rate)
    return stretches(dark)


def stretches(mask: np.ndarray) -> np.ndarray:
    """(k, 2): where each run of True begins, and the first sample after it."""
    return np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)


def between(gaps: np.ndarray, length: int, shortest: float) -> np.ndarray:
    """(k, 2): what a lead of that length has apart from its gaps of at least so many samples."""
    seen = np.ones(length, dtype=bool)
    for first, end in gaps:
        if end - first >= shortest:
            seen[first:end] = False
    return stretches(seen)


def outside(gaps: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """(n,) bool: which of the samples are in no gap."""
    begun, over = (np.searchsorted(edge, sample, side="right") for edge in gaps.T)
    return begun == over


def first_after(gaps: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """(k,): which of the samples (n,), increasing and in no gap, are the first after one."""
    first = np.unique(np.searchsorted(sample, gaps[:, 0]))
    return first[(first > 0) & (first < len(sample))]


def first_after_silence(sample: np.ndarray, rate: float) -> np.ndarray:
    """(k,): which of the beats at samples (n,) are the first after so long that it is no pause."""
    return np.flatnonzero(np.diff(sample) >= FLAT * rate) + 1


def _quiet(lead: np.ndarray, rate: float) -> np.ndarray:
    """(n,) bool: the seconds in which the lead is a line."""
    second = round(rate)
    blocks = without_missing(lead)[: len(lead) // second * second].reshape(-1, second)
    moved = np.ptp(blocks, axis=1)
    if not len(moved):
        return np.zeros(len(lead), dtype=bool)
    quiet = np.repeat(moved <= QUIET * np.percentile(moved, 95), second)
    return np.pad(quiet, (0, len(lead) - len(quiet)), mode="edge")


def _long(mask: np.ndarray, shortest: float) -> np.ndarray:
    """The mask without its runs of less than `shortest`."""
    kept = np.zeros(len(mask), dtype=bool)
    for first, end in stretches(mask):
        kept[first:end] = end - first >= shortest
    return kept
