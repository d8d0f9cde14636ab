import numpy as np
import pytest

from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS


@pytest.fixture
def panel():
    return Drawing("es").panel()


def test_over_seeds_are_means_with_their_intervals(panel):
    values = np.array([[1.0, 4.0], [3.0, 8.0], [2.0, 6.0]])
    line, _, (bars,) = panel.over_seeds([1, 2], values, ("medido", "measured"), 0)
    assert line.get_ydata().tolist() == [2.0, 6.0]
    ends = [(low[1], high[1]) for low, high in bars.get_segments()]
    expected = [mean_interval(column) for column in values.T]
    np.testing.assert_allclose(ends, [(each.low, each.high) for each in expected])


def test_a_scale_may_differ_from_point_to_point(panel):
    found = [mean_interval([1.0, 2.0, 3.0])] * 2
    line, *_ = panel.measured([1, 2], found, scale=[10.0, 0.5])
    assert line.get_ydata().tolist() == [20.0, 1.0]


def test_ticks_are_the_values_alone_in_the_pages_language(panel):
    panel.ax.plot([0.1, 10], [0, 1])
    panel.axes(log="x")
    panel.ticks("x", [0.25, 4])
    panel.ticks("y", [0, 1], ("SGD", ("cota", "bound")))
    assert [each.get_text() for each in panel.ax.get_xticklabels()] == ["0,25", "4"]
    assert [each.get_text() for each in panel.ax.get_yticklabels()] == ["SGD", "cota"]
    assert panel.ax.get_xticks(minor=True).size == 0


def test_points_have_no_interval_and_may_share_a_place(panel):
    drawn = panel.points(2.0, [1.0, 3.0], ("cada red", "each net"), 1)
    assert drawn.get_xydata().tolist() == [[2.0, 1.0], [2.0, 3.0]]
    assert (drawn.get_label(), drawn.get_linestyle()) == ("cada red", "None")
    assert drawn.get_color() == COLOURS[1]
    assert panel.points([1, 2], [1, 2], linestyle="-").get_linestyle() == "-"


def test_places_are_named_and_without_grid_lines(panel):
    panel.places("x", ("N", ("todas", "all")))
    assert panel.ax.get_xticks().tolist() == [0, 1]
    assert [each.get_text() for each in panel.ax.get_xticklabels()] == ["N", "todas"]
    assert not any(line.get_visible() for line in panel.ax.get_xgridlines())


@pytest.mark.parametrize("language", ["es", "en"])
def test_thousands_stand_apart_in_either_language(language):
    assert [Drawing(language).count(n) for n in (999, 60_074.0, 1_234_567)] == [
        "999", "60 074", "1 234 567",
    ]  # fmt: skip
