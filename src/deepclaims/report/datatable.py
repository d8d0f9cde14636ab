"""The data of a figure as a table of a page: panel by panel, as they were drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deepclaims.report import rounding
from deepclaims.report.drawn import Plot, Series

MOST = 30
"""Rows of a panel on a page; of more, evenly spaced ones. The CSV has all."""


@dataclass(frozen=True)
class Row:
    """One point: its series, where it is, and its interval, as a page writes them."""

    series: str
    x: str
    y: str
    interval: str = ""


@dataclass(frozen=True)
class PanelTable:
    """The points of one panel.

    Args:
        title: of the panel.
        x: name of the axis across.
        y: name of the axis upwards.
        rows: those shown.
        all: how many there are.
    """

    title: str
    x: str
    y: str
    rows: tuple[Row, ...]
    all: int

    @property
    def has_intervals(self) -> bool:
        """Whether any point has one."""
        return any(each.interval for each in self.rows)

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """The rows series by series, so that a page names each once."""
        named = itertools.groupby(self.rows, key=lambda row: row.series)
        return [(name, list(rows)) for name, rows in named]


def tables(plot: Plot, language: str) -> list[PanelTable]:
    """The tables of a figure, one a panel that shows anything."""
    made = []
    for panel in plot.panels:
        rows = [row for each in panel.series for row in _rows(each, language)]
        if not rows:
            continue
        step = -(-len(rows) // MOST)
        made.append(PanelTable(panel.title, panel.x, panel.y, tuple(rows[::step]), len(rows)))
    return made


def _rows(series: Series, language: str) -> Iterator[Row]:
    ends: Any = zip(series.low, series.high, strict=True) if series.low else None
    for x, y in zip(series.x, series.y, strict=True):
        low, high = next(ends) if ends else (None, None)
        value = y if series.along == "y" else x
        if low is None or high is None or not isinstance(value, float):
            yield Row(series.name, _written(x, language), _written(y, language))
            continue
        shown, interval = rounding.estimate(value, low, high, language)
        x_text, y_text = (
            (_written(x, language), shown)
            if series.along == "y"
            else (shown, _written(y, language))
        )
        yield Row(series.name, x_text, y_text, interval)


def _written(value: Any, language: str) -> str:
    return value if isinstance(value, str) else rounding.number(value, language)
