import csv
import io

import numpy as np
import pytest

from deepclaims.evidence.estimate import Estimate
from deepclaims.report.drawn import MOST, Plot, read
from deepclaims.report.panel import Drawing


def panel():
    drawing = Drawing("en")
    return drawing, drawing.panel()


def test_estimates_are_read_with_their_intervals():
    drawing, ax = panel()
    found = [Estimate(2.0, 1.5, 2.5, 5, "t"), Estimate(4.0, 3.0, np.inf, 5, "t")]
    ax.measured([1, 2], found, label="test")
    ax.axes(x="width $n$", y="error (%)", log="y")
    ax.level(3.0, "chance")
    (shown,) = read(drawing.figure).panels
    assert (shown.x, shown.y, shown.log) == ("width $n$", "error (%)", "y")
    points, level = shown.series
    assert (points.name, points.x, points.y) == ("test", (1.0, 2.0), (2.0, 4.0))
    assert points.low == (1.5, 3.0)
    assert points.high == (2.5, None)  # an open end is drawn without a bar
    assert (level.name, level.kind, level.y) == ("chance", "level", (3.0,))


def test_an_estimate_of_nothing_has_no_interval():
    drawing, ax = panel()
    found = [Estimate(2.0, 1.5, 2.5, 5, "t"), Estimate(np.nan, np.nan, np.nan, 1, "t")]
    ax.measured([1, 2], found, label="test")
    (shown,) = read(drawing.figure).panels
    (points,) = shown.series
    assert (points.low, points.high) == ((1.5, None), (2.5, None))


def test_a_band_is_an_interval():
    drawing, ax = panel()
    x = np.arange(50.0)
    ax.measured(x, [Estimate(v, v - 1, v + 1, 3, "t") for v in x], label="mean")
    (series,) = read(drawing.figure).panels[0].series
    assert series.low == tuple(x - 1)
    assert series.high == tuple(x + 1)


def test_places_have_their_names():
    drawing, ax = panel()
    ax.intervals([Estimate(0.5, 0.4, 0.6, 9, "t")] * 2, ["with", "without"])
    found = read(drawing.figure).panels[0].series
    assert [each.y for each in found] == [("with",), ("without",)]
    assert all(each.along == "x" and each.low == (0.4,) for each in found)


def test_numbers_at_places_are_read_as_they_are_written():
    drawing, ax = panel()
    ax.points([0.0, 1.1], [5.0, 6.0])
    ax.ticks("x", [0, 1], ["500", "2 000"])
    assert read(drawing.figure).panels[0].series[0].x == ("500", "2 000")
    drawing, ax = panel()
    ax.points([500, 2000], [5.0, 6.0])
    ax.ticks("x", [500, 2000], ["500", "2 000"])
    assert read(drawing.figure).panels[0].series[0].x == (500.0, 2000.0)


def test_a_picture_is_a_table_and_texts_are_texts():
    drawing, ax = panel()
    ax.ax.imshow([[1.0, 2.0], [3.0, 4.0]])
    ax.places("x", ["N", "V"])
    ax.places("y", ["n", "v"])
    found = read(drawing.figure).panels[0].series
    assert [(each.name, each.x, each.y) for each in found] == [
        ("n", ("N", "V"), (1.0, 2.0)), ("v", ("N", "V"), (3.0, 4.0))
    ]  # fmt: skip


def test_a_legend_of_the_figure_names_series_of_every_panel():
    drawing = Drawing("en")
    left, right = drawing.panels(1, 2)
    left.points([1], [2], "train", 0)
    right.points([1], [3], None, 0)
    left.legend()
    assert [each.series[0].name for each in read(drawing.figure).panels] == ["train", "train"]


def test_dense_series_are_thinned_and_say_so():
    drawing, ax = panel()
    ax.points(np.arange(5 * MOST), np.zeros(5 * MOST))
    (series,) = read(drawing.figure).panels[0].series
    assert len(series.x) == MOST
    assert series.every == 5


def test_data_survive_json_and_are_a_line_a_point_in_the_csv():
    drawing, ax = panel()
    ax.measured([1, 2], [Estimate(0.25, 0.2, 0.3, 5, "t"), Estimate(0.5, 0.4, 0.6, 5, "t")], "a, b")
    ax.axes(x="n", y="error")
    plot = read(drawing.figure)
    assert Plot.from_dict(plot.to_dict()) == plot
    head, *rows = csv.reader(io.StringIO(plot.csv()))
    assert head == ["panel", "series", "x", "y", "low", "high", "title", "x_axis", "y_axis"]
    assert rows[0] == ["1", "a, b", "1", "0.25", "0.2", "0.3", "", "n", "error"]
    assert rows[1][6:] == ["", "", ""]  # said once a panel
    assert len(rows) == plot.rows == 2


@pytest.mark.parametrize("narrow", [False, True])
def test_both_drawings_show_the_same(narrow):
    drawing = Drawing("en", narrow=narrow)
    for index, ax in enumerate(drawing.panels(1, 2, ["one", "two"], sharey=True)):
        ax.points([1, 2], [index, 3], "seed")
        ax.axes(x="n")
    shown = read(drawing.figure)
    assert [each.title for each in shown.panels] == ["one", "two"]
    assert [each.series[0].y for each in shown.panels] == [(0.0, 3.0), (1.0, 3.0)]
