"""Forecasting the next RR interval: the case in which the future is not there to be read.

The question at beat t, asked of logarithms r_t = log RR_t (RR in seconds): how far will r_{t+1}
lie from the mean of the last 20? `next` asks it once, at the end of a run of beats: whatever
reads the run, in whichever direction, has seen the past alone. `every` asks it at every beat of
the run, as one labels beats, and a network that reads backwards finds the answer in its input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from deepclaims.data.beats import PREPARED_RATE
from deepclaims.data.prepared import read_array
from deepclaims.nn.dropout import Keep
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model, count_parameters

if TYPE_CHECKING:
    import pandas as pd

RECENT = 20  # beats in the running mean
LIMIT = 0.5  # a factor 1.65: beyond it lie pauses and missed beats, which would rule the squares
WEIGHTS, ORDER = 301, 302
"""Random streams of a replica's seed."""


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


@dataclass(frozen=True)
class Forecaster:
    """An LSTM with a linear output, trained to ask `next` or `every`.

    Args:
        network: (n, L, 2) -> (n, 1) or (n, L, 1), inputs and outputs in units of the scales.
        x_scale: (2,) spread of what is known.
        y_scale: spread of what is asked.
    """

    network: nn.Module
    x_scale: Tensor
    y_scale: float

    @classmethod
    def train(cls, config: Mapping[str, Any], seed: int, data: Runs) -> Forecaster:
        """Fit by Adam on minibatches of runs; the learning rate falls linearly to zero.

        Args:
            config: `question` (next or every), `direction` (uni or bi), `widths` of both,
                `steps`, `batch`, `lr`.
            seed: decides the weights and the order of runs.
            data: runs of the training patients.
        """
        every = config["question"] == "every"
        network = build_model(
            {
                "name": "lstm",
                "width": config["widths"][config["direction"]],
                "bidirectional": config["direction"] == "bi",
            },
            {"name": "glorot"},
            Interface((tuple(data.x.shape[1:]),), 1, per_step=every),
            Keep(),
            _generator(seed, WEIGHTS),
        )
        made = cls(network, data.x.std((0, 1)), float(data.y.std()))
        optimizer = torch.optim.Adam(network.parameters(), lr=config["lr"])
        decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, config["steps"])
        for index in _batches(len(data), config["batch"], config["steps"], seed):
            y = data.y[index] if every else data.y[index, -1:]
            loss = (made(data.x[index]) - y).square().mean() / made.y_scale**2
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            decay.step()
        return made

    @property
    def parameters(self) -> int:
        """Trainable numbers."""
        return count_parameters(self.network)

    def __call__(self, x: Tensor) -> Tensor:
        """What is asked of runs, (n, L, 2) -> (n, 1) or (n, L)."""
        return self.y_scale * self.network(x / self.x_scale).flatten(1)


@torch.no_grad()
def squares(data: Runs, forecast: Forecaster, *, last: bool) -> pd.DataFrame:
    """Squared errors and squared deviations from the mean, summed by record.

    Args:
        data: the runs asked about.
        forecast: whom is asked.
        last: count the answers at the runs' last beats alone.

    Returns:
        Columns `record, error, deviation`; R² over some records is
        1 - sum(error) / sum(deviation).
    """
    import pandas as pd

    predicted = forecast(data.x)
    if last:
        predicted = predicted[:, -1:]
    y = data.y[:, -predicted.shape[1] :]
    errors = (y - predicted).double().square().sum(1).numpy()
    deviations = (y - y.mean()).double().square().sum(1).numpy()
    frame = pd.DataFrame({"record": data.records, "error": errors, "deviation": deviations})
    return frame.groupby("record", as_index=False).sum()


def _batches(n: int, batch: int, steps: int, seed: int) -> Iterable[Tensor]:
    generator, queue = _generator(seed, ORDER), torch.empty(0, dtype=torch.int64)
    for _ in range(steps):
        while len(queue) < batch:
            queue = torch.cat([queue, torch.randperm(n, generator=generator)])
        yield queue[:batch]
        queue = queue[batch:]


def _generator(seed: int, stream: int) -> torch.Generator:
    state = np.random.default_rng([seed, stream]).integers(2**63 - 1)
    return torch.Generator().manual_seed(int(state))
