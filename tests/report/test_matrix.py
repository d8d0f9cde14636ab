import numpy as np

from deepclaims.report.matrix import draw_matrix
from deepclaims.report.panel import Drawing
from deepclaims.report.style import OKABE_ITO


def test_every_entry_is_written_and_the_wrong_ones_are_red():
    panel = Drawing("es").panel()
    values = np.array([[1.5, -2.0], [0.0, 3.0], [4.0, 5.0]])
    draw_matrix(panel, values, (1, 0, 2), wrong=values == 3, side=6)
    texts = {each.get_text(): each for each in panel.ax.texts}
    assert list(texts) == ["1,5", "−2", "0", "3", "4", "5"]
    red = [text for text, each in texts.items() if each.get_color() == OKABE_ITO["vermilion"]]
    assert red == ["3"]
    assert texts["4"].get_position() == (0.5, 2.5)
    marked = panel.ax.patches[-1]
    assert (marked.get_xy(), marked.get_width()) == ((0, 1), 2)


def test_matrices_are_of_one_scale_and_in_the_middle():
    panels = Drawing("en").panels(1, 2)
    for panel, shape in zip(panels, ((2, 3), (6, 6)), strict=True):
        draw_matrix(panel, np.zeros(shape), side=6)
    for panel, (rows, columns) in zip(panels, ((2, 3), (6, 6)), strict=True):
        for limits, size in ((panel.ax.get_xlim(), columns), (panel.ax.get_ylim(), rows)):
            assert np.isclose(abs(limits[1] - limits[0]), 6.1)
            assert np.isclose(sum(limits), size)


def test_a_shade_is_how_dark_the_ground_is():
    panel = Drawing("en").panel()
    draw_matrix(panel, np.zeros((1, 2)), shade=np.array([[0.0, 1.0]]))
    grounds = [each.get_facecolor()[3] for each in panel.ax.patches if each.get_fill()]
    assert np.allclose(grounds, [0.0, 0.85])
