"""From a two-lead record to beats on one scale: filter, cut, compare with a reference beat."""

from __future__ import annotations

import numpy as np

RATE = 360
"""Samples a second as published."""
DECIMATION = 3
PREPARED_RATE = RATE // DECIMATION
"""120 samples a second: the QRS has little above 40 Hz."""
BEFORE, AFTER = 48, 60
"""A beat is samples -48..+59 about its annotation: 0.40 s before to 0.50 s after."""
WINDOW = BEFORE + AFTER
QRS = slice(BEFORE - 10, BEFORE + 11)
P_WAVE = slice(BEFORE - 30, BEFORE - 8, 2)
"""0.25 s to 0.07 s before the annotation; a P wave is slow, 60 samples a second show it."""
BASELINE = (25, 73)
"""Medians over about 200 ms and then 600 ms (de Chazal 2004): what is left without the beats."""


def filtered(signal: np.ndarray) -> np.ndarray:
    """360 Hz to 120 Hz, minus the baseline.

    Args:
        signal: (samples, leads), in mV.

    Returns:
        (samples / 3, leads) float64.
    """
    from scipy.ndimage import median_filter
    from scipy.signal import decimate

    slow = decimate(signal, DECIMATION, ftype="fir", axis=0, zero_phase=True)
    for lead in slow.T:
        baseline = lead
        for size in BASELINE:
            baseline = median_filter(baseline, size, mode="nearest")
        lead -= baseline
    return slow


def cut(
    signal: np.ndarray, beats: np.ndarray, first: int = 0, last: int | None = None
) -> np.ndarray:
    """Beat windows; where a window runs off the record, its last sample is repeated.

    Args:
        signal: (samples, leads).
        beats: (n,) sample number of each annotation.
        first: first sample of the record in `signal`.
        last: one past its last; None for the end.

    Returns:
        (n, leads, 108).
    """
    end = len(signal) if last is None else last
    index = beats[:, None] + np.arange(-BEFORE, AFTER)
    return signal[np.clip(index, first, end - 1)].transpose(0, 2, 1)


def amplitude(windows: np.ndarray) -> np.ndarray:
    """(leads,): the record's median over beats of the largest |QRS|."""
    return np.maximum(np.median(np.abs(windows[:, :, QRS]).max(axis=-1), axis=0), 1e-3)


def reference_beat(windows: np.ndarray, pre: np.ndarray) -> np.ndarray:
    """The median beat among those that are not premature.

    A median over all beats would make the ectopic beat of a record full of them its own
    reference, so only beats that come 1 to 1.5 mean intervals after the last are taken.

    Args:
        windows: (n, leads, 108).
        pre: (n,) interval before each beat.

    Returns:
        (leads, 108).
    """
    relative = pre / pre.mean()
    timely = (relative >= 1) & (relative < 1.5)
    chosen = windows[timely] if timely.any() else windows
    return np.median(chosen, axis=0)
