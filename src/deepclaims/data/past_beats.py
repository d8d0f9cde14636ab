"""MIT-BIH beats as they are known when they have just passed: nothing of any later beat.

A network that reads forwards only is a fair opponent of one that reads both ways if its inputs do
not show it what comes. So a window ends 0.2 s after the beat; scale and reference beat are running
means over beats that were, where `deepclaims.data.ecg` has constants of the whole record; the
features of the rhythm look back. What is left is the filter that takes off the baseline, whose
medians reach 0.4 s to either side: less than one beat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepclaims.data.aami import FOLDS, UNKNOWN
from deepclaims.data.ecg import FAR, IGNORED, SCORED, EcgOptions, divide
from deepclaims.data.options import require_choice, require_count
from deepclaims.data.prepared import read_array, read_meta, written
from deepclaims.data.rhythm import CAUSAL
from deepclaims.data.splits import Split, Splits
from deepclaims.groups import read_options

BEFORE, AFTER = 48, 24
"""Samples of 120 Hz in a window: 0.4 s before the annotation, 0.2 s after it."""
THINNED = 2
"""Neighbours that are averaged: 60 samples a second are left."""
QRS = slice(BEFORE - 10, BEFORE + 11)
FORGETTING = 0.95
"""Of the running means: a beat counts this much less than the next, so some 20 beats count."""
TIMELY = (0.0, float(np.log(1.5)))
"""Beats of the reference come 1 to 1.5 running mean intervals after the last; log of that."""
KEPT = (*CAUSAL[:5], *(name for name in CAUSAL if name.startswith("p_spread")))
"""Features that need no constant of the record."""


@dataclass(frozen=True)
class PastOptions:
    """Options of `conf/data/ecg_past.yaml`, which says what each one means."""

    protocol: str = "inter"
    fold: int = 0
    sequence_length: int = 64
    use_validation: bool = True
    locked: bool = False

    def __post_init__(self) -> None:
        require_choice("protocol", self.protocol, ("inter", "swap", "folds"))
        require_choice("fold", self.fold, tuple(range(len(FOLDS))))
        require_count("sequence_length", self.sequence_length, optional=False)
        require_choice("use_validation", self.use_validation, (True, False))
        require_choice("locked", self.locked, (False, True))


def load_ecg_past(config: Mapping[str, Any], seed: int, folder: Path) -> Splits:
    """Load beats in runs of L of one record; short ends are padded with targets -1.

    Inputs are the waveforms (n, L, 2, 36) and the features (n, L, 7), standardised by those of the
    training beats; targets (n, L); groups (n,) index `group_names`, the records.

    Args:
        config: the options, see `PastOptions`; patients are divided as `ecg.divide` does.
        seed: draws nothing.
        folder: the prepared folder of `ecg`.

    Raises:
        ConfigError: an unknown option or value.
        StageError: not prepared yet.
    """
    options = read_options("data=ecg_past", PastOptions, config)
    divided = EcgOptions(
        protocol=options.protocol,
        fold=options.fold,
        use_validation=options.use_validation,
        locked=options.locked,
    )
    numbers = np.asarray(read_array(folder, "records", "ecg"))
    chosen = divide(numbers, np.zeros_like(numbers), divided)
    runs = {
        part: past_runs(folder, numbers[mask].tolist(), options.sequence_length)
        for part, mask in chosen.items()
    }
    splits = {part: standardised(each, runs["train"]) for part, each in runs.items()}
    return Splits(
        train=splits["train"],
        validation=splits.get("validation"),
        test=splits["test"],
        task="tagging",
        outputs=len(SCORED),
        input_shapes=tuple(tuple(x.shape[1:]) for x in splits["train"].inputs),
        source=str(read_meta(folder, "ecg")["source"]),
        group_names=tuple(map(str, numbers)),
    )


def past_runs(folder: Path, records: Collection[int], length: int) -> Split:
    """Runs of consecutive beats of some records.

    Args:
        folder: the prepared ECG.
        records: their numbers.
        length: beats in a run, L; the last of a record is filled up with zeros, target -1.

    Returns:
        Waveforms (n, L, 2, 36) and features (n, L, 7), as they are; targets (n, L), -1 also for Q;
        groups (n,), the rows of the records.

    Raises:
        StageError: not prepared yet.
    """
    numbers, when = read_array(folder, "records", "ecg"), written(folder, "ecg")
    waves, features, targets, groups = [], [], [], []
    for row in np.flatnonzero(np.isin(numbers, list(records))):
        seen, said, kind = _described_record(folder, int(row), when)
        waves.append(_in_runs(seen, length, 0.0))
        features.append(_in_runs(said, length, 0.0))
        targets.append(_in_runs(kind, length, IGNORED))
        groups.append(np.full(len(targets[-1]), row))
    x, k, y = (torch.from_numpy(np.concatenate(each)) for each in (waves, features, targets))
    return Split((x, k), y, torch.from_numpy(np.concatenate(groups)))


@lru_cache(maxsize=64)
def _described_record(
    folder: Path, row: int, when: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Waveforms, features and targets of the beats of a record; `when` it was prepared.

    Kept, since a worker trains many replicas on the same records: they take 30 MB in all.
    """
    owner, sample, kinds, extent, signal, causal = (
        read_array(folder, name, "ecg")
        for name in ("beat_record", "beat_sample", "beat_class", "extent", "signal", "causal")
    )
    mine = np.flatnonzero(np.asarray(owner) == row)
    first, last = extent[row]
    tape = np.asarray(signal[first:last], dtype=np.float32)
    known = np.asarray(causal[mine], dtype=np.float64)
    seen, said = described(tape, np.asarray(sample[mine]) - first, known)
    kind = np.asarray(kinds[mine]).astype(np.int64)
    kept = (
        seen.astype(np.float32),
        said.astype(np.float32),
        np.where(kind == UNKNOWN, IGNORED, kind),
    )
    for array in kept:
        array.flags.writeable = False
    return kept


def described(
    signal: np.ndarray, sample: np.ndarray, causal: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The beats of one record, each by what is known 0.2 s after it.

    Args:
        signal: (samples, leads) at 120 Hz, on whatever scale.
        sample: (n,) of each beat.
        causal: (n, 9) features, as the prepared data have them.

    Returns:
        Waveforms (n, leads, 36): the beat minus the running reference, in running QRS amplitudes.
        Features (n, 7). Row i depends on the signal up to 0.2 s after beat i, and on rows up to i.
    """
    index = np.clip(sample[:, None] + np.arange(-BEFORE, AFTER), 0, len(signal) - 1)
    windows = signal[index].transpose(0, 2, 1)
    peak = np.abs(windows[:, :, QRS]).max(axis=-1)
    scale = np.exp(running(np.log(np.maximum(peak, 1e-3)), np.full(len(sample), True)))
    windows = windows / scale[:, :, None]
    timely = (causal[:, 0] >= TIMELY[0]) & (causal[:, 0] < TIMELY[1])
    usual = running(windows.reshape(len(windows), -1), timely).reshape(windows.shape)
    # The reference of a beat is what was before it; the first is its own.
    difference = windows - np.concatenate([windows[:1], usual[:-1]])
    thin = difference.reshape(*difference.shape[:2], -1, THINNED).mean(axis=-1)
    columns = [CAUSAL.index(name) for name in KEPT]
    features = causal[:, columns]
    features[:, -scale.shape[1] :] /= scale
    return np.clip(thin, -FAR, FAR), features


def running(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Weighted mean of the rows so far that count, each weighing less than the next.

    Args:
        values: (n, k).
        counted: (n,); the first row always counts.

    Returns:
        (n, k), row i of rows up to i.
    """
    from scipy.signal import lfilter

    chosen = np.flatnonzero(counted)
    chosen = chosen if len(chosen) and chosen[0] == 0 else np.concatenate([[0], chosen])
    filtered = lfilter([1.0], [1.0, -FORGETTING], values[chosen], axis=0)
    weight = (1 - FORGETTING ** np.arange(1, len(chosen) + 1)) / (1 - FORGETTING)
    means = filtered / weight[:, None]
    latest = np.searchsorted(chosen, np.arange(len(values)), side="right") - 1
    found: np.ndarray = means[latest]
    return found


def standardised(split: Split, train: Split) -> Split:
    """The same with features on the scale of the training beats, zero where padded."""
    waves, features = split.inputs
    known = train.inputs[1][train.targets != IGNORED]
    mean, sd = known.mean(dim=0), known.std(dim=0) + 1e-6
    standard = ((features - mean) / sd).clamp(-FAR, FAR)
    there = features.abs().sum(dim=-1, keepdim=True) > 0
    return Split((waves, standard * there), split.targets, split.groups)


def _in_runs(values: np.ndarray, length: int, fill: float) -> np.ndarray:
    """(n, …) to (runs, length, …), the last run filled up."""
    runs = -(-len(values) // length)
    padded = np.full((runs * length, *values.shape[1:]), fill, dtype=values.dtype)
    padded[: len(values)] = values
    return padded.reshape(runs, length, *values.shape[1:])
