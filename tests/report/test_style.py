import numpy as np
import pytest

from deepclaims.report.style import (
    COLOURS,
    THEORY,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)


def relative_luminance(colour: str) -> float:
    """Luminance by WCAG 2.1, from 0 (black) to 1 (white)."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_colours_are_distinct_and_show_on_white():
    assert len(set(COLOURS)) == len(COLOURS)
    for colour in COLOURS:
        assert 1.05 / (relative_luminance(colour) + 0.05) > 2, colour


def test_one_panel_is_an_axes_and_many_are_an_array():
    _, ax = figure()
    assert ax.get_xlabel() == ""
    _, row = figure(1, 3)
    assert row.shape == (3,)
    _, table = figure(2, 2)
    assert table.shape == (2, 2)


def test_pyplot_keeps_no_figure():
    from matplotlib import _pylab_helpers

    before = len(_pylab_helpers.Gcf.figs)
    figure()
    assert len(_pylab_helpers.Gcf.figs) == before


def test_theory_is_dashed_and_above_the_measurement():
    _, ax = figure()
    line = theory(ax, [1, 2], 0.25, label="1/4")
    points = measured(ax, [1, 2], [0.2, 0.1], [0.1, 0.05], [0.3, 0.2])
    assert line.is_dashed()
    assert line.get_color() == THEORY
    assert list(line.get_ydata()) == [0.25, 0.25]
    assert line.get_zorder() > points[0].get_zorder()


def test_error_bars_reach_the_ends_of_the_interval():
    _, ax = figure()
    _, _, (bars,) = measured(ax, [1, 2], [5.0, 6.0], [4.0, 3.0], [7.0, np.inf])
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert ends == [[4.0, 7.0], [3.0, 6.0]]  # an open end has no bar


def test_many_points_get_a_band_without_markers():
    _, ax = figure()
    x = np.arange(100.0)
    line = measured(ax, x, x, x - 1, x + 2)
    assert line.get_marker() == "None"
    (band,) = ax.collections
    vertices = band.get_paths()[0].vertices
    assert vertices[:, 1].min() == -1.0
    assert vertices[:, 1].max() == 101.0


def test_series_take_the_house_colours_in_order():
    _, ax = figure()
    first, second = measured(ax, [1], [1]), measured(ax, [1], [2])
    assert (first.get_color(), second.get_color()) == COLOURS[:2]


def test_a_threshold_is_dotted():
    _, ax = figure()
    assert level_line(ax, 0.5).get_linestyle() == ":"


def test_panels_are_lettered():
    _, row = figure(1, 2)
    panel_titles(row, ["left", "right"])
    assert [ax.get_title(loc="left") for ax in row] == ["(a) left", "(b) right"]
    with pytest.raises(ValueError, match="zip"):
        panel_titles(row, ["only one"])


def test_say_speaks_two_languages():
    assert say("es", "sí", "yes") == "sí"
    assert say("en", "sí", "yes") == "yes"
    with pytest.raises(ValueError, match="'fr' is not one of es, en"):
        say("fr", "sí", "yes")
