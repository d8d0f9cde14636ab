"""What a figure shows, as data: read off the drawing itself, so that it cannot differ from it."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 4000
"""Points of a figure that are kept as data; of more, every second, third, … of each series."""

DIGITS = 5
"""Significant digits that are kept: more than can be seen."""


@dataclass(frozen=True)
class Series:
    """Points of one look in one panel.

    Args:
        name: as in the legend; "" where nothing names it.
        x: abscissae, or the names of places.
        y: ordinates, or the names of places.
        low: lower ends of the intervals along `along`; empty where there are none.
        high: upper ends.
        along: `x` or `y`: the axis that intervals lie on.
        kind: `points`, `line`, `level`, `table` or `text`.
        every: of how many points each one here stands; 1 where all are kept.
    """

    name: str
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    low: tuple[Any, ...] = ()
    high: tuple[Any, ...] = ()
    along: str = "y"
    kind: str = "points"
    every: int = 1


@dataclass(frozen=True)
class Shown:
    """One panel: its title, the names of its axes, and its series."""

    title: str
    x: str
    y: str
    series: tuple[Series, ...] = ()
    log: str = ""


@dataclass(frozen=True)
class Plot:
    """A figure as data, panel by panel."""

    panels: tuple[Shown, ...] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """It as plain data that JSON can hold; what is as it is by default is left out."""
        return {
            "panels": [
                {**asdict(panel), "series": [_said(each) for each in panel.series]}
                for panel in self.panels
            ]
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote."""
        return cls(
            tuple(
                Shown(**{**panel, "series": tuple(Series(**each) for each in panel["series"])})
                for panel in written["panels"]
            )
        )

    @property
    def rows(self) -> int:
        """How many points there are."""
        return sum(len(each.x) for panel in self.panels for each in panel.series)

    def csv(self) -> str:
        """One line a point: number of its panel, series, x, y and the interval.

        What a panel and its axes are called is said where the panel begins.
        """
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(("panel", "series", "x", "y", "low", "high", "title", "x_axis", "y_axis"))
        for number, panel in enumerate(self.panels, start=1):
            names = (panel.title, panel.x, panel.y)
            for each in panel.series:
                ends = zip(each.low, each.high, strict=True) if each.low else None
                for x, y in zip(each.x, each.y, strict=True):
                    low, high = next(ends) if ends else ("", "")
                    table.writerow((number, each.name, *map(_cell, (x, y, low, high)), *names))
                    names = ("", "", "")
        return text.getvalue()


def _said(series: Series) -> dict[str, Any]:
    return {
        each.name: value
        for each in fields(series)
        if (value := getattr(series, each.name)) != each.default
    }


def read(figure: Figure) -> Plot:
    """Read a drawn figure; colour bars are none of its panels."""
    legends = _named(figure)
    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    raw = [tuple(_series(ax, legends)) for ax in panels]
    total = sum(len(each.x) for panel in raw for each in panel)
    every = max(1, math.ceil(total / MOST))
    return Plot(
        tuple(
            Shown(
                title=_plain(ax.get_title(loc="left") or ax.get_title()),
                x=_plain(_label(ax, "x")),
                y=_plain(_label(ax, "y")),
                series=tuple(_thinned(each, every) for each in found),
                log="".join(s for s in "xy" if getattr(ax, f"get_{s}scale")() == "log"),
            )
            for ax, found in zip(panels, raw, strict=True)
        )
    )


def _series(ax: Axes, legends: Mapping[Any, str]) -> Iterator[Series]:
    from matplotlib.container import BarContainer, ErrorbarContainer

    seen: set[int] = set()
    bands = _bands(ax)
    for container in ax.containers:
        if isinstance(container, ErrorbarContainer):
            line, caps, _ = container
            seen |= {id(each) for each in (line, *caps)}
            if line is not None:
                yield _with_bars(ax, line, container, _name(container, line, legends))
        elif isinstance(container, BarContainer):
            middles = [bar.get_x() + bar.get_width() / 2 for bar in container]
            heights = [bar.get_height() for bar in container]
            yield _made(ax, _name(container, container, legends), middles, heights)
    for line in ax.lines:
        if id(line) in seen:
            continue
        x, y = (np.asarray(line.get_data(orig=False)[side], dtype=float) for side in (0, 1))
        name = _name(line, line, legends)
        if line.get_transform() != ax.transData:  # axhline, axvline
            level = y if len(set(y)) == 1 else x
            if len(level):
                yield _made(ax, name, [""] if level is y else level[:1],
                            level[:1] if level is y else [""], kind="level")  # fmt: skip
            continue
        if not len(x):
            continue
        low, high = bands.get((line.get_color(), len(x)), ((), ()))
        yield _made(ax, name, x, y, low, high, kind=_kind(line))
    for collection in ax.collections:
        yield from _collected(ax, collection, legends)
    for image in ax.images:
        yield from _table(ax, np.asarray(image.get_array(), dtype=float))
    written = [(text.get_position(), text.get_text()) for text in ax.texts if text.get_text()]
    if written and not (ax.lines or ax.containers or ax.images):
        written.sort(key=lambda each: (round(each[0][1], 3), each[0][0]))
        yield Series("", tuple(_round(p[0]) for p, _ in written),
                     tuple(_plain(text) for _, text in written), kind="text")  # fmt: skip
    for table in ax.tables:
        for (row, column), cell in sorted(table.get_celld().items()):
            yield Series(str(row), (column,), (_plain(cell.get_text().get_text()),), kind="text")


def _with_bars(ax: Axes, line: Any, container: Any, name: str) -> Series:
    x, y = (np.asarray(each, dtype=float) for each in line.get_data(orig=False))
    bars = container.lines[2]
    along = "y" if container.has_yerr else "x"
    low = high = np.array([])
    if bars:
        segments = bars[0].get_segments()
        side = 1 if along == "y" else 0
        if len(segments) == len(x):
            # Matplotlib leaves a bar without ends where one of them is no number.
            low, high = (
                np.array([s[end][side] if len(s) == 2 else np.nan for s in segments])
                for end in (0, 1)
            )
            centre = y if along == "y" else x
            low, high = (np.where(each == centre, np.nan, each) for each in (low, high))  # open
    return _made(ax, name, x, y, low, high, along=along, kind=_kind(line))


def _kind(line: Any) -> str:
    return "points" if line.get_linestyle() in ("None", "none", "") else "line"


def _bands(ax: Axes) -> dict[tuple[Any, int], tuple[np.ndarray, np.ndarray]]:
    """Lower and upper edge of each filled band, by its colour and number of points."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_hex

    found = {}
    for each in ax.collections:
        if not isinstance(each, PolyCollection) or len(each.get_paths()) != 1:
            continue
        vertices = np.asarray(each.get_paths()[0].vertices)
        n = (len(vertices) - 3) // 2
        if n > 1 and len(vertices) == 2 * n + 3 and len(np.atleast_2d(each.get_facecolor())):
            low, high = vertices[1 : n + 1, 1], vertices[n + 2 : 2 * n + 2, 1][::-1]
            found[to_hex(np.atleast_2d(each.get_facecolor())[0]).upper(), n] = (low, high)
    return found


def _collected(ax: Axes, collection: Any, legends: Mapping[Any, str]) -> Iterator[Series]:
    from matplotlib.collections import LineCollection, PathCollection, QuadMesh

    if isinstance(collection, PathCollection):
        x, y = np.asarray(collection.get_offsets(), dtype=float).reshape(-1, 2).T
        yield _made(ax, _name(collection, collection, legends), x, y)
    elif isinstance(collection, QuadMesh):
        yield from _table(ax, np.asarray(collection.get_array(), dtype=float))
    elif isinstance(collection, LineCollection):
        of_bars = {id(each) for container in ax.containers
                   for each in (getattr(container, "lines", (0, 0, ()))[2] or ())}  # fmt: skip
        if id(collection) in of_bars:
            return
        segments = collection.get_segments()
        ends = np.array([[s[0], s[-1]] for s in segments if len(s) > 1])
        if len(ends):
            low, high = np.sort(ends[:, :, 1], axis=1).T
            yield _made(ax, _name(collection, collection, legends), ends[:, 0, 0],
                        (low + high) / 2, low, high)  # fmt: skip


def _table(ax: Axes, values: np.ndarray) -> Iterator[Series]:
    if values.ndim != 2:
        return
    rows, columns = values.shape
    for row in range(rows):
        yield Series(
            str(_place(ax, "y", row)), tuple(_place(ax, "x", c) for c in range(columns)),
            tuple(_round(each) for each in values[row]), kind="table",
        )  # fmt: skip


def _made(
    ax: Axes, name: str, x: Any, y: Any, low: Any = (), high: Any = (), *,
    along: str = "y", kind: str = "points",
) -> Series:  # fmt: skip
    if not len(low) or not np.isfinite(np.asarray(low, dtype=float)).any():
        low = high = ()
    return Series(
        name,
        tuple(_place(ax, "x", each) for each in x),
        tuple(_place(ax, "y", each) for each in y),
        tuple(map(_round, low)), tuple(map(_round, high)), along, kind,
    )  # fmt: skip


def _place(ax: Axes, side: str, value: Any) -> Any:
    """A coordinate, or the name that stands at its place on the axis."""
    if isinstance(value, str):
        return value
    for place, (name, reach) in _places(getattr(ax, f"{side}axis")).items():
        if abs(place - value) < reach:
            return name
    return _round(value)


def _places(axis: Any) -> dict[float, tuple[str, float]]:
    """The names at an axis that are not the numbers themselves, and how far each reaches."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

    formatter, locator = axis.get_major_formatter(), axis.get_major_locator()
    if not isinstance(locator, FixedLocator):
        return {}
    places = [float(each) for each in locator()]
    if isinstance(formatter, FixedFormatter):
        names = list(formatter.seq)
    elif isinstance(formatter, FuncFormatter):
        names = [str(formatter(each, n)) for n, each in enumerate(places)]
    else:
        return {}
    if len(names) != len(places) or all(map(_is_written, names, places)):
        return {}
    reach = min((b - a for a, b in pairwise(sorted(places))), default=1.0) / 2
    return {place: (_plain(name), reach) for place, name in zip(places, names, strict=True) if name}


def _name(labelled: Any, looked: Any, legends: Mapping[Any, str]) -> str:
    label = str(labelled.get_label() or "")
    if label and not label.startswith("_"):
        return _plain(label)
    return legends.get(_look(looked), "")


def _named(figure: Figure) -> dict[Any, str]:
    """Names in any legend of the figure by the look that they name, where one name has it alone."""
    every: list[Any] = [ax.get_legend() for ax in figure.axes if ax.get_legend()]
    every += figure.legends
    found: dict[Any, set[str]] = {}
    for legend in every:
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
            if (look := _look(handle)) is not None:
                found.setdefault(look, set()).add(_plain(text.get_text()))
    return {look: names.pop() for look, names in found.items() if len(names) == 1}


def _look(artist: Any) -> Any:
    if hasattr(artist, "has_yerr"):
        artist = artist.lines[0]
    if not hasattr(artist, "get_marker"):
        return None
    return (str(artist.get_color()), str(artist.get_marker()), str(artist.get_linestyle()),
            str(artist.get_markerfacecolor()))  # fmt: skip


def _label(ax: Axes, side: str) -> str:
    """The name of an axis, or that of the axis it is shared with."""
    own = str(getattr(ax, f"get_{side}label")())
    if own or not ax.axison:
        return own
    shared = getattr(ax, f"get_shared_{side}_axes")().get_siblings(ax)
    return next((t for each in shared if (t := str(getattr(each, f"get_{side}label")()))), "")


def _thinned(series: Series, every: int) -> Series:
    if every == 1 or len(series.x) < 40 or series.kind in ("table", "text"):
        return series
    kept: dict[str, Sequence[Any]] = {
        key: getattr(series, key)[::every] for key in ("x", "y", "low", "high")
    }
    return Series(series.name, kept["x"], kept["y"], kept["low"], kept["high"],  # type: ignore[arg-type]
                  series.along, series.kind, every)  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"^\([a-z]\) ", "", " ".join(text.split()))


def _round(value: Any) -> float | None:
    number = float(value)
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


def _is_written(text: str, value: float) -> bool:
    """Whether a text is nothing but this number, or is left out."""
    digits = re.sub(r"[\s\u202f\u00a0]", "", text).replace("−", "-").replace("{,}", ".")
    if not digits:
        return True
    for each in (digits, digits.replace(",", "."), digits.replace(",", "")):
        try:
            if math.isclose(float(each), value, rel_tol=1e-6, abs_tol=1e-12):
                return True
        except ValueError:
            continue
    return "$" in text and "10" in text


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else value
