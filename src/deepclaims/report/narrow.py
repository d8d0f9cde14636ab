"""A figure for a phone: panels below one another, texts that fit the width, legends under them.

The claim's own function draws both; `Drawing.panels` stacks where the drawing is narrow, and what
is still too wide is mended here once everything is drawn.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text as Written

WIDTH = 3.75
"""Inches: what a phone of 390 CSS pixels has between its margins."""

PANEL = (2.3, 3.1)
"""Least and largest height of a stacked panel, inches."""

_CHARACTER = 0.6  # width of a character, in its height


def panel_height(width: float, height: float, rows: int, cols: int) -> float:
    """Inches for a stacked panel that was part of a figure of this size."""
    own = (height / rows) / (width / cols) * WIDTH
    return min(max(own, PANEL[0]), PANEL[1])


def fit(figure: Figure) -> None:
    """Break long texts, name the axes of every panel and move legends below their panels."""
    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    _name_axes(panels)
    for ax in panels:
        for title in (ax.title, ax._left_title):  # type: ignore[attr-defined]
            _wrap(title, WIDTH * 72 * 0.88)
        _wrap(ax.xaxis.label, WIDTH * 72 * 0.85)
        _wrap(ax.yaxis.label, ax.get_window_extent().height * 72 / figure.dpi)
    for title in (figure._suptitle, figure._supxlabel):  # type: ignore[attr-defined]
        if title is not None:
            _wrap(title, WIDTH * 72)
    for ax in panels:
        if ax.get_legend() is not None and _is_beside_or_wide(ax):
            _legend_below(figure, ax)
    legends: list[Any] = list(figure.legends)
    for legend in legends:
        legend.remove()
        handles, names = _named(legend, panels)
        columns = 2 if max(map(len, names), default=0) < 18 else 1
        figure.legend(handles, [_broken(name, 42) for name in names],
                      loc="outside lower center", ncols=columns)  # fmt: skip


def _name_axes(panels: list[Axes]) -> None:
    """Labels that stood once beside a row or below a column: stacked, each panel needs its own."""
    for side in ("x", "y"):
        named = [getattr(ax, f"get_{side}label")() for ax in panels]
        for position, ax in enumerate(panels):
            shared = getattr(ax, f"get_shared_{side}_axes")()
            if named[position] or not ax.axison:
                continue
            others = [
                named[each]
                for each in range(len(panels))
                if named[each] and shared.joined(ax, panels[each])
            ]
            if others:
                before = [n for n, each in zip(named, panels, strict=True)
                          if n and shared.joined(ax, each)]  # fmt: skip
                getattr(ax, f"set_{side}label")(before[0])


def _wrap(written: Written, points: float) -> None:
    """Break a text so that it is no longer than so many points."""
    characters = int(points / (_CHARACTER * float(written.get_fontsize())))
    written.set_text(_broken(written.get_text(), characters))


def _broken(text: str, characters: int) -> str:
    """Lines of at most so many characters; formulas count as they are seen, and stay whole."""
    if len(text) <= characters and "\n" not in text:
        return text
    pieces = text.split("$")
    words: list[str] = []
    for index, piece in enumerate(pieces):
        if index % 2 and words and not pieces[index - 1].endswith(" "):
            words[-1] += f"${piece}$"
        elif index % 2:
            words.append(f"${piece}$")
        else:
            own = piece.split()
            if own and index and not piece.startswith(" "):
                words[-1] += own.pop(0)
            words += own
    lines, length = [""], 0
    for word in words:
        seen = len(word) if "$" not in word else max(4, len(word) // 2)
        if length and length + 1 + seen > characters:
            lines.append(word)
            length = seen
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
            length += seen + 1
    return "\n".join(lines)


def _is_beside_or_wide(ax: Axes) -> bool:
    legend: Any = ax.get_legend()
    inside = legend.get_bbox_to_anchor().bounds == ax.bbox.bounds
    names = [each.get_text() for each in legend.get_texts()]
    return not inside or len(names) > 3 or max(map(len, names), default=0) > 20


def _named(legend: Any, panels: Iterable[Axes]) -> tuple[list[Any], list[str]]:
    """What a legend names, and how: as it was drawn, where a legend has but an error bar's line."""
    drawn: dict[str, Any] = {}
    for ax in panels:
        for handle, name in zip(*ax.get_legend_handles_labels(), strict=True):
            drawn.setdefault(name, handle)
    names = [each.get_text() for each in legend.get_texts()]
    kept = zip(names, legend.legend_handles, strict=True)
    return [drawn.get(name, own) for name, own in kept], names


def _legend_below(figure: Figure, ax: Axes) -> None:
    old: Any = ax.get_legend()
    handles, names = _named(old, [ax])
    title = old.get_title().get_text()
    old.remove()
    figure.draw_without_rendering()
    below = ax.get_tightbbox().y0  # type: ignore[union-attr]
    gap = (ax.bbox.y0 - below + 4) / ax.bbox.height
    longest = max(map(len, names), default=0)
    made = ax.legend(
        handles, [textwrap.fill(name, 44) if "$" not in name else name for name in names],
        loc="upper left", bbox_to_anchor=(0.0, -gap), borderaxespad=0.0, borderpad=0.0,
        ncols=2 if longest < 18 else 1, columnspacing=1.2, title=title or None,
    )  # fmt: skip
    made.set_in_layout(True)
    extra = made.get_window_extent().height / figure.dpi
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + extra + 0.1)
