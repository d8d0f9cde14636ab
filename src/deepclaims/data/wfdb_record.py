"""Reading WFDB records: their leads in mV, MLII first, and their beats by AAMI class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deepclaims.data.aami import CLASS_OF, UNKNOWN
from deepclaims.errors import DataError

LEAD = "MLII"
KNOWN_SECOND = ("V1", "V5", "V2", "V4")
"""What MIT-BIH has beside MLII, the commonest first."""
AUTO, NONE = "auto", "none"

OTHER_BEATS = "Bnr?"
"""Beat symbols of WFDB that MIT-BIH does not use: beats, but of no class we score."""
MILLIVOLTS = {"mV": 1.0, "uV": 1e-3, "µV": 1e-3, "V": 1e3}
SLOWEST = 100.0
"""Samples a second: fewer show no QRS."""
SHORTEST = 10.0
"""Seconds."""


@dataclass(frozen=True)
class Recording:
    """One or two leads of a record.

    Args:
        path: of the record, without extension.
        rate: samples a second.
        leads: their names; the first is the one beats are sought in.
        signal: (samples, leads) in mV, without gaps.
        missing: share of the samples that were marked as missing, and are interpolated.
    """

    path: Path
    rate: float
    leads: tuple[str, ...]
    signal: np.ndarray
    missing: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.signal) / self.rate


@dataclass(frozen=True)
class Beats:
    """Beats of a record: `sample` (n,) increasing, and `label` (n,), their AAMI class numbers.

    `label` is `aami.UNKNOWN` where the class is none that is scored.
    """

    sample: np.ndarray
    label: np.ndarray


def find_record(name: str, known: Path) -> Path:
    """The path of a record without extension.

    Args:
        name: as the user says it, with or without the extension of one of its files.
        known: a folder to look for a bare name in, after the current one.

    Raises:
        DataError: there is no header there.
    """
    given = Path(name)
    if not given.name:
        raise DataError(f"'{name}' names no record")
    path = given.with_suffix("")
    for candidate in (path, known / path) if path.parent == Path() else (path,):
        if candidate.with_suffix(".hea").is_file():
            return candidate
    found = sorted(file.stem for file in path.parent.glob("*.hea")) if path.parent.is_dir() else []
    others = f"; records in {path.parent.resolve()}: {', '.join(found[:12])}" if found else ""
    raise DataError(f"there is no record {path}: {path}.hea is missing{others}")


def read_recording(
    path: Path, lead: str = LEAD, second: str = AUTO, precision: int = 64
) -> Recording:
    """Read the leads that are wanted.

    Args:
        path: of the record, without extension.
        lead: name of the first lead.
        second: name of the second; `auto` takes one that MIT-BIH has beside MLII, or else none;
            `none` takes none.
        precision: bits of a sample in mV, 32 or 64.

    Raises:
        DataError: the record is missing, damaged, too short or too coarse, or lacks the lead.
    """
    import wfdb

    try:
        wfdb.rdheader(str(path))
    except Exception as error:  # wfdb raises what its parsing happens to hit
        raise DataError(f"the header {path}.hea is damaged ({_line(error)})") from None
    try:
        record = wfdb.rdrecord(str(path), physical=False)
    except FileNotFoundError as error:
        raise DataError(f"{error.filename} is missing, which {path}.hea names") from None
    except Exception as error:
        raise DataError(
            f"the signal of record {path} is damaged, or shorter than {path}.hea says "
            f"({_line(error)})"
        ) from None
    _require_intact(record, path)
    record.dac(inplace=True, return_res=precision)
    rate = float(record.fs)
    leads = _chosen(list(record.sig_name or ()), lead, second, path)
    columns = [record.sig_name.index(name) for name in leads]
    units = [MILLIVOLTS.get(record.units[column], 1.0) for column in columns]
    scale = np.array(units, dtype=record.p_signal.dtype)
    signal, missing = _without_gaps(record.p_signal[:, columns] * scale)
    found = Recording(path, rate, leads, signal, missing)
    _require_usable(found)
    return found


@dataclass(frozen=True)
class Notes:
    """All annotations of a file, in its order.

    Args:
        sample: (n,) on the clock of the record's signals.
        symbol: n symbols.
        subtype: (n,) numbers.
    """

    sample: np.ndarray
    symbol: tuple[str, ...]
    subtype: np.ndarray


def read_notes(path: Path, annotator: str, rate: float) -> Notes:
    """The record's annotation file with the extension `annotator`.

    Args:
        path: of the record, without extension.
        annotator: the extension.
        rate: samples a second of the signals; a file that counts on a clock of its own is read
            on this one.

    Raises:
        DataError: there is no such file, or it is damaged.
    """
    import wfdb

    try:
        notes = wfdb.rdann(str(path), annotator)
    except FileNotFoundError:
        raise DataError(
            f"{path}.{annotator} is missing: name another annotation file with annotator=NAME, or "
            "say annotator=detect to have the beats detected"
        ) from None
    except Exception as error:
        raise DataError(f"{path}.{annotator} is damaged ({_line(error)})") from None
    sample = np.asarray(notes.sample, dtype=np.int64)
    if notes.fs and notes.fs != rate:
        sample = np.round(sample * (rate / notes.fs)).astype(np.int64)
    return Notes(sample, tuple(notes.symbol), np.asarray(notes.subtype, dtype=np.int64))


def read_beats(recording: Recording, annotator: str) -> Beats:
    """The beats of the record's annotation file with the extension `annotator`.

    Raises:
        DataError: there is no such file, or it is damaged.
    """
    notes = read_notes(recording.path, annotator, recording.rate)
    kept = [
        (sample, CLASS_OF.get(symbol, UNKNOWN))
        for sample, symbol in zip(notes.sample.tolist(), notes.symbol, strict=True)
        if (symbol in CLASS_OF or symbol in OTHER_BEATS) and 0 <= sample < len(recording.signal)
    ]
    label = dict(sorted(kept))  # two beats at one sample are one
    return Beats(np.array([*label], dtype=np.int64), np.array([*label.values()], dtype=np.int64))


def read_length(path: Path) -> tuple[float, int]:
    """Samples a second of a record, and how many there are.

    Raises:
        DataError: the header is missing or damaged, or does not say how long the record is.
    """
    import wfdb

    try:
        header = wfdb.rdheader(str(path))
    except Exception as error:  # wfdb raises what its parsing happens to hit
        raise DataError(f"the header {path}.hea is damaged ({_line(error)})") from None
    if not header.fs or not header.sig_len:
        raise DataError(f"{path}.hea does not say how long the record is")
    return float(header.fs), int(header.sig_len)


def _chosen(names: list[str], lead: str, second: str, path: Path) -> tuple[str, ...]:
    if lead not in names:
        raise DataError(
            f"record {path} has no lead {lead}, but {', '.join(map(str, names)) or 'none'}; "
            f"lead=NAME takes another (the model has learnt from {LEAD})"
        )
    if second == AUTO:
        return (lead, *[name for name in KNOWN_SECOND if name in names and name != lead][:1])
    if second == NONE:
        return (lead,)
    if second not in names or second == lead:
        others = ", ".join(name for name in names if name != lead)
        raise DataError(f"record {path} has no second lead {second}, but {others or 'none'}")
    return (lead, second)


def _without_gaps(signal: np.ndarray) -> tuple[np.ndarray, float]:
    """Interpolate NaN, lead by lead; a lead of nothing else becomes flat."""
    gaps = ~np.isfinite(signal)
    if not gaps.any():
        return signal, 0.0
    filled, at = signal.copy(), np.arange(len(signal))
    for lead, gap in zip(filled.T, gaps.T, strict=True):
        lead[gap] = 0.0 if gap.all() else np.interp(at[gap], at[~gap], lead[~gap])
    return filled, float(gaps.mean())


def _require_intact(record: Any, path: Path) -> None:
    """Compare the sums of the samples with those in the header, where it has them."""
    said, found = record.checksum or [], record.calc_checksum()
    wrong = [
        name
        for name, a, b in zip(record.sig_name, said, found, strict=False)
        if a is not None and (a - b) % 2**16
    ]
    if wrong:
        raise DataError(
            f"the signal of record {path} is damaged: the samples of {', '.join(wrong)} do not add "
            "up to the checksum in its header"
        )


def _require_usable(recording: Recording) -> None:
    path = recording.path
    if recording.rate < SLOWEST:
        raise DataError(
            f"record {path} has {recording.rate:g} samples a second; at least {SLOWEST:g} are "
            "needed"
        )
    if recording.seconds < SHORTEST:
        raise DataError(
            f"record {path} is too short: {recording.seconds:.1f} s, and at least {SHORTEST:g} s "
            "are needed to know the record's own beat"
        )
    for name, lead in zip(recording.leads, recording.signal.T, strict=True):
        if np.ptp(lead) == 0:
            raise DataError(f"lead {name} of record {path} is flat or empty: choose another one")


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
