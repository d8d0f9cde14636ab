"""What wfdb overlooks in a header: the letter of µV, a rate that is no number, a packed file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

MILLIVOLTS = {
    unit.casefold(): scale
    for scale, units in (
        (1e3, ("V", "volt", "volts")),
        (1.0, ("mV", "millivolt", "millivolts")),
        (1e-3, ("uV", "µV", "microvolt", "microvolts")),
        (1e-6, ("nV", "nanovolt", "nanovolts")),
    )
    for unit in units
}
"""Of each unit, the micro sign folded into the Greek letter; capitals are not told apart."""

RATE = re.compile(r"(\d+\.?\d*|\.\d+)([/(].*)?")
"""Frames a second, and behind them what WFDB allows: the frequency of a counter, and its base."""


def millivolts(unit: str) -> float | None:
    """How many there are in a unit of voltage; None for any other."""
    return MILLIVOLTS.get(unit.casefold())


def units_of(path: Path, header: Any) -> list[str]:
    """The unit of each signal of a record of one segment.

    wfdb drops what is not ASCII from a header, so that it takes µV for V: such a header is looked
    at itself.

    Args:
        path: of the record, without extension.
        header: what wfdb has read of `<path>.hea`.
    """
    raw = _file(path).read_bytes()
    if raw.isascii():
        return list(header.units or ())
    gains = [row[2] if len(row) > 2 else "" for row in _rows(raw)[1 : 1 + header.n_sig]]
    return [gain.partition("/")[2] or "mV" for gain in gains]


def unread_rate(path: Path) -> str:
    """What stands in the place of a record's rate and is none; "" where it is one, or unsaid.

    wfdb reads 250 there, which is WFDB's meaning of a rate that is unsaid.
    """
    words = next(iter(_rows(_file(path).read_bytes())), [])
    said = words[2] if len(words) > 2 else ""
    return "" if not said or said.startswith("#") or RATE.fullmatch(said) else said


def signal_files(path: Path) -> list[Path]:
    """What stands where a header names files, whether wfdb can read it or not.

    Args:
        path: of the record, without extension.
    """
    return [path.with_name(Path(row[0]).name) for row in _rows(_file(path).read_bytes())[1:]]


def _file(path: Path) -> Path:
    return path.with_name(f"{path.name}.hea")


def _rows(raw: bytes) -> list[list[str]]:
    """The words of the lines of a header that are no remarks."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    rows = [row.split() for row in text.splitlines()]
    return [row for row in rows if row and not row[0].startswith("#")]
