"""The detector XQRS of wfdb, its backsearch made linear, and no artefact making it deaf."""

from __future__ import annotations

import numpy as np
from wfdb.processing import XQRS

RECENT = 8
"""Beats that say how large a beat is."""
LARGEST = 16.0
"""Of a recent beat's energy, four times its height: what is larger counts as no more."""
NOISIEST = 4.0
"""The same of what is between beats."""
SILENCE = 8.0
"""Seconds without a beat after which its size is learnt anew (Hamilton, Computers in Cardiology
2002; 29: 101-104)."""
ENDS = 3.0
"""Seconds of silence before the end of the signal, which are enough there."""
STANDS_OUT = 10.0
"""How much larger than other peaks beats are, as XQRS takes it where it has learnt nothing."""


class RobustXQRS(XQRS):
    """XQRS that looks at no peak twice for the same threshold, and recovers from an artefact.

    Where no beat comes for long (an electrode that is off, after a heart that was seen), XQRS goes
    back to the last beat at every peak of the noise: the square of the stretch. Its threshold and
    its last beat only change with a beat, so that a peak that was refused since then is refused
    again: those are left out.

    An artefact that is taken for a beat (of 20 mV, say: its energy is the square of that) lifts the
    threshold, which only falls with the next beat: none comes any more. Here it counts as 16 of
    the beats before it, and what is between beats as four; and after 8 s of silence the threshold
    is the one of the largest peaks of each second, if they are beats by their size (they stand out
    from the peaks between them, and are no smaller than the smallest of the beats so far by the
    same factor of 16). The silence is then searched again.
    """

    _searched = -1
    """Number of the last peak that was searched back to."""
    _heard = 0
    """Sample up to which it is known that the silence has no beats."""

    def __init__(self, lead: np.ndarray, rate: float) -> None:
        super().__init__(lead, rate)
        self._sizes: list[float] = []

    def _update_qrs(self, peak_num: int, backsearch: bool = False) -> None:
        self._limit(peak_num, LARGEST)
        super()._update_qrs(peak_num, backsearch)
        self._sizes.append(float(self.sig_i[self.peak_inds_i[peak_num]]))

    def _update_noise(self, peak_num: int) -> None:
        self._limit(peak_num, NOISIEST)
        super()._update_noise(peak_num)

    def _limit(self, peak_num: int, times: float) -> None:
        """The peak counts as no more than so many recent beats."""
        if len(self._sizes) >= RECENT:
            largest = times * float(np.median(self._sizes[-RECENT:]))
            at = self.peak_inds_i[peak_num]
            self.sig_i[at] = min(self.sig_i[at], largest)

    def _require_backsearch(self) -> bool:
        return self._is_silent() or bool(super()._require_backsearch())

    def _is_silent(self) -> bool:
        last = self.peak_num == self.n_peaks_i - 1
        here = self.sig_len if last else self.peak_inds_i[self.peak_num]
        since = max(self.last_qrs_ind, self._heard)
        return bool(here - since > (ENDS if last else SILENCE) * self.fs)

    def _backsearch(self) -> None:
        if self._is_silent() and self._learn_again():
            first = np.searchsorted(self.peak_inds_i, self.last_qrs_ind, side="right")
            self._search(int(first), backsearch=False)
        elif self.last_qrs_peak_num is not None:
            self._search(max(self.last_qrs_peak_num, self._searched) + 1, backsearch=True)
            self._searched = self.peak_num

    def _search(self, first: int, backsearch: bool) -> None:
        for peak in range(first, self.peak_num + 1):
            if self._is_qrs(peak_num=peak, backsearch=backsearch):
                self._update_qrs(peak_num=peak, backsearch=backsearch)

    def _learn_again(self) -> bool:
        """Take the threshold from the last seconds of the silence; False if they have no beats."""
        end = int(self.peak_inds_i[self.peak_num]) + 1
        begin = max(end - round(SILENCE * self.fs), int(self.last_qrs_ind) + self.ref_period, 0)
        self._heard = end
        peaks = self.peak_inds_i[slice(*np.searchsorted(self.peak_inds_i, (begin, end)))]
        if not len(peaks):
            return False
        sizes, second = self.sig_i[peaks], (peaks - begin) // round(self.fs)
        beat = float(np.median([sizes[second == each].max() for each in np.unique(second)]))
        other = float(np.median(sizes))
        known = len(self._sizes) >= RECENT
        if beat < STANDS_OUT * other or (known and beat * LARGEST < np.median(self._sizes)):
            return False
        last = self.last_qrs_ind
        if not known:  # what was learnt at first is wrong, and so is what was found by it
            self.qrs_inds.clear()
            self._sizes, last = [beat] * RECENT, -int(self.rr_min)
        self._set_init_params(beat, other, self.rr_init, last)
        return True


def xqrs(lead: np.ndarray, rate: float) -> np.ndarray:
    """Samples of the beats that XQRS finds.

    Args:
        lead: (n,) in mV, without NaN.
        rate: samples a second.
    """
    detector = RobustXQRS(lead, rate)
    detector.detect(verbose=False)
    return np.asarray(detector.qrs_inds, dtype=np.int64)
