"""The picture of an annotated ECG: three strips with coloured beats, counts, the whole record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.ecg.rhythm import Rhythm, mean_rate
from deepclaims.report.style import OKABE_ITO, figure, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLASSES = ("N", "S", "V", "F")
COLOURS = {
    "N": OKABE_ITO["grey"],
    "S": OKABE_ITO["blue"],
    "V": OKABE_ITO["vermilion"],
    "F": OKABE_ITO["green"],
}
NAMES = {
    "N": ("normal", "normal"),
    "S": ("supraventricular", "supraventricular"),
    "V": ("ventricular", "ventricular"),
    "F": ("fusión", "fusion"),
}
ROW, ROWS = 10.0, 3
"""Seconds in a strip; strips."""
QRS = (-0.07, 0.11)
"""Seconds about the annotation that are drawn in the colour of the class."""
BEAT = 0.4
"""Seconds before and after the annotation that decide how much room a lead gets."""
PAPER = (0.2, 0.5)
"""Seconds and millivolts of a large square of ECG paper."""
PAPER_INK = "#F3CFC6"
MOST_LINES = 30
"""Millivolts, more than which get no grid."""
EDGE = 0.35
"""Seconds from an end of a strip, within which what is written goes inwards."""


@dataclass(frozen=True)
class Annotated:
    """A record and what its beats were called.

    Args:
        title: above the picture.
        rate: samples a second.
        leads: their names.
        signal: (samples, leads) in mV.
        sample: (n,) of the beats.
        probabilities: (n, 4), of `CLASSES`.
        reference: (n,) class numbers that somebody else gave, -1 where none; or None.
        gaps: (k, 2) first sample, and first after it, of what was not recorded.
    """

    title: str
    rate: float
    leads: tuple[str, ...]
    signal: np.ndarray
    sample: np.ndarray
    probabilities: np.ndarray
    reference: np.ndarray | None = None
    gaps: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    @property
    def rhythm(self) -> Rhythm:
        """The beats in time."""
        return Rhythm.of(self.sample, self.label, self.rate, self.gaps)

    @property
    def label(self) -> np.ndarray:
        """(n,) the most probable class of each beat."""
        return self.probabilities.argmax(axis=1)

    @property
    def times(self) -> np.ndarray:
        """(n,) seconds."""
        return self.sample / self.rate


def eventful(times: np.ndarray, label: np.ndarray, end: float) -> float:
    """Where half a minute of most kinds of beats, and then of most that are not N, begins."""
    length = ROW * ROWS
    starts = np.arange(0.0, max(end - length, 0.0) + 1e-9, ROW)

    def events(start: float) -> tuple[int, int]:
        inside = label[(times >= start) & (times < start + length)]
        return len(set(inside.tolist())), int((inside != 0).sum())

    return float(max(starts, key=events))


def draw_annotated(record: Annotated, start: float | None, language: str) -> Figure:
    """Draw half a minute of the record from `start` (seconds; None: the most eventful), and more.

    Args:
        record: what to draw.
        start: of the first strip.
        language: es or en.
    """
    end = len(record.signal) / record.rate
    begin = eventful(record.times, record.label, end) if start is None else start
    rows = max(1, min(ROWS, int(np.ceil((end - begin) / ROW))))
    fig, axes = figure(rows + 1, 2, width=12.0, height=2.1 * rows + 2.6, width_ratios=(1, 2.6))
    grid = axes[0, 0].get_gridspec()
    for pair in axes[:rows]:
        for ax in pair:
            ax.remove()
    frame = _frame(record, begin, begin + rows * ROW)
    for row in range(rows):
        ax = fig.add_subplot(grid[row, :])
        _strip(ax, record, begin + row * ROW, frame, language)
        if row == rows - 1:
            ax.set_xlabel(say(language, "tiempo (s)", "time (s)"))
    _counts(axes[rows, 0], record, language)
    _course(axes[rows, 1], record, (begin, min(begin + rows * ROW, end)), language)
    fig.suptitle(record.title, x=0.01, ha="left", fontsize="large")
    return fig


@dataclass(frozen=True)
class _Frame:
    """Millivolts, the same in all strips: how far the leads are below 0, and the limits."""

    below: tuple[float, ...]
    low: float
    high: float


def _frame(record: Annotated, start: float, end: float) -> _Frame:
    shown = record.sample[(record.times >= start) & (record.times < end)]
    around = np.arange(int(-BEAT * record.rate), int(BEAT * record.rate))
    index = (shown if len(shown) else record.sample)[:, None] + around
    beats = record.signal[np.clip(index, 0, len(record.signal) - 1)]
    beats = beats - np.median(beats, axis=1, keepdims=True)
    # Of beats and without the extremes: an electrode that slips must not make them small.
    low = np.percentile(beats.min(axis=1), 10, axis=0)
    high = np.percentile(beats.max(axis=1), 90, axis=0)
    gap = 0.3 * float((high - low).max())
    below = [0.0]
    for lead in range(1, len(record.leads)):
        below.append(below[-1] - float(low[lead - 1]) + float(high[lead]) + gap)
    return _Frame(tuple(below), float(low[-1]) - below[-1] - gap, float(high[0]) + gap)


def _strip(ax: Axes, record: Annotated, start: float, frame: _Frame, language: str) -> None:
    rate = record.rate
    first = int(start * rate)
    part = record.signal[first : int((start + ROW) * rate)]
    times = start + np.arange(len(part)) / rate
    inside = np.flatnonzero((record.times >= start) & (record.times < start + len(part) / rate))
    for lead, below in enumerate(frame.below):
        y = part[:, lead] - np.median(part[:, lead]) - below
        ax.plot(times, y, color="#333333", linewidth=0.8, zorder=2)
        for beat in inside:
            begin = max(0, int(record.sample[beat] - first + QRS[0] * rate))
            stop = int(record.sample[beat] - first + QRS[1] * rate)
            colour = COLOURS[CLASSES[record.label[beat]]]
            ax.plot(times[begin:stop], y[begin:stop], color=colour, linewidth=2.2, zorder=3)
    room = 0.28 * (frame.high - frame.low)
    for beat in inside:
        _name_beat(ax, record, int(beat), (frame.high + 0.1 * room, start), language)
    foot = frame.low - 0.45 * room
    _intervals(ax, record, inside, foot, language)
    ax.set_ylim(foot, frame.high + room)
    ax.set_xlim(start, start + ROW)
    ax.set_yticks([-below for below in frame.below], record.leads)
    _paper(ax, frame, language)


def _paper(ax: Axes, frame: _Frame, language: str) -> None:
    """The large squares of ECG paper, where they are not too many."""
    from matplotlib.ticker import MultipleLocator

    ax.grid(visible=False)
    if frame.high - frame.low < MOST_LINES:
        for axis, step in zip((ax.xaxis, ax.yaxis), PAPER, strict=True):
            axis.set_minor_locator(MultipleLocator(step))
        ax.grid(which="minor", color=PAPER_INK, linewidth=0.6)
        ax.tick_params(which="minor", length=0)
        square = say(language, "cuadro: 0,2 s\n0,5 mV", "square: 0.2 s\n0.5 mV")
        ax.set_ylabel(square, fontsize="small")


def _intervals(
    ax: Axes, record: Annotated, inside: np.ndarray, height: float, language: str
) -> None:
    """Between each two beats of a strip their distance in ms; beside it the rate."""
    seconds = record.rhythm.intervals
    shown = [beat for beat in inside[:-1].tolist() if np.isfinite(seconds[beat])]
    for beat in shown:
        middle = (record.times[beat] + record.times[beat + 1]) / 2
        ax.text(middle, height, f"{1000 * seconds[beat]:.0f}", fontsize="xx-small",
                color="#555555", ha="center", va="bottom", zorder=5)  # fmt: skip
    if shown:
        rate = f"{mean_rate(seconds[shown]):.0f}"
        text = say(language, f"{rate}/min\nRR en ms", f"{rate}/min\nRR in ms")
        ax.text(1.005, 0.0, text, transform=ax.transAxes, fontsize="x-small", va="bottom")


def _name_beat(
    ax: Axes, record: Annotated, beat: int, place: tuple[float, float], language: str
) -> None:
    """The letter above a beat, its probability where it is in doubt, and who disagrees.

    `place` is the height, and where the strip begins.
    """
    height, start = place
    after = record.times[beat] - start
    side = "left" if after < EDGE else "right" if after > ROW - EDGE else "center"
    called = int(record.label[beat])
    p = float(record.probabilities[beat, called])
    text = CLASSES[called]
    if p < 0.95:
        text += f" {100 * p:.0f} %"
    other = -1 if record.reference is None else int(record.reference[beat])
    wrong = other >= 0 and other != called
    if wrong:
        text += say(language, f"\n(ref. {CLASSES[other]})", f"\n(ref. {CLASSES[other]})")
    ax.text(
        record.times[beat],
        height,
        text,
        color=COLOURS[CLASSES[called]],
        fontsize="x-small",
        fontweight="bold" if called or wrong else "normal",
        ha=side,
        va="bottom",
        linespacing=0.95,
        zorder=5,
    )


def _counts(ax: Axes, record: Annotated, language: str) -> None:
    counts = np.bincount(record.label, minlength=len(CLASSES))
    at = np.arange(len(CLASSES))
    ax.barh(at, counts, color=[COLOURS[name] for name in CLASSES], height=0.65)
    ax.set_xscale("symlog", linthresh=1)
    ax.set_xlim(0, max(counts.max(), 1) * 12)
    for y, count in enumerate(counts.tolist()):
        ax.text(max(count, 0.12) * 1.15, y, f"{count}", va="center", fontsize="small")
    ax.set_yticks(at, [f"{name} {say(language, *NAMES[name])}" for name in CLASSES])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(say(language, "latidos (logarítmico)", "beats (logarithmic)"))


def _course(ax: Axes, record: Annotated, shown: tuple[float, float], language: str) -> None:
    minutes, beside = record.times / 60, 1 - record.probabilities[:, 0]
    ax.axvspan(shown[0] / 60, shown[1] / 60, color="#E8E8E8", zorder=0)
    for number, name in enumerate(CLASSES):
        mine = record.label == number
        if mine.any():
            ax.scatter(
                minutes[mine], beside[mine], s=7 if number else 4, color=COLOURS[name],
                linewidths=0, zorder=2 + number, rasterized=True, label=name,
            )  # fmt: skip
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlim(0, max(len(record.signal) / record.rate / 60, shown[1] / 60))
    ax.set_xlabel(
        say(language, "tiempo (min); gris: lo que se ve arriba", "time (min); grey: shown above")
    )
    ax.set_ylabel(say(language, "probabilidad de no ser N", "probability of not being N"))
