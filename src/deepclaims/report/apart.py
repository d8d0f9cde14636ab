"""What a figure shows, in two files: its numbers in the CSV that readers take, the rest as JSON.

So no number is written twice. The JSON says how many lines of the CSV belong to a series, and has
the columns that are not the CSV's own: names in another language, numbers that differ.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepclaims.report.drawn import Plot, Series, Shown

_LINES = "points"
_COLUMNS = ("x", "y", "low", "high")


def rest(plot: Plot, points: str) -> dict[str, Any]:
    """A plot as plain data, without what a CSV has of it.

    Args:
        plot: what the figure shows, in any language.
        points: the text of the CSV; "" leaves out nothing.
    """
    plain, lines = plot.to_dict(), _lines(points)
    for series in itertools.chain.from_iterable(panel["series"] for panel in plain["panels"]):
        series[_LINES] = len(series["x"])
        for name, column in _columns(lines, series[_LINES]).items():
            own = series.pop(name, ())
            if own != column:
                series[name] = own
    return plain


def whole(written: Mapping[str, Any], points: str) -> Plot:
    """What `rest` was made of.

    Raises:
        TypeError, KeyError, ValueError: when they do not belong together.
    """
    lines = _lines(points)
    return Plot(
        tuple(
            Shown(**{**panel, "series": tuple(_series(each, lines) for each in panel["series"])})
            for panel in written["panels"]
        )
    )


def _series(written: Mapping[str, Any], lines: Iterator[Sequence[str]]) -> Series:
    own: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in written.items()
    }
    return Series(**{**_columns(lines, own.pop(_LINES, 0)), **own})


def _lines(points: str) -> Iterator[Sequence[str]]:
    """The lines of a CSV, but for its head: number of the panel, series, columns."""
    return itertools.islice(csv.reader(io.StringIO(points, newline="")), 1, None)


def _columns(lines: Iterator[Sequence[str]], count: int) -> dict[str, tuple[Any, ...]]:
    """The columns of the next lines that are numbers; none where there are fewer lines."""
    taken = list(itertools.islice(lines, count))
    if not count or len(taken) < count:
        return {}
    found = {}
    for name, cells in zip(_COLUMNS, list(zip(*taken, strict=True))[2:], strict=False):
        try:
            column = tuple(float(cell) if cell else None for cell in cells)
        except ValueError:  # names
            continue
        nothing = name in ("low", "high") and not any(cells)
        found[name] = () if nothing else column
    return found
