"""A figure in words, for those who do not see it: what is drawn, from where to where, which way.

Everything is read off what was drawn (`report/drawn.py`); the caption is not said again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from deepclaims.report import rounding
from deepclaims.report.drawn import Plot, Series, Shown
from deepclaims.report.words import Words

MOST_SERIES = 5
"""Series of a panel that are told one by one; of more, how many there are."""
MOST_PLACES = 6
"""Points that are told one by one where they stand for things with names."""
_STEADY = 0.05  # of the range of the panel: less is no trend

Plain = Callable[[str], str]
"""Makes plain text of one with formulas."""


def describe(plot: Plot, words: Words, plain: Plain) -> str:
    """The alternative text of a figure.

    Args:
        plot: what was drawn.
        words: of the page's language.
        plain: makes plain text of labels with formulas in them.
    """
    several = len(plot.panels) > 1
    told = []
    for letter, panel in zip("abcdefghijklmnopqrstuvwxyz", plot.panels, strict=False):
        text = " ".join(_panel(panel, words, plain))
        title = plain(panel.title)
        head = f"({letter}) {title}. " if several else f"{title}. " if title else ""
        told.append(head + text)
    lead = words("alt_panels", n=len(plot.panels)) + " " if several else ""
    return lead + " ".join(told)


def _panel(panel: Shown, words: Words, plain: Plain) -> Iterator[str]:
    if panel.x or panel.y:
        names = {"x": plain(panel.x) or words.alt_unnamed, "y": plain(panel.y) or words.alt_unnamed}
        yield words("alt_axes", **names) + (f" {words.alt_log}" if panel.log else "")
    tables = [each for each in panel.series if each.kind == "table"]
    texts = [each for each in panel.series if each.kind == "text"]
    rest = [each for each in panel.series if each.kind in ("points", "line")]
    if tables:
        yield _table(tables, words)
    if texts:
        cells = [str(cell) for each in texts for cell in each.y]
        yield words("alt_entries", entries=", ".join(plain(cell) for cell in cells[:40]))
    placed = [each for each in rest if not each.name and len(each.x) == 1 and _is_place(each)]
    if placed:
        yield _told(words.alt_a_series, [(each.x[0], each.y[0]) for each in placed], words, plain)
        rest = [each for each in rest if each not in placed]
    named = [each for each in rest if each.name]
    shown = (named or rest)[:MOST_SERIES]
    for each in shown:
        yield _series(each, panel, words, plain)
    if left := len(rest) - len(shown):
        yield words("alt_more_one") if left == 1 else words("alt_more", n=left)
    for each in panel.series:
        if each.kind == "level":
            value = each.y[0] if each.y[0] != "" else each.x[0]
            name = plain(each.name) if each.name else words.alt_level
            yield words("alt_threshold", name=name, value=_number(value, words))


def _series(series: Series, panel: Shown, words: Words, plain: Plain) -> str:
    name = f"«{plain(series.name)}»" if series.name else words.alt_a_series
    number = lambda value: _number(value, words)  # noqa: E731
    points = [
        (x, y) for x, y in zip(series.x, series.y, strict=True) if x is not None and y is not None
    ]
    if not points:
        return words("alt_empty", name=name)
    if len(points) == 1 and not _is_place(series):
        return words("alt_one", name=name, x=number(points[0][0]), y=number(points[0][1]))
    if _is_place(series):
        return _told(name, points, words, plain)
    points.sort()
    ys = [y for _, y in points]
    if len({x for x, _ in points}) < len(points) and not series.low:
        return words("alt_spread", name=name, n=len(points), low=number(min(ys)),
                     high=number(max(ys)))  # fmt: skip
    (x0, y0), (x1, y1) = points[0], points[-1]
    if min(ys) == max(ys):
        return words("alt_constant", name=name, y0=number(y0), x0=number(x0), x1=number(x1))
    trend = _trend([_scaled(y, panel) for y in ys], _range(panel))
    return words(f"alt_{trend}", name=name, x0=number(x0), y0=number(y0),
                 x1=number(x1), y1=number(y1), low=number(min(ys)), high=number(max(ys)),
                 at_low=number(points[ys.index(min(ys))][0]),
                 at_high=number(points[ys.index(max(ys))][0]))  # fmt: skip


def _is_place(series: Series) -> bool:
    return any(isinstance(each, str) for each in (*series.x, *series.y))


def _told(name: str, points: Sequence[tuple[Any, Any]], words: Words, plain: Plain) -> str:
    """Points that stand for things with names, one by one."""
    told = []
    for x, y in points[:MOST_PLACES]:
        place, value = (y, x) if isinstance(y, str) else (x, y)
        told.append(f"{plain(_number(place, words))}: {_number(value, words)}")
    more = "; …" if len(points) > MOST_PLACES else ""
    return words("alt_places", name=name, points="; ".join(told) + more)


def _trend(ys: Sequence[float], span: float) -> str:
    """`rises`, `falls`, `stays`, or where it turns: `dips`, `peaks` or `varies`."""
    small = _STEADY * span
    low, high = min(ys), max(ys)
    if high - low <= small:
        return "stays"
    if ys[0] - low > small and ys[-1] - low > small and high in (ys[0], ys[-1]):
        return "dips"
    if high - ys[0] > small and high - ys[-1] > small and low in (ys[0], ys[-1]):
        return "peaks"
    back = sum(max(0.0, a - b) for a, b in pairwise(ys))
    forth = sum(max(0.0, b - a) for a, b in pairwise(ys))
    if back > 3 * forth:
        return "falls"
    return "rises" if forth > 3 * back else "varies"


def _scaled(y: float, panel: Shown) -> float:
    """How high a point stands in its panel."""
    return math.log10(max(y, 1e-300)) if "y" in panel.log else y


def _range(panel: Shown) -> float:
    drawn = [each for each in panel.series if each.kind in ("points", "line")]
    ys = [_scaled(y, panel) for each in drawn for y in each.y if isinstance(y, float)]
    return max(ys) - min(ys) if ys else 1.0


def _table(rows: Sequence[Series], words: Words) -> str:
    values = [(value, row.name, column) for row in rows
              for column, value in zip(row.x, row.y, strict=True) if value is not None]  # fmt: skip
    low, high = min(values, key=lambda v: v[0]), max(values, key=lambda v: v[0])
    return words(
        "alt_map", rows=len(rows), columns=len(rows[0].x),
        low=_number(low[0], words), low_at=f"{low[1]}, {_number(low[2], words)}",
        high=_number(high[0], words), high_at=f"{high[1]}, {_number(high[2], words)}",
    )  # fmt: skip


def _number(value: Any, words: Words) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else rounding.number(value, words.language, 3)
