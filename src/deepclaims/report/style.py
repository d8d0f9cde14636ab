"""One look for every chart: colour-blind safe, theory dashed over a measurement with its interval.

Figures are plain `matplotlib.figure.Figure` objects, never `pyplot` ones: nothing global grows
while a whole catalogue is drawn, and no display is needed.

A claim draws so::

    fig, ax = figure()
    measured(ax, width, mean, low, high, label=say(language, "medido", "measured"))
    theory(ax, width, bound, label=say(language, "cota", "bound"))
    ax.set_xlabel(say(language, "ancho (unidades)", "width (units)"))
    ax.legend()
    return {"width": fig}
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.report import narrow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

OKABE_ITO = MappingProxyType(
    {
        "blue": "#0072B2",
        "vermilion": "#D55E00",
        "green": "#009E73",
        "purple": "#CC79A7",
        "sky": "#56B4E9",
        "orange": "#E69F00",
        "grey": "#7F7F7F",
        "black": "#000000",
    }
)
"""Okabe and Ito, *Color Universal Design* (2008), by name; yellow left out (too pale on white)."""

COLOURS: tuple[str, ...] = tuple(OKABE_ITO.values())
"""The same colours in the order in which series take them: `COLOURS[0]`, `COLOURS[1]`, …"""

MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""A second way to tell series apart, in the same order, for those who see no colour."""

THEORY = "#222222"
"""Colour of a theoretical line unless the caller gives it the colour of its measurement."""

_GRID = "#D9D9D9"
_INK = "#333333"
_BAND_FROM = 40  # more points than this: a band reads better than error bars

STYLE: MappingProxyType[Any, Any] = MappingProxyType(
    {
        "figure.facecolor": "none",  # the page's own ground, light or dark
        "axes.facecolor": "none",
        "axes.edgecolor": _INK,
        "axes.labelcolor": _INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.titlesize": "medium",
        "axes.titlelocation": "left",
        "axes.formatter.useoffset": False,
        "axes.formatter.limits": (-4, 5),
        "axes.unicode_minus": True,
        "grid.color": _GRID,
        "grid.linewidth": 0.6,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "text.color": _INK,
        "font.family": "DejaVu Sans",  # ships with matplotlib: the same glyphs on every machine
        "mathtext.fontset": "dejavusans",
        "font.size": 10.0,
        "legend.frameon": False,
        "legend.fontsize": "small",
        "lines.linewidth": 1.8,
        "lines.markersize": 5.0,
        "errorbar.capsize": 2.5,
        "image.cmap": "viridis",
        "path.simplify": True,
        "path.simplify_threshold": 0.25,
        "savefig.facecolor": "none",
        "svg.fonttype": "path",  # a page must read the same where our font is not installed
        "svg.hashsalt": "deepclaims",  # ids in the file depend on its content only
    }
)
"""What a `.mplstyle` file would say."""

_SIZES = {1: 6.4, 2: 9.2, 3: 12.0}  # inches across, by the number of panels side by side
_PANEL_HEIGHT = 3.9
_OF_A_GRID = ("sharex", "sharey", "width_ratios", "height_ratios")
"""Options of `Figure.subplots` that mean something else once panels are stacked."""


def figure(
    rows: int = 1,
    cols: int = 1,
    *,
    width: float | None = None,
    height: float | None = None,
    **subplots: Any,
) -> tuple["Figure", Any]:
    """Make an empty figure in the house style.

    Args:
        rows: panels from top to bottom.
        cols: panels from left to right.
        width: inches; chosen from `cols` if not given.
        height: inches; chosen from `rows` if not given.
        subplots: passed to `Figure.subplots` (`sharex`, `sharey`, `width_ratios`, …).

    Returns:
        The figure and its axes as `pyplot.subplots` would give them: one `Axes` for one panel,
        a one-dimensional array for one row or one column, else an array `(rows, cols)`.
    """
    import matplotlib
    from cycler import cycler
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Artists read their defaults when they are made, which is in the claim's code after this
    # call: a context around this function alone would not reach them.
    matplotlib.rcParams.update(STYLE)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=COLOURS)
    size = (
        width or _SIZES.get(cols, 4.0 * cols),
        height or (4.0 if rows == cols == 1 else _PANEL_HEIGHT * rows),
    )
    made = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(made)
    return made, made.subplots(rows, cols, **subplots)


def stacked(
    rows: int = 1,
    cols: int = 1,
    *,
    width: float | None = None,
    height: float | None = None,
    **subplots: Any,
) -> tuple["Figure", Any]:
    """The same panels for a phone, below one another; arguments and result as of `figure`.

    What panels share they still share, as far as one column can; each has its ticks named.
    """
    wide = width or _SIZES.get(cols, 4.0 * cols)
    high = height or (4.0 if rows == cols == 1 else _PANEL_HEIGHT * rows)
    each = narrow.panel_height(wide, high, rows, cols)
    kept = {key: value for key, value in subplots.items() if key not in _OF_A_GRID}
    made, axes = figure(rows * cols, 1, width=narrow.WIDTH, height=each * rows * cols, **kept)
    flat = np.ravel(np.asarray(axes, dtype=object))
    for side in ("x", "y"):
        how = str(subplots.get(f"share{side}") or "none")
        for position, ax in enumerate(flat):
            first = {"True": 0, "all": 0, "row": position - position % cols, "col": position % cols}
            if (lead := first.get(how, position)) != position:
                getattr(ax, f"share{side}")(flat[lead])
    return made, axes


def theory(
    ax: "Axes",
    x: ArrayLike,
    y: ArrayLike,
    label: str | None = None,
    colour: str = THEORY,
    **line: Any,
) -> "Line2D":
    """Draw what theory says: dashed, above the measurement.

    Args:
        ax: the panel.
        x: abscissae, `(points,)`.
        y: theoretical values, `(points,)`, or one number: a bound, drawn across `x`.
        label: entry in the legend.
        colour: of the line; give the measurement's colour where several theories share a panel.
        line: passed to `Axes.plot`.
    """
    across = np.asarray(x, dtype=float)
    values = np.broadcast_to(np.asarray(y, dtype=float), across.shape)
    (drawn,) = ax.plot(
        across, values, **{"linestyle": (0, (5, 2.5)), "linewidth": 1.5, "zorder": 4, **line},
        color=colour, label=label,
    )  # fmt: skip
    return drawn


def measured(
    ax: "Axes",
    x: ArrayLike,
    mean: ArrayLike,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    label: str | None = None,
    colour: str | None = None,
    *,
    marker: str | None = "o",
    band: bool | None = None,
    **line: Any,
) -> "Line2D | ErrorbarContainer":
    """Draw a measurement with its interval: error bars, or a band where points are many.

    Args:
        ax: the panel.
        x: abscissae, `(points,)`.
        mean: measured values, `(points,)`; NaN leaves a gap.
        low: lower ends of the intervals, `(points,)`; none drawn without `low` and `high`.
        high: upper ends of the intervals, `(points,)`.
        label: entry in the legend.
        colour: the panel's next colour if not given.
        marker: shape of the points where error bars are drawn (`MARKERS` has a series of them).
        band: force a band (true) or error bars (false).
        line: passed to `Axes.plot` or `Axes.errorbar` (`linestyle="none"` for points alone).
    """
    across, centre = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
    if band is None:
        band = across.size > _BAND_FROM
    if band or low is None or high is None:
        (drawn,) = ax.plot(
            across, centre, label=label, color=colour, marker=None if band else marker, **line
        )
        if low is not None and high is not None:
            ax.fill_between(
                across,
                np.asarray(low, dtype=float),
                np.asarray(high, dtype=float),
                color=drawn.get_color(),
                alpha=0.2,
                linewidth=0,
                zorder=drawn.get_zorder() - 0.5,
            )
        return drawn
    bars = _bars(centre, np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    return ax.errorbar(across, centre, yerr=bars, label=label, color=colour, marker=marker, **line)


def _bars(centre: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Lengths of the error bars, `(2, points)`; an open end is drawn without a bar."""
    lengths = np.stack([centre - low, high - centre])
    # An interval about a transformed mean may miss the plotted centre by rounding.
    return np.where(np.isfinite(lengths), np.maximum(lengths, 0.0), 0.0)


def level_line(
    ax: "Axes", value: float, label: str | None = None, colour: str = OKABE_ITO["grey"]
) -> "Line2D":
    """Draw a threshold of the criterion across the whole panel: dotted, below everything."""
    return ax.axhline(value, linestyle=":", linewidth=1.3, color=colour, label=label, zorder=1)


def panel_titles(axes: "Sequence[Axes] | np.ndarray", titles: Sequence[str]) -> None:
    """Title the panels of a figure (a), (b), … so that a caption can speak of them.

    Raises:
        ValueError: when panels and titles differ in number.
    """
    panels = list(np.ravel(np.asarray(axes, dtype=object)))
    for ax, letter, title in zip(panels, "abcdefghijkl"[: len(panels)], titles, strict=True):
        ax.set_title(f"({letter}) {title}")


def say(language: str, es: str, en: str) -> str:
    """Choose the text of the asked language.

    Raises:
        ValueError: when the language is neither `es` nor `en`.
    """
    match language:
        case "es":
            return es
        case "en":
            return en
        case _:
            raise ValueError(f"language {language!r} is not one of es, en")
