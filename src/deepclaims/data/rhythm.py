"""What the times of the beats say: features of each beat among its neighbours.

Two sets. The offline one looks at the whole record, as a cardiologist reading a Holter tape
does: the next beat, the record's mean interval. The causal one looks at the past only.

Where a record has gaps, a beat's neighbours are those on its side of them, and an interval across a
gap is none: each stretch begins as the record does. `breaks` are the indices of the beats that come
first after a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

OFFLINE = (
    "pre_over_mean", "post_over_mean", "post_over_pre", "pre_over_previous", "local_over_mean",
    "irregularity", "pre_deviation", "p_spread_1", "p_spread_2", "p_match_1", "p_match_2",
)  # fmt: skip
"""Intervals as logarithms of ratios; `P` features are one a lead."""

CAUSAL = (
    "pre_over_running", "pre_over_recent", "pre_over_previous", "irregularity", "pre_deviation",
    "p_spread_1", "p_spread_2", "p_match_1", "p_match_2",
)  # fmt: skip

NEIGHBOURS = 11
"""Beats whose median or mean is "local"."""
RECENT = 20
"""Beats of the past whose median is "recent"."""
TYPICAL = 0.8
"""Seconds: the interval taken before the first beat, where nothing is known yet."""
FLOOR = 0.02
"""Added to spreads of log intervals, so that a perfectly regular rhythm divides by something."""

FAR = 10.0
"""Deviations beyond so many spreads are one."""


Breaks = Sequence[int] | np.ndarray


def offline_rhythm(times: np.ndarray, breaks: Breaks = ()) -> np.ndarray:
    """The seven interval features that see the whole record.

    Args:
        times: (n,) of the beats, in seconds, increasing; n > 1.
        breaks: see above.

    Returns:
        (n, 7), the first seven of `OFFLINE`.
    """
    pre = intervals(times, None, breaks)
    mean = pre.mean()
    return np.concatenate([_offline(part, mean) for part in np.split(pre, breaks)])


def _offline(pre: np.ndarray, mean: float) -> np.ndarray:
    """(n, 7), of the intervals of one stretch and the record's mean interval."""
    post = np.append(pre[1:], pre[-1])
    log = np.log(pre)
    local = _windows(log, NEIGHBOURS)
    spread = np.median(np.abs(local - np.median(local, axis=1, keepdims=True)), axis=1)
    change = _windows(np.abs(np.diff(log, prepend=log[0])), NEIGHBOURS)
    relative = log - np.log(mean)
    return np.stack(
        [
            relative,
            np.log(post / mean),
            np.log(post / pre),
            np.diff(log, prepend=log[0]),
            np.log(_windows(pre, NEIGHBOURS).mean(axis=1) / mean),
            np.log(np.median(change, axis=1) + FLOOR),
            np.clip(relative / (spread + FLOOR), -FAR, FAR),
        ],
        axis=1,
    )


def causal_rhythm(times: np.ndarray, breaks: Breaks = ()) -> np.ndarray:
    """The five interval features that see the past only.

    Args:
        times: (n,) of the beats, in seconds, increasing.
        breaks: see above.

    Returns:
        (n, 5), the first five of `CAUSAL`; row i depends on `times[:i + 1]` alone.
    """
    return np.concatenate([_causal(part) for part in np.split(times, breaks)])


def _causal(times: np.ndarray) -> np.ndarray:
    """(n, 5), of the times of one stretch."""
    pre = intervals(times, TYPICAL)
    log = np.log(pre)
    past = np.concatenate([[TYPICAL], pre[:-1]])
    running = np.cumsum(past) / np.arange(1, len(pre) + 1)
    recent = _past(np.log(past), RECENT)
    middle = np.median(recent, axis=1)
    spread = np.median(np.abs(recent - middle[:, None]), axis=1)
    change = np.abs(np.diff(log, prepend=np.log(TYPICAL)))
    return np.stack(
        [
            log - np.log(running),
            log - middle,
            np.diff(log, prepend=np.log(TYPICAL)),
            np.log(np.median(_past(change, RECENT), axis=1) + FLOOR),
            np.clip((log - middle) / (spread + FLOOR), -FAR, FAR),
        ],
        axis=1,
    )


def p_features(
    p_waves: np.ndarray, reference: np.ndarray, breaks: Breaks = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Whether there is a P wave, and whether it is the usual one.

    Each is the spread over time of a local median stretch, per lead (small in atrial
    fibrillation, where the waves cancel), then the beat's correlation with the reference, per
    lead. Local is the 11 beats around each for the offline features, the last 11 for the causal.

    Args:
        p_waves: (n, leads, w), the stretch before each QRS.
        reference: (leads, w), that stretch of the record's reference beat.
        breaks: see above.

    Returns:
        Offline and causal features, (n, 2*leads) each.
    """
    spreads = [_p_spread(part) for part in np.split(p_waves, breaks)]
    offline, causal = (np.concatenate(each) for each in zip(*spreads, strict=True))
    centred = p_waves - p_waves.mean(axis=-1, keepdims=True)
    usual = reference - reference.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centred**2).sum(axis=-1) * (usual**2).sum(axis=-1))
    match = (centred * usual).sum(axis=-1) / np.maximum(scale, 1e-6)
    return np.concatenate([offline, match], axis=1), np.concatenate([causal, match], axis=1)


def _p_spread(p_waves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, leads) each, offline and causal: the spread of the local median of one stretch."""
    half = NEIGHBOURS // 2
    padding = [(NEIGHBOURS - 1, half), (0, 0), (0, 0)]
    every = sliding_window_view(np.pad(p_waves, padding, mode="edge"), NEIGHBOURS, axis=0)
    # One median for both: the last 11 up to beat i + 5 are the 11 around beat i.
    spread = np.median(every, axis=-1).std(axis=-1)
    return spread[half:], spread[: len(p_waves)]


def intervals(times: np.ndarray, before_first: float | None, breaks: Breaks = ()) -> np.ndarray:
    """Seconds from the beat before to each beat, (n,).

    Args:
        times: (n,) of the beats, in seconds.
        before_first: what to put for the first beat of each stretch; None repeats the second's, and
            for a beat that is alone in its stretch takes the mean of all that are known.
        breaks: see above.
    """
    first = np.array([0, *breaks], dtype=np.int64)
    pre = np.concatenate([[np.nan], np.maximum(np.diff(times), 1e-3)])
    pre[first] = np.nan if before_first is None else before_first
    if before_first is None:
        pre[first] = np.append(pre, np.nan)[first + 1]
        known = np.isfinite(pre)
        pre[~known] = pre[known].mean() if known.any() else TYPICAL
    return pre


def _windows(x: np.ndarray, size: int) -> np.ndarray:
    """Around each element the `size` nearest along axis 0, ends repeated: (n, ..., size)."""
    half = size // 2
    padding = [(half, half)] + [(0, 0)] * (x.ndim - 1)
    return sliding_window_view(np.pad(x, padding, mode="edge"), size, axis=0)


def _past(x: np.ndarray, size: int) -> np.ndarray:
    """The last `size` up to and with each element along axis 0, the first repeated."""
    padding = [(size - 1, 0)] + [(0, 0)] * (x.ndim - 1)
    return sliding_window_view(np.pad(x, padding, mode="edge"), size, axis=0)
