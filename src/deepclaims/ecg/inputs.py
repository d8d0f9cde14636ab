"""What the heartbeat labeller is shown of a record that is in no data set.

The way is that of `data.ecg_files` and `data.ecg`: same filters, same windows, same features,
standardised by the beats it was trained on. A record of the data set comes out bit for bit as
`load_ecg` gives it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from deepclaims.data.beats import WINDOW, cut
from deepclaims.data.ecg import FAR, EcgOptions, divide
from deepclaims.data.ecg_files import prepare_record
from deepclaims.data.prepared import read_array
from deepclaims.data.rhythm import CAUSAL, OFFLINE, Breaks
from deepclaims.data.splits import Split, Splits

NAMES = {"offline": OFFLINE, "causal": CAUSAL, "none": ()}
OF_SECOND_LEAD = "_2"
"""How the names of features end that one lead cannot give."""


@dataclass(frozen=True)
class Training:
    """What a labeller must remember of the beats it was trained on.

    Args:
        mean: (k,) float32, of each feature.
        sd: (k,) float32.
        records: numbers of the records they are from.
    """

    mean: np.ndarray
    sd: np.ndarray
    records: tuple[int, ...]


def feature_columns(features: str, leads: int) -> list[int]:
    """Which of the features `offline` or `causal` a record of one or two leads has."""
    names = NAMES[features]
    return [i for i, name in enumerate(names) if leads > 1 or not name.endswith(OF_SECOND_LEAD)]


def input_shapes(options: EcgOptions, leads: int) -> tuple[tuple[int, ...], ...]:
    """Shapes of one sequence of each input."""
    waveforms = (options.sequence_length, leads, WINDOW)
    columns = len(feature_columns(options.features, leads))
    return (waveforms, (options.sequence_length, columns)) if columns else (waveforms,)


def with_leads(splits: Splits, options: EcgOptions, leads: int) -> Splits:
    """The data set as records of that many leads would give it."""
    columns = feature_columns(options.features, leads)

    def seen(split: Split) -> Split:
        waveforms, *features = split.inputs
        kept = (waveforms[:, :, :leads].contiguous(), *(each[..., columns] for each in features))
        return replace(split, inputs=kept)

    return replace(
        splits,
        train=seen(splits.train),
        validation=None if splits.validation is None else seen(splits.validation),
        test=seen(splits.test),
        input_shapes=input_shapes(options, leads),
    )


def training_beats(folder: Path, options: EcgOptions, leads: int) -> Training:
    """What `load_ecg` standardises by, and the records it trains on.

    Raises:
        StageError: the data are not prepared.
    """
    numbers = np.array(read_array(folder, "records", "ecg"))
    record = np.asarray(read_array(folder, "beat_record", "ecg")).astype(np.int64)
    first = np.searchsorted(record, np.arange(len(numbers)))
    train = divide(numbers[record], np.arange(len(record)) - first[record], options)["train"]
    records = tuple(int(number) for number in np.unique(numbers[record][train]))
    columns = feature_columns(options.features, leads)
    if not columns:
        return Training(np.zeros(0, np.float32), np.zeros(0, np.float32), records)
    features = np.asarray(read_array(folder, options.features, "ecg"))[train]
    return Training(features.mean(axis=0)[columns], features.std(axis=0)[columns], records)


def record_inputs(
    signal: np.ndarray,
    samples: np.ndarray,
    options: EcgOptions,
    training: Training,
    breaks: Breaks = (),
) -> tuple[Tensor, ...]:
    """One record's beats in sequences, zero where the last one is padded.

    Args:
        signal: (samples, leads) in mV at 360 Hz, leads in the order of the training data.
        samples: (n,) of the beats, n > 1.
        options: of the training data.
        training: what its features are standardised by.
        breaks: indices of the beats that come first after a gap.

    Returns:
        Waveforms (sequences, L, leads, 108) and, if there are any, features (sequences, L, k).
    """
    record = prepare_record(signal, samples, np.zeros(len(samples)), breaks)
    windows = cut(record["signal"], record["beat_sample"]).astype(np.float32)
    if options.waveform == "difference":
        windows -= record["reference"]
    inputs = [_sequences(windows, options.sequence_length)]
    if options.features != "none":
        standard = (record[options.features] - training.mean) / (training.sd + 1e-6)
        inputs.append(_sequences(np.clip(standard, -FAR, FAR), options.sequence_length))
    return tuple(inputs)


def _sequences(values: np.ndarray, length: int) -> Tensor:
    padding = [(0, -len(values) % length)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, padding).astype(np.float32, copy=False)
    return torch.from_numpy(padded.reshape(-1, length, *values.shape[1:]))
