"""One signal at another rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def ratio(old: float, new: float) -> Fraction:
    """How many samples there are at the new rate for each of the old, as a ratio of small numbers.

    Args:
        old: samples a second.
        new: the same.
    """
    return Fraction(new / old).limit_denominator(1000)


def resampled(signal: np.ndarray, old: float, new: float) -> np.ndarray:
    """Samples at `old` a second as samples at `new`, along axis 0; without NaN."""
    if old == new:
        return signal
    from scipy.signal import resample_poly

    each = ratio(old, new)
    # Lines are taken off first: a signal that does not start at zero would ring at its ends.
    return resample_poly(signal, each.numerator, each.denominator, axis=0, padtype="line")
