"""Runs of RR intervals, each beat described by its past, with what the next interval will be.

The question at beat t, asked of logarithms r_t = log RR_t (RR in seconds): how far will r_{t+1}
lie from the mean of the last 20?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from deepclaims.data.beats import PREPARED_RATE
from deepclaims.data.prepared import read_array

RECENT = 20  # beats in the running mean
LIMIT = 0.5  # a factor 1.65: beyond it lie pauses and missed beats, which would rule the squares


@dataclass(frozen=True)
class Runs:
    """Runs of consecutive beats.

    Args:
        x: (n, L, 2): r_t against the mean of the last 20, and against r_{t-1}.
        y: (n, L): r_{t+1} against the mean of the last 20 up to t.
        records: (n,) the record of each run.
    """

    x: Tensor
    y: Tensor
    records: np.ndarray

    def __len__(self) -> int:
        return len(self.y)


def rr_intervals(folder: Path, records: Iterable[int]) -> dict[int, np.ndarray]:
    """RR intervals of all beats (Q too) of some records, in seconds, `(beats - 1,)` each.

    Args:
        folder: the prepared ECG.
        records: their numbers.

    Raises:
        StageError: not prepared yet.
    """
    numbers = np.asarray(read_array(folder, "records", "ecg"))
    owner = numbers[np.asarray(read_array(folder, "beat_record", "ecg"))]
    sample = np.asarray(read_array(folder, "beat_sample", "ecg"))
    return {
        # Two annotations may fall on one sample of 8 ms.
        record: np.maximum(np.diff(sample[owner == record]), 1) / PREPARED_RATE
        for record in records
    }


def runs(intervals: Mapping[int, np.ndarray], length: int, stride: int) -> Runs:
    """Cut the RR series of several records into runs, each beat described by its past alone.

    Args:
        intervals: record -> RR intervals in seconds, in order, `(beats - 1,)`.
        length: L, beats in a run.
        stride: beats from the start of one run to that of the next.
    """
    x, y, records = [], [], []
    for record, seconds in intervals.items():
        described, asked = describe(np.asarray(seconds, dtype=float))
        for start in range(0, len(asked) - length + 1, stride):
            x.append(described[start : start + length])
            y.append(asked[start : start + length])
            records.append(record)
    return Runs(
        torch.tensor(np.array(x), dtype=torch.float32).reshape(-1, length, 2),
        torch.tensor(np.array(y), dtype=torch.float32).reshape(-1, length),
        np.array(records, dtype=int),
    )


def describe(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is known at each beat (beats, 2), and what is asked (beats,); the last has no next."""
    r = np.log(seconds)
    sums = np.concatenate([[0.0], np.cumsum(r)])
    t = np.arange(1, len(r) + 1)
    first = np.maximum(t - RECENT, 0)
    mean = (sums[t] - sums[first]) / (t - first)
    step = np.diff(r, prepend=r[:1])
    known = np.stack([r - mean, step], axis=-1)
    asked = r[1:] - mean[:-1]
    return known[:-1].clip(-LIMIT, LIMIT), asked.clip(-LIMIT, LIMIT)
