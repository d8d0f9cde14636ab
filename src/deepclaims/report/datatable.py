"""The data of a figure as a table of a page: panel by panel, as they were drawn."""

from __future__ import annotations

import itertools
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
        points = [(each, index) for each in panel.series for index in range(len(each.x))]
        if not points:
            continue
        step = -(-len(points) // MOST)
        rows = tuple(_row(series, index, language) for series, index in points[::step])
        made.append(PanelTable(panel.title, panel.x, panel.y, rows, len(points)))
    return made


def _row(series: Series, index: int, language: str) -> Row:
    x, y = series.x[index], series.y[index]
    low, high = (series.low[index], series.high[index]) if series.low else (None, None)
    value = y if series.along == "y" else x
    if low is None or high is None or not isinstance(value, float):
        return Row(series.name, _written(x, language), _written(y, language))
    shown, interval = rounding.estimate(value, low, high, language)
    x_text, y_text = (
        (_written(x, language), shown) if series.along == "y" else (shown, _written(y, language))
    )
    return Row(series.name, x_text, y_text, interval)


def _written(value: Any, language: str) -> str:
    return value if isinstance(value, str) else rounding.number(value, language)
