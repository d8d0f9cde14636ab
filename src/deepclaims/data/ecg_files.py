"""Raw MIT-BIH records to the arrays that `deepclaims.data.ecg` maps.

Arrays, beats in order of record and time: `signal` (samples, 2) float16, all records one after
another, filtered and scaled; `extent` (44, 2) int64, where each begins and ends in it; `records`
(44,) int64, their numbers; `reference` (44, 2, 108) float32; and for each beat `beat_sample`
int64 (in `signal`), `beat_record` int16 (index into `records`), `beat_class` int8 (`aami`),
`offline` (n, 11) and `causal` (n, 9) float32.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from deepclaims.data import beats, rhythm
from deepclaims.data.aami import CLASSES, DS1, DS2, PUBLISHED
from deepclaims.data.source import Kind
from deepclaims.data.wfdb_record import read_beats, read_recording
from deepclaims.errors import DataError

VERSION = 1
"""Of this preparation: part of the data's fingerprint."""

Record = dict[str, np.ndarray]


def ecg_arrays(raw: Path, kind: Kind) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read, filter and cut the 44 records that are not paced.

    Args:
        raw: folder with .hea, .dat and .atr files.
        kind: "official" makes the published counts a condition.

    Returns:
        The arrays by name and what is to be said of them (counts).

    Raises:
        DataError: a record is missing or damaged, or the counts are not the published ones.
    """
    numbers = sorted(DS1 + DS2)
    # Two threads: the filters and medians release the interpreter's lock.
    with ThreadPoolExecutor(2) as pool:
        records = list(pool.map(lambda number: prepare_record(*read_record(raw, number)), numbers))
    arrays = _joined(records) | {"records": np.array(numbers)}
    counts = {name: _count(arrays, members) for name, members in (("DS1", DS1), ("DS2", DS2))}
    if kind == "official" and counts != PUBLISHED:
        raise DataError(f"beats in {raw} are {counts}, but {PUBLISHED} were published")
    return arrays, {"counts": counts}


def read_record(raw: Path, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read one record of MIT-BIH.

    Returns:
        The signal (samples, 2) in mV with MLII first, float32; the sample of each beat (n,); its
        AAMI class (n,).

    Raises:
        DataError: a file is missing or damaged, or MLII was not recorded.
    """
    path = raw / str(number)
    for extension in ("hea", "dat", "atr"):
        if not path.with_suffix(f".{extension}").is_file():
            raise DataError(
                f"{path}.{extension} is missing: run `deepclaims fetch dataset=mitdb` again"
            )
    recording = read_recording(path, precision=32)
    if len(recording.leads) != 2:
        raise DataError(f"record {path} has no second lead of MIT-BIH")
    beats = read_beats(recording, "atr")
    return recording.signal, beats.sample, beats.label


def prepare_record(
    signal: np.ndarray, samples: np.ndarray, classes: np.ndarray, breaks: rhythm.Breaks = ()
) -> Record:
    """Filter and scale one record, cut its beats, compute what is said of each.

    Args:
        signal: (samples, 2) in mV at 360 Hz.
        samples: (n,) of the beats.
        classes: (n,) of the beats.
        breaks: indices of the beats that come first after a gap.
    """
    slow = beats.filtered(signal)
    at = np.minimum((samples + 1) // beats.DECIMATION, len(slow) - 1)
    windows = beats.cut(slow, at)
    scale = beats.amplitude(windows)
    slow, windows = slow / scale, windows / scale[:, None]
    times = samples / beats.RATE
    reference = beats.reference_beat(windows, rhythm.intervals(times, None, breaks))
    waves_around, waves_before = rhythm.p_features(
        windows[:, :, beats.P_WAVE].astype(np.float32), reference[:, beats.P_WAVE], breaks
    )
    offline = [rhythm.offline_rhythm(times, breaks), waves_around]
    causal = [rhythm.causal_rhythm(times, breaks), waves_before]
    return {
        "signal": slow.astype(np.float16),
        "reference": reference.astype(np.float32),
        "beat_sample": at,
        "beat_class": classes.astype(np.int8),
        "offline": np.concatenate(offline, axis=1).astype(np.float32),
        "causal": np.concatenate(causal, axis=1).astype(np.float32),
    }


def _joined(records: list[Record]) -> Record:
    ends = np.cumsum([len(record["signal"]) for record in records])
    starts = np.concatenate([[0], ends[:-1]])
    joined = {
        name: np.concatenate([record[name] for record in records])
        for name in ("signal", "beat_class", "offline", "causal")
    }
    sizes = [len(record["beat_sample"]) for record in records]
    joined["reference"] = np.stack([record["reference"] for record in records])
    joined["extent"] = np.stack([starts, ends], axis=1)
    joined["beat_record"] = np.repeat(np.arange(len(records), dtype=np.int16), sizes)
    joined["beat_sample"] = np.concatenate(
        [record["beat_sample"] + start for record, start in zip(records, starts, strict=True)]
    )
    return joined


def _count(arrays: Record, members: tuple[int, ...]) -> dict[str, int]:
    inside = np.isin(arrays["records"], members)[arrays["beat_record"]]
    found = np.bincount(arrays["beat_class"][inside], minlength=len(CLASSES))
    return dict(zip(CLASSES, found.tolist(), strict=True))
