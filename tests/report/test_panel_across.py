import numpy as np

from deepclaims.evidence.statistics import exact, mean_interval
from deepclaims.report.panel import Drawing


def test_horizontal_intervals_reach_their_ends_and_an_open_end_has_no_bar():
    panel = Drawing("es").panel()
    found = [mean_interval([1.0, 2.0, 3.0]), mean_interval([4.0])]
    panel.across([0.2, 1.2], found, ("medido", "measured"), color="black")
    (bars,) = panel.ax.containers
    (ends,) = bars.lines[2]
    first, second = (segment[:, 0] for segment in ends.get_segments())
    np.testing.assert_allclose(first, [found[0].low, found[0].high])
    np.testing.assert_allclose(second, [4.0, 4.0])
    assert panel.ax.get_legend_handles_labels()[1] == ["medido"]


def test_intervals_stand_below_one_another_the_first_at_the_foot():
    panel = Drawing("en").panel()
    panel.intervals([exact(1.0), exact(2.0)], [("uno", "one"), ("dos", "two")])
    assert [text.get_text() for text in panel.ax.get_yticklabels()] == ["one", "two"]
    heights = [line.get_ydata()[0] for line in panel.ax.lines if len(line.get_ydata())]
    assert min(heights) == 0
