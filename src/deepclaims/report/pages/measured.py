"""Measured points for the pictures that move, from the tables that are published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

Points = Sequence[Mapping[str, float]]
SOURCES = {
    "momentum-lowers-ball": ("additive", "ball", "lr", "beta"),
    "momentum-bias-correction": ("weights", "share", "step", "beta1"),
}
"""By claim: part and metric, and the columns of x and of the constant that its slider moves."""


def points(names: Sequence[str], table: Callable[[str], Path]) -> dict[str, Points]:
    """The mean over seeds of what was measured, by claim.

    Args:
        names: full names of the claims published.
        table: where the replicas of a claim are, by its full name.
    """
    found = {}
    for name in moved(names):
        claim = name.rpartition("/")[2]
        if table(name).is_file():
            found[claim] = _read(table(name), *SOURCES[claim])
    return found


def moved(names: Sequence[str]) -> list[str]:
    """Those claims, of full names, that give a picture that moves its points."""
    return [name for name in names if name.rpartition("/")[2] in SOURCES]


def _read(file: Path, part: str, metric: str, x: str, at: str) -> Points:
    from pyarrow.parquet import ParquetFile  # a third of the time of pandas

    rows = ParquetFile(file).read(["part", "metric", "value", x, at]).to_pylist()
    found: dict[tuple[float, float], list[float]] = defaultdict(list)
    for row in rows:
        if (row["part"], row["metric"]) == (part, metric) and None not in row.values():
            found[float(row[at]), float(row[x])].append(row["value"])
    return [{"x": x, "y": fmean(values), "at": at} for (at, x), values in sorted(found.items())]
