"""The detector XQRS of wfdb, its backsearch made linear: the same beats, sooner."""

from __future__ import annotations

import numpy as np
from wfdb.processing import XQRS


class LinearXQRS(XQRS):
    """XQRS that looks at no peak twice for the same threshold.

    Where no beat comes for long (an electrode that is off, after a heart that was seen), XQRS goes
    back to the last beat at every peak of the noise: the square of the stretch. Its threshold and
    its last beat only change with a beat, so that a peak that was refused since then is refused
    again: those are left out.
    """

    _searched = -1
    """Number of the last peak that was searched back to."""

    def _backsearch(self) -> None:
        if self.last_qrs_peak_num is None:
            return
        for peak in range(max(self.last_qrs_peak_num, self._searched) + 1, self.peak_num + 1):
            if self._is_qrs(peak_num=peak, backsearch=True):
                self._update_qrs(peak_num=peak, backsearch=True)
        self._searched = self.peak_num


def xqrs(lead: np.ndarray, rate: float) -> np.ndarray:
    """Samples of the beats that XQRS finds.

    Args:
        lead: (n,) in mV, without NaN.
        rate: samples a second.
    """
    detector = LinearXQRS(lead, rate)
    detector.detect(verbose=False)
    return np.asarray(detector.qrs_inds, dtype=np.int64)
