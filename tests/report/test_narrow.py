from itertools import pairwise

import numpy as np
import pytest

from deepclaims.report import narrow
from deepclaims.report.figures import save
from deepclaims.report.panel import BESIDE, Drawing

LONG = (
    "un título que no entra en el ancho de un teléfono",
    "a title that does not fit a phone's width",
)


def drawn(**options):
    drawing = Drawing("en", narrow=True)
    panels = drawing.panels(2, 3, [LONG] * 6, width=12.0, height=7.0, **options)
    for index, panel in enumerate(panels):
        panel.points(np.arange(5), index * np.arange(5.0), "a series with a long name, for a phone")
        panel.axes(x="n")
        panel.legend(**BESIDE)
    panels[0].axes(y="error of the first row")
    panels[3].axes(y="error of the second row")
    return drawing


@pytest.mark.slow
def test_panels_stand_below_one_another_and_nothing_sticks_out(tmp_path):
    drawing = drawn(sharey="row")
    save(drawing.figure, tmp_path, "x", "en", narrow=True)
    width, _ = drawing.figure.get_size_inches()
    assert width == narrow.WIDTH
    boxes = [ax.get_position() for ax in drawing.figure.axes]
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))
    assert all(box.width > 0.6 for box in boxes)
    for ax in drawing.figure.axes:
        tight = ax.get_tightbbox()
        assert tight.x0 >= -2
        assert tight.x1 <= width * drawing.figure.dpi + 2
        assert "\n" in ax.get_title(loc="left")


@pytest.mark.slow
def test_what_was_shared_along_a_row_is_named_in_each_panel(tmp_path):
    drawing = drawn(sharey="row")
    save(drawing.figure, tmp_path, "x", "en", narrow=True)
    labels = [ax.get_ylabel().replace("\n", " ") for ax in drawing.figure.axes]
    assert labels == ["error of the first row"] * 3 + ["error of the second row"] * 3
    tops = [ax.get_ylim()[1] for ax in drawing.figure.axes]
    assert len({round(each, 6) for each in tops[:3]}) == 1
    assert tops[0] != tops[3]


def test_a_legend_that_is_moved_keeps_the_markers_of_error_bars():
    drawing = drawn()
    ax = drawing.figure.axes[0]
    ax.errorbar([1, 2], [1, 2], yerr=1, marker="s", linestyle="none", label="bars")
    handles, names = narrow._named(ax.legend(), [ax])
    assert handles[names.index("bars")].lines[0].get_marker() == "s"


@pytest.mark.parametrize(
    ("text", "characters", "broken"),
    [
        ("short", 10, "short"),
        ("one two three", 8, "one two\nthree"),
        ("the error $\\alpha^2$, squared", 12, "the error\n$\\alpha^2$,\nsquared"),
    ],
)
def test_texts_break_between_words_and_formulas_stay_whole(text, characters, broken):
    assert narrow._broken(text, characters) == broken
