"""Reading WFDB records: their leads in mV, MLII first, and their beats by AAMI class."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepclaims.data.aami import CLASS_OF, UNKNOWN
from deepclaims.data.gaps import gaps, without_missing
from deepclaims.data.resampling import resampled
from deepclaims.data.wfdb_packed import packed
from deepclaims.data.wfdb_signals import line, read_contents, read_header, read_leads
from deepclaims.errors import DataError

LEAD = "MLII"
KNOWN_SECOND = ("V1", "V5", "V2", "V4")
"""What MIT-BIH has beside MLII, the commonest first."""
AUTO, NONE = "auto", "none"

OTHER_BEATS = "Bnr?"
"""Beat symbols of WFDB that MIT-BIH does not use: beats, but of no class we score."""
NAME = re.compile(r"[A-Za-z0-9_~-]+")
"""What WFDB allows as the name of a record and of an annotator."""
SLOWEST = 100.0
"""Samples a second: fewer show no QRS."""
SHORTEST = 10.0
"""Seconds."""
OF_SIGNALS = ("hea", "dat")
UNDEFINED = "undefined"
"""In the place of a symbol, for the codes that WFDB leaves to its users."""
NO_NOTES = ("hea", "dat", "csv", "png", "txt", "mat", "edf")
"""Extensions of files beside a record that are no annotations."""


@dataclass(frozen=True)
class Recording:
    """One or two leads of a record.

    Args:
        path: of the record, without extension.
        rate: samples a second.
        leads: their names; the first is the one beats are sought in.
        signal: (samples, leads) in mV, without NaN.
        missing: share of the samples that were marked as missing, and are interpolated.
        gaps: (k, 2) first sample, and first after it, of what the first lead lacks for so long
            that a beat could hide there, or is a line for so long that it was not connected.
        units: of leads that are in no unit of voltage, by name; they are read as if in mV.
    """

    path: Path
    rate: float
    leads: tuple[str, ...]
    signal: np.ndarray
    missing: float = 0.0
    gaps: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    units: Mapping[str, str] = field(default_factory=dict)

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
    try:
        for candidate in (path, known / path) if path.parent == Path() else (path,):
            if candidate.with_suffix(".hea").is_file():
                return candidate
    except (OSError, ValueError) as error:  # too long a name, or a letter that no file has
        raise DataError(f"{name!r} can be no file's name ({line(error)})") from None
    if said := packed(path.with_name(f"{path.name}.hea")):
        raise DataError(said)
    found = sorted(file.stem for file in path.parent.glob("*.hea")) if path.parent.is_dir() else []
    others = f"; records in {path.parent.resolve()}: {', '.join(found[:12])}" if found else ""
    raise DataError(f"there is no record {path}: {path}.hea is missing{others}")


def read_recording(
    path: Path, lead: str = LEAD, second: str = AUTO, precision: int = 64
) -> Recording:
    """Read the leads that are wanted, at the rate of the first.

    Args:
        path: of the record, without extension.
        lead: name of the first lead; of several with one name the second is `NAME#2`.
        second: name of the second; `auto` takes one that MIT-BIH has beside MLII, or else none;
            `none` takes none.
        precision: bits of a sample in mV, 32 or 64.

    Raises:
        DataError: the record is missing, damaged, too short or too coarse, or lacks the lead.
    """
    contents = read_contents(path)
    if not contents.names:
        raise DataError(
            f"record {path} has no signals: there is nothing to label (`deepclaims evaluate` "
            "compares two annotation files of it)"
        )
    leads = _chosen(list(contents.names), lead, second, path)
    read = read_leads(contents, leads, precision)
    for name, each in zip(leads, read, strict=True):
        if not np.isfinite(each.signal).any():
            raise DataError(
                f"lead {name} of record {path} has no samples: all are missing; choose another one"
            )
    rate = read[0].rate
    missing = float(np.mean([np.mean(~np.isfinite(each.signal)) for each in read]))
    whole = [resampled(without_missing(each.signal), each.rate, rate) for each in read]
    units = {name: each.unit for name, each in zip(leads, read, strict=True) if each.unit}
    found = Recording(path, rate, leads, np.stack(whole, axis=1), missing, units=units)
    _require_usable(found)
    return replace(found, gaps=gaps(read[0].signal, rate))


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

    if annotator in OF_SIGNALS:
        raise DataError(
            f"{path}.{annotator} holds no annotations: name another file with annotator=NAME"
        )
    try:
        notes = wfdb.rdann(str(path), annotator)
    except FileNotFoundError:
        raise DataError(
            packed(path.with_name(f"{path.name}.{annotator}"))
            or f"{path}.{annotator} is missing: name another annotation file with annotator=NAME, "
            "or say annotator=detect to have the beats detected"
        ) from None
    except Exception as error:
        raise DataError(f"{path}.{annotator} is damaged ({line(error)})") from None
    sample = np.asarray(notes.sample, dtype=np.int64)
    if notes.fs and notes.fs != rate:
        sample = np.round(sample * (rate / notes.fs)).astype(np.int64)
    symbols = (each if isinstance(each, str) else UNDEFINED for each in notes.symbol)
    return Notes(sample, tuple(symbols), np.asarray(notes.subtype, dtype=np.int64))


def read_beats(recording: Recording, annotator: str) -> Beats:
    """The beats of the record's annotation file with the extension `annotator`.

    Raises:
        DataError: there is no such file, or it is damaged.
    """
    notes = read_notes(recording.path, annotator, recording.rate)
    kept = [
        (sample, CLASS_OF.get(symbol, UNKNOWN))
        for sample, symbol in zip(notes.sample.tolist(), notes.symbol, strict=True)
        if is_beat(symbol) and 0 <= sample < len(recording.signal)
    ]
    label = dict(sorted(kept))  # two beats at one sample are one
    return Beats(np.array([*label], dtype=np.int64), np.array([*label.values()], dtype=np.int64))


def read_length(path: Path) -> tuple[float, int]:
    """Frames a second of a record, which annotation files count in, and how many there are.

    Raises:
        DataError: the header is missing or damaged, or nothing says how long the record is.
    """
    contents = read_contents(path)
    frames = contents.frames
    if frames is None and contents.names:
        (lead,) = read_leads(contents, contents.names[:1])
        frames = round(len(lead.signal) * contents.rate / lead.rate)
    if not contents.rate or not frames:
        raise DataError(f"{path}.hea does not say how long the record is")
    return contents.rate, frames


def beat_files(path: Path) -> dict[str, int]:
    """The annotation files of a record that mark beats: extension, and how many.

    Args:
        path: of the record, without extension.
    """
    signals = getattr(read_header(path), "file_name", None) or ()
    found = {}
    for file in sorted(path.parent.glob(f"{glob.escape(path.name)}.*")):
        extension = file.name[len(path.name) + 1 :]
        if file.name in signals or extension in NO_NOTES or not NAME.fullmatch(extension):
            continue
        try:
            notes = read_notes(path, extension, 1.0)
        except DataError:
            continue
        if count := sum(is_beat(symbol) for symbol in notes.symbol):
            found[extension] = count
    return found


def is_beat(symbol: str) -> bool:
    """Whether a symbol of WFDB marks a beat."""
    return symbol in CLASS_OF or symbol in OTHER_BEATS


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
