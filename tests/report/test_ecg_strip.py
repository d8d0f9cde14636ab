import numpy as np
import pytest

from deepclaims.report.ecg_strip import RIGHT, WRONG, Beat, draw_strip
from deepclaims.report.panel import Drawing


@pytest.fixture
def panel():
    return Drawing("es").panel()


def test_beats_are_named_above_the_signal_and_not_at_its_ends(panel):
    seconds = np.linspace(-2, 2, 41)
    beats = [Beat(-1.95, "N", "N"), Beat(-1.0, "N", "N"), Beat(0.0, "S", "N")]
    draw_strip(panel, seconds, np.sin(seconds), beats)
    shown = [(text.get_text(), text.get_color(), text.get_weight()) for text in panel.ax.texts]
    assert shown == [("N", RIGHT, "normal"), ("S→N", WRONG, "bold")]
    assert all(text.get_position()[1] > 1 for text in panel.ax.texts)
    assert panel.ax.get_xlim() == (-2, 2)
