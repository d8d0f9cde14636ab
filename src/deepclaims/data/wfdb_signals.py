"""The signals of a WFDB record as they were sampled: each at its own rate, in millivolts.

Frames of several samples, segments with gains of their own, null segments and skews are undone
here; what holds signals, by which format, is wfdb's to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deepclaims.data.wfdb_packed import UNPACKED_BY, packed
from deepclaims.data.wfdb_units import millivolts, signal_files, units_of, unread_rate
from deepclaims.errors import DataError

NULL = "~"
"""A segment without signals."""
NO_FORMAT = "0"
"""Of a signal that no file holds."""
BIG_ENDIAN = "61"
"""The format that wfdb 4.3 cannot give as integers (`Record.convert_dtype`)."""


@dataclass(frozen=True)
class Lead:
    """One signal of a record.

    Args:
        rate: samples a second.
        signal: (n,) in mV, NaN where a sample is missing.
        unit: what it is in where that is no voltage, which is taken for mV; "" where it is one.
    """

    rate: float
    signal: np.ndarray
    unit: str = ""


@dataclass(frozen=True)
class Segment:
    """A stretch of a record that has a header of its own: `frames` (None: unsaid) from `start`."""

    path: Path
    start: int
    frames: int | None


@dataclass(frozen=True)
class Contents:
    """What a record has.

    Args:
        path: of the record, without extension.
        rate: frames a second.
        frames: how many there are; None if the header does not say.
        names: of its signals, none twice; see `distinct`.
        segments: those that have signals, by time.
        by_name: whether segments have the record's signals by name (a variable layout) or by place.
    """

    path: Path
    rate: float
    frames: int | None
    names: tuple[str, ...]
    segments: tuple[Segment, ...]
    by_name: bool = False


def read_header(path: Path) -> Any:
    """What wfdb reads of `<path>.hea`.

    Raises:
        DataError: it is missing, or damaged.
    """
    import wfdb

    file = path.with_name(f"{path.name}.hea")
    try:
        header = wfdb.rdheader(str(path))
    except FileNotFoundError:
        raise DataError(packed(file) or f"{file} is missing") from None
    except Exception as error:  # wfdb raises what its parsing happens to hit
        for name in signal_files(path):
            if name.suffix in UNPACKED_BY and (said := packed(name)):
                raise DataError(f"{said}, and name it so in {file}") from None
        raise DataError(
            f"the header {file} is damaged, or unlike those that wfdb reads ({line(error)})"
        ) from None
    if said := unread_rate(path):
        raise DataError(
            f"the header {file}: '{said}' is no number of frames a second as wfdb reads it"
        )
    if hasattr(header, "seg_name"):
        return header
    described = len(header.file_name or ())
    if described != header.n_sig:
        raise DataError(f"the header {file} says {header.n_sig} signals and describes {described}")
    if described and header.sig_len == 0 and set(header.fmt) != {NO_FORMAT}:
        raise DataError(f"the header {file} says 0 frames: leave that out, or say how many")
    return header


def read_contents(path: Path) -> Contents:
    """What is in a record, of one segment or several.

    Args:
        path: of the record, without extension.

    Raises:
        DataError: a header is missing or damaged.
    """
    header = read_header(path)
    rate = float(header.fs)
    if not hasattr(header, "seg_name"):
        whole = Segment(path, 0, header.sig_len)
        return Contents(path, rate, header.sig_len, distinct(header.sig_name or ()), (whole,))
    lengths = [int(length) for length in header.seg_len]
    starts = np.cumsum([0, *lengths]).tolist()
    named = [(path.parent / name, start, length)
             for name, start, length in zip(header.seg_name, starts[:-1], lengths, strict=True)
             if name != NULL]  # fmt: skip
    described = read_header(named[0][0]).sig_name if named else None
    segments = tuple(Segment(*each) for each in named if each[2])
    return Contents(path, rate, starts[-1], distinct(described or ()), segments,
                    header.layout == "variable")  # fmt: skip


def read_leads(contents: Contents, names: Sequence[str], precision: int = 64) -> list[Lead]:
    """Read signals of a record.

    Args:
        contents: of the record.
        names: of the signals, as `contents` has them.
        precision: bits of a sample in mV, 32 or 64.

    Raises:
        DataError: a file is missing or damaged, or a signal changes its rate midway.
    """
    parts: dict[str, list[_Part]] = {name: [] for name in names}
    frames = contents.frames
    for segment in contents.segments:
        found = _read_segment(contents, segment, precision)
        frames = found.frames if frames is None else frames
        for name in names:
            if name in found.signals:
                parts[name].append(_Part(segment, *found.signals[name]))
    return [_joined(contents, name, parts[name], frames or 0) for name in names]


def distinct(names: Sequence[str | None]) -> tuple[str, ...]:
    """Names of signals, none twice: the second `ECG` is `ECG#2`, one without a name `#1`."""
    found: list[str] = []
    for name in names:
        count, each = 1, name or "#1"
        while each in found or (count > 1 and each in names):
            count += 1
            each = f"{name or ''}#{count}"
        found.append(each)
    return tuple(found)


def line(error: Exception) -> str:
    """What an exception says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


@dataclass(frozen=True)
class _Part:
    """What a segment has of a signal."""

    segment: Segment
    per_frame: int
    signal: np.ndarray
    unit: str


@dataclass(frozen=True)
class _Read:
    """A segment's length; of each signal its samples a frame, its samples in mV, its `unit`."""

    frames: int
    signals: dict[str, tuple[int, np.ndarray, str]]


def _read_segment(contents: Contents, segment: Segment, precision: int) -> _Read:
    import wfdb

    path, header = segment.path, read_header(segment.path)
    here = distinct(header.sig_name or ())
    names = here if contents.by_name else contents.names
    if len(here) != len(names):
        raise DataError(f"{path}.hea has {len(here)} signals, but {contents.path}.hea {len(names)}")
    if float(header.fs) != contents.rate:
        raise DataError(
            f"segment {path} has {header.fs:g} frames a second, but {contents.path}.hea says "
            f"{contents.rate:g}: all segments of a record need one rate"
        )
    held = [i for i, form in enumerate(header.fmt or ()) if form != NO_FORMAT]
    if not held:
        return _Read(int(header.sig_len or 0), {})
    formats = [header.fmt[i] for i in held]
    in_units = BIG_ENDIAN in formats
    with _named(path, formats):
        record = wfdb.rdrecord(
            str(path), physical=in_units, smooth_frames=False, ignore_skew=True, channels=held
        )
        if in_units:
            record.adc(expanded=True, inplace=True)
    _require_intact(record, path)
    if segment.frames is not None and record.sig_len != segment.frames:
        raise DataError(
            f"the signal of record {contents.path} is damaged: {path}.hea has {record.sig_len} "
            f"frames, and {contents.path}.hea says {segment.frames}"
        )
    units = units_of(path, header)
    record.dac(expanded=True, return_res=precision, inplace=True)
    signals = {}
    for at, column in enumerate(held):
        per_frame = int(record.samps_per_frame[at] or 1)
        late = int(record.skew[at] or 0) * per_frame
        scale = millivolts(units[column])
        signals[names[column]] = (
            per_frame,
            _earlier(record.e_p_signal[at], late) * (1.0 if scale is None else scale),
            units[column] if scale is None else "",
        )
    return _Read(int(record.sig_len), signals)


@contextmanager
def _named(path: Path, formats: Sequence[str]) -> Iterator[None]:
    """Turns what wfdb raises while it reads into an error that names the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(
            packed(Path(error.filename)) or f"{error.filename} is missing, which {path}.hea names"
        ) from None
    except Exception as error:  # wfdb raises what its reading happens to hit
        if isinstance(error, KeyError) and error.args[0] in formats:
            raise DataError(
                f"record {path} has signals in format {error.args[0]}, which wfdb does not read"
            ) from None
        raise DataError(
            f"the signal of record {path} is damaged, or shorter than {path}.hea says "
            f"({line(error)})"
        ) from None


def _require_intact(record: Any, path: Path) -> None:
    """Compare the sums of the samples with those in the header, where it has them."""
    said, first = record.checksum or [], record.init_value or []
    wrong = [
        str(name)
        for name, sum_, start, found, raw in zip(
            record.sig_name, said, first, record.calc_checksum(expanded=True), record.e_d_signal,
            strict=False,
        )
        if sum_ is not None and (sum_ - found) % 2**16 and not _unsaid(sum_, start, raw)
    ]  # fmt: skip
    if wrong:
        raise DataError(
            f"the signal of record {path} is damaged: the samples of {', '.join(wrong)} do not add "
            "up to the checksum in its header"
        )


def _unsaid(checksum: int, start: int | None, raw: np.ndarray) -> bool:
    """Whether a header was filled with zeros: of the sum and of the first sample, wrong too."""
    return checksum == 0 and start == 0 and len(raw) > 0 and int(raw[0]) != 0


def _earlier(signal: np.ndarray, late: int) -> np.ndarray:
    """A signal that was sampled so many samples late, in its place; its end is not known."""
    if not late:
        return signal
    return np.concatenate([signal[late:], np.full(min(late, len(signal)), np.nan, signal.dtype)])


def _joined(contents: Contents, name: str, parts: Sequence[_Part], frames: int) -> Lead:
    """The parts of a signal, each in its place; NaN where there is none."""
    rates = {part.per_frame for part in parts} or {1}
    if len(rates) > 1:
        raise DataError(
            f"lead {name} of record {contents.path} has {' and '.join(map(str, sorted(rates)))} "
            "samples a frame, by segment: one rate is needed"
        )
    (per_frame,) = rates
    rate = contents.rate * per_frame
    unit = next((part.unit for part in parts if part.unit), "")
    if len(parts) == 1 and len(parts[0].signal) == frames * per_frame:
        return Lead(rate, parts[0].signal, unit)
    kind = parts[0].signal.dtype if parts else np.dtype(np.float64)
    signal = np.full(frames * per_frame, np.nan, kind)
    for part in parts:
        begin = part.segment.start * per_frame
        signal[begin : begin + len(part.signal)] = part.signal
    return Lead(rate, signal, unit)
