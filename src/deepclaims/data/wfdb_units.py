"""The units of a WFDB record's signals, the Greek letter in µV among them."""

from __future__ import annotations

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
    raw = path.with_name(f"{path.name}.hea").read_bytes()
    if raw.isascii():
        return list(header.units or ())
    rows = [row.split() for row in _text(raw).splitlines()]
    rows = [row for row in rows if row and not row[0].startswith("#")]
    gains = [row[2] if len(row) > 2 else "" for row in rows[1 : 1 + header.n_sig]]
    return [gain.partition("/")[2] or "mV" for gain in gains]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
