from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from deepclaims.ecg.strip import CLASSES, COLOURS, Annotated, draw_annotated, eventful

RATE = 100


def made(seconds=60, labels=None, leads=2, reference=None, sure=0.99):
    """A record with a beat a second, 0.5 s after each full one."""
    sample = np.arange(RATE // 2, seconds * RATE, RATE)
    label = np.zeros(len(sample), int) if labels is None else np.resize(labels, len(sample))
    p = np.full((len(sample), 4), (1 - sure) / 3)
    p[np.arange(len(sample)), label] = sure
    signal = np.zeros((seconds * RATE, leads))
    signal[sample] = 1.0
    return Annotated("r", RATE, ("MLII", "V1")[:leads], signal, sample, p, reference)


def strips(fig):
    return [ax for ax in fig.axes if "MLII" in [each.get_text() for each in ax.get_yticklabels()]]


def names(ax):
    """The texts above the beats."""
    return [each for each in ax.texts if each.get_text()[0] in CLASSES]


def letters(ax):
    return [each.get_text() for each in names(ax)]


def test_the_eventful_half_minute_has_most_kinds_of_beats():
    times, label = np.arange(0.5, 300), np.zeros(300, int)
    label[100:120] = 2  # much of one kind
    label[[203, 204, 225]] = 1, 2, 3  # a little of each
    start = eventful(times, label, 300)
    assert start <= 203
    assert start + 30 > 225
    assert eventful(times[:8], label[:8], 8.0) == 0.0


@pytest.mark.parametrize(("language", "axis"), [("en", "time (s)"), ("es", "tiempo (s)")])
def test_every_beat_shown_has_its_letter_and_colour(language, axis):
    record = made(labels=[0, 1, 2, 3])
    fig = draw_annotated(record, 10.0, language)
    shown = strips(fig)
    assert len(shown) == 3
    assert [letter for ax in shown for letter in letters(ax)] == [
        CLASSES[i] for i in record.label[10:40]
    ]
    for ax in shown:
        assert [to_hex(each.get_color()).upper() for each in names(ax)] == [
            COLOURS[each.get_text()] for each in names(ax)
        ]
        coloured = [line for line in ax.lines if line.get_linewidth() > 1]
        assert len(coloured) == 2 * len(names(ax))  # in both leads
    assert shown[-1].get_xlabel() == axis


def test_doubt_and_disagreement_are_written():
    reference = np.full(60, -1)
    reference[:3] = 0, 2, 0
    fig = draw_annotated(made(labels=[0], reference=reference, sure=0.7), 0.0, "en")
    assert letters(strips(fig)[0])[:4] == ["N 70 %", "N 70 %\n(ref. V)", "N 70 %", "N 70 %"]


def test_the_bars_are_the_counts():
    fig = draw_annotated(made(labels=[0, 0, 2]), None, "en")
    (bars,) = [ax for ax in fig.axes if ax.patches and ax.get_xlabel().startswith("beats")]
    assert [bar.get_width() for bar in bars.patches] == [40, 0, 20, 0]


@pytest.mark.parametrize(("seconds", "start", "rows"), [(10, None, 1), (25, None, 3), (60, 55, 1)])
def test_short_records_and_single_leads(seconds, start, rows):
    fig = draw_annotated(made(seconds, leads=1), start, "es")
    assert len(strips(fig)) == rows


def test_an_electrode_that_slips_does_not_make_the_beats_small():
    record = made(leads=2)
    usual = strips(draw_annotated(record, 0.0, "en"))[0].get_ylim()
    record.signal[700:720] = 50.0
    assert strips(draw_annotated(record, 0.0, "en"))[0].get_ylim() == pytest.approx(usual)


def test_the_paper_and_the_rhythm_along_the_strip():
    record = made()
    record = replace(record, sample=record.sample + np.arange(len(record.sample)) // 2)
    record = replace(record, gaps=np.array([[360, 440]]))
    ax = strips(draw_annotated(record, 0.0, "es"))[0]
    assert np.diff(ax.xaxis.get_minor_locator().tick_values(0, 2)) == pytest.approx(0.2)
    assert np.diff(ax.yaxis.get_minor_locator().tick_values(0, 2)) == pytest.approx(0.5)
    told = [each.get_text() for each in ax.texts if each.get_text()[0].isdigit()]
    intervals = 10 * np.diff(record.sample[:10])
    assert told == [*(f"{each}" for each in np.delete(intervals, 3)), "60/min\nRR en ms"]


def test_no_label_is_clipped():
    record = made(10, reference=np.full(10, 2), leads=1)
    moved = RATE // 2 - 2  # the first beat two samples after the beginning
    signal = np.roll(record.signal, -moved, axis=0)
    record = replace(record, sample=record.sample - moved, signal=signal)
    fig = draw_annotated(record, 0.0, "en")
    fig.canvas.draw()
    (ax,) = strips(fig)
    frame = ax.get_window_extent()
    for text in names(ax):
        box = text.get_window_extent()
        assert box.x0 >= frame.x0 - 1
        assert box.x1 <= frame.x1 + 1
        assert box.y1 <= frame.y1 + 1
