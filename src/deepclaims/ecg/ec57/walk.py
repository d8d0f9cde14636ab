"""The walk through two annotations of a record that says which beats are the same."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

FAR = 2**62
"""Samples; later than any beat."""


class Step(IntEnum):
    """What a step of the walk finds."""

    MATCHED = 0
    MISSED = 1
    EXTRA = 2


def walk(
    reference: np.ndarray, test: np.ndarray, window: int, start: int = 0, end: int = FAR - 1
) -> np.ndarray:
    """Step by step, which beats of two annotations are the same.

    Of the two current beats the earlier one is looked at. It is the same as the other if that is
    within the window and nearer than the next of the other's file, or the two next beats are
    nearer to one another than the other to the next of the earlier's file is; of two that are
    equally near the later one is taken. Classes have no part in it.

    Args:
        reference: (n,) samples, not decreasing.
        test: (m,) the same.
        window: samples by which the times of one beat may differ, itself included.
        start: where scoring begins. A test beat just before it may be the first reference
            beat's; one just after it may be that of a beat before, and is then left out.
        end: where it ends; a beat after it counts only if it is the same as one before it.

    Returns:
        (steps, 3): indices of the current beats in `reference` and `test` (n and m past the
        last), and a `Step`. At `MISSED` the test's beat is not the reference's, which is missed;
        at `EXTRA` the test's is extra.
    """
    T, t = ([*samples.tolist(), FAR, FAR] for samples in (reference, test))
    i, j = (int(np.searchsorted(samples, start)) for samples in (reference, test))
    steps: list[tuple[int, int, Step]] = []
    if start > 0:
        if j and T[i] - t[j - 1] <= window and T[i] - t[j - 1] < abs(T[i] - t[j]):
            steps.append((i, j - 1, Step.MATCHED))
            i += 1
        elif t[j] - start <= window and abs(T[i] - t[j + 1]) < abs(T[i] - t[j]):
            j += 1
    while min(T[i], t[j]) <= end:
        apart, next_pair = abs(T[i] - t[j]), abs(T[i + 1] - t[j + 1])
        test_first = t[j] < T[i]
        rival = abs(T[i] - t[j + 1]) if test_first else abs(T[i + 1] - t[j])
        if apart <= window and (apart < rival or next_pair < rival):
            found = Step.MATCHED
        else:
            found = Step.EXTRA if test_first else Step.MISSED
        steps.append((i, j, found))
        i += found is not Step.EXTRA
        j += found is not Step.MISSED
    return np.array(steps, np.int64).reshape(-1, 3)
