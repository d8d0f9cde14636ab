"""What a claim draws on: panels that know the page's language and take estimates as they are.

A figure is a function of the name that the claim's file gives it::

    def width(results: Results, drawing: Drawing) -> None:
        panel = drawing.panel()
        panel.measured(widths, estimates, label=("medido", "measured"))
        panel.theory(widths, bound, label=("cota", "bound"))
        panel.axes(x=("ancho (unidades)", "width (units)"), y="error (%)")
        panel.legend()

A text is a string that serves both languages, or a pair (Spanish, English). Whatever is not here is
done on `panel.ax`, which is matplotlib's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report import style
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Text = str | Sequence[str]

BESIDE: Mapping[str, Any] = MappingProxyType({"loc": "center left", "bbox_to_anchor": (1.0, 0.5)})
"""Options of a legend at the right of its panel."""


class Speaker:
    """Chooses between languages and writes numbers in one of them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, text: Text) -> str:
        """The text in the page's language."""
        return text if isinstance(text, str) else style.say(self.language, *text)

    def number(self, value: float, form: str = "g", *, maths: bool = False) -> str:
        """A number as the page's language writes it.

        Args:
            value: the number.
            form: how, as `format` takes it.
            maths: whether it goes between dollar signs.
        """
        text = format(value, form)
        if self.language == "es":
            text = text.replace(".", "{,}" if maths else ",")
        return text if maths else text.replace("-", "−")

    @staticmethod
    def count(value: float) -> str:
        """A whole number with its thousands apart, the same in both languages."""
        return f"{value:,.0f}".replace(",", " ")


class Panel(Speaker):
    """One set of axes."""

    def __init__(self, ax: Axes, language: str) -> None:
        super().__init__(language)
        self.ax = ax

    def measured(
        self,
        x: ArrayLike,
        estimates: Sequence[Estimate],
        label: Text | None = None,
        series: int | None = None,
        *,
        scale: ArrayLike = 1.0,
        **look: Any,
    ) -> Any:
        """Draw estimates with their intervals; see `style.measured`.

        Args:
            x: abscissae, `(points,)`.
            estimates: one a point; an end that is open is drawn without a bar.
            label: entry in the legend.
            series: number of the series, which gives it its colour and marker.
            scale: what values and intervals are multiplied by, one number or one a point.
            look: `colour`, `marker`, `band`, and what matplotlib's `plot` and `errorbar` take.
        """
        if series is not None:
            look = {"colour": COLOURS[series], "marker": MARKERS[series], **look}
        mean, low, high = np.asarray(scale) * columns(estimates)
        if not (np.isfinite(low).any() and np.isfinite(high).any()):
            low = high = None
        text = None if label is None else self.say(label)
        return style.measured(self.ax, x, mean, low, high, text, **look)

    def over_seeds(
        self,
        x: ArrayLike,
        values: np.ndarray,
        label: Text | None = None,
        series: int | None = None,
        **look: Any,
    ) -> Any:
        """Draw the mean over seeds with its interval; `values` is `(seeds, points)`."""
        found = [mean_interval(column) for column in values.T]
        return self.measured(x, found, label, series, **look)

    def points(
        self,
        x: ArrayLike,
        y: ArrayLike,
        label: Text | None = None,
        series: int | None = None,
        **look: Any,
    ) -> Any:
        """Draw values that have no interval: exact ones, or what each seed gave.

        Args:
            x: abscissae, `(points,)`, or one number for all points.
            y: values, `(points,)`.
            label: entry in the legend.
            series: number of the series, which gives it its colour and marker.
            look: what matplotlib's `plot` takes; points are not joined unless it says so.
        """
        if series is not None:
            look = {"color": COLOURS[series], "marker": MARKERS[series], **look}
        values = np.asarray(y)
        across = np.broadcast_to(np.asarray(x), values.shape)
        text = None if label is None else self.say(label)
        (drawn,) = self.ax.plot(across, values, label=text, **{"linestyle": "none", **look})
        return drawn

    def intervals(self, estimates: Sequence[Estimate], names: Sequence[Text], **look: Any) -> None:
        """Draw estimates as horizontal bars below one another, the first at the foot."""
        for height, found in enumerate(estimates):
            given = {"marker": MARKERS[height % 8], "color": COLOURS[height % 8], **look}
            self.across([height], [found], **given)
        self.ax.set_yticks(range(len(names)), [self.say(name) for name in names])
        self.ax.set_ylim(-0.6, len(names) - 0.4)

    def across(
        self,
        heights: ArrayLike,
        estimates: Sequence[Estimate],
        label: Text | None = None,
        **look: Any,
    ) -> None:
        """Draw estimates at heights, `(points,)`, with their intervals to the left and right.

        An end that is open is drawn without a bar. `look` is what matplotlib's `errorbar` takes.
        """
        mean, low, high = columns(estimates)
        ends = np.stack([mean - low, high - mean])
        ends = np.where(np.isfinite(ends), np.maximum(ends, 0.0), 0.0)
        text = None if label is None else self.say(label)
        self.ax.errorbar(mean, heights, xerr=ends, label=text, **{"linestyle": "none", **look})

    def theory(self, x: ArrayLike, y: ArrayLike, label: Text | None = None, **line: Any) -> Any:
        """Draw what theory says, dashed; see `style.theory`."""
        return style.theory(self.ax, x, y, None if label is None else self.say(label), **line)

    def level(
        self, value: float, label: Text | None = None, colour: str = OKABE_ITO["grey"]
    ) -> None:
        """Draw a threshold of the criterion across the panel, dotted."""
        style.level_line(self.ax, value, None if label is None else self.say(label), colour)

    def axes(
        self,
        x: Text | None = None,
        y: Text | None = None,
        *,
        log: str = "",
        decimal: str = "",
        **limits: Any,
    ) -> None:
        """Name and scale the axes.

        Args:
            x: what is across, with its unit.
            y: what is up, with its unit.
            log: `x`, `y` or `xy`: logarithmic axes.
            decimal: the axes with plain decimal numbers at their ticks in place of powers of ten.
            limits: `xlim`, `ylim`, and whatever else `Axes.set` takes.
        """
        if x is not None:
            self.ax.set_xlabel(self.say(x))
        if y is not None:
            self.ax.set_ylabel(self.say(y))
        for name in log:
            getattr(self.ax, f"set_{name}scale")("log")
        self.ax.set(**limits)
        for name in decimal:
            _decimal_ticks(getattr(self.ax, f"{name}axis"), self)

    def ticks(
        self, axis: str, at: Sequence[float], names: Sequence[Text] | None = None, **text: Any
    ) -> None:
        """Write at an axis, `x` or `y`, these values and no others, or names in their place."""
        shown = [self.number(value) for value in at] if names is None else map(self.say, names)
        side = getattr(self.ax, f"{axis}axis")
        side.set_ticks(list(at), list(shown), **text)
        side.minorticks_off()

    def places(self, axis: Literal["x", "y"], names: Sequence[Text], **text: Any) -> None:
        """Give each name a place of its own on an axis, `x` or `y`: 0, 1, …; without grid lines."""
        self.ticks(axis, range(len(names)), names, **text)
        self.ax.grid(visible=False, axis=axis)

    def legend(self, **options: Any) -> None:
        """Show the legend."""
        self.ax.legend(**options)


class Drawing(Speaker):
    """A figure that is being drawn, in one language, for a page or, narrow, for a phone."""

    figure: Figure

    def __init__(self, language: str, *, narrow: bool = False) -> None:
        super().__init__(language)
        self.narrow = narrow

    def panel(self, **options: Any) -> Panel:
        """The figure's only panel; see `panels`."""
        return self.panels(1, 1, **options)[0]

    def panels(
        self, rows: int = 1, cols: int = 1, titles: Sequence[Text] = (), **options: Any
    ) -> list[Panel]:
        """The figure's panels, from left to right and from top to bottom.

        Args:
            rows: from top to bottom.
            cols: from left to right.
            titles: of the panels, lettered (a), (b), … so that a caption can speak of them.
            options: `width` and `height` in inches, and what `Figure.subplots` takes.

        Where the drawing is narrow, all of them stand below one another.
        """
        make = style.stacked if self.narrow else style.figure
        self.figure, axes = make(rows, cols, **options)
        flat = list(np.ravel(np.asarray(axes, dtype=object)))
        if titles:
            style.panel_titles(flat, [self.say(title) for title in titles])
        return [Panel(ax, self.language) for ax in flat]


def columns(estimates: Sequence[Estimate]) -> np.ndarray:
    """Values, lower and upper ends of estimates, `(3, n)`; NaN where an end is open."""
    table = np.array([[each.value, each.low, each.high] for each in estimates], dtype=float).T
    table[~np.isfinite(table)] = np.nan
    return table.reshape(3, -1)


def credible(estimates: Iterable[Estimate]) -> list[Estimate]:
    """The same with open ends where two values alone would give absurd ones."""
    return [each if each.n > 2 else replace(each, low=-np.inf, high=np.inf) for each in estimates]


def _decimal_ticks(axis: Any, speaker: Speaker) -> None:
    """Plain decimal numbers; the longer a log axis, the fewer of them."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if axis.get_scale() == "log":
        low, high = axis.get_view_interval()
        few = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
        many = (1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
        axis.set_major_locator(LogLocator(subs=few if high > 10 * low else many))
        axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda value, position: speaker.number(value)))
