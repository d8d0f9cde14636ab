import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from deepclaims.report import figures
from deepclaims.report.slim import PARTS
from deepclaims.report.style import MARKERS, figure

SVG = "{http://www.w3.org/2000/svg}"


def drawn(draw, folder, language="en"):
    fig, ax = figure()
    draw(ax)
    figures.save(fig, folder, "x", language)
    return (folder / f"x.{language}.svg").read_text()


def texts(svg):
    return {
        "".join(each.itertext()): each for each in ElementTree.fromstring(svg).iter(SVG + "text")
    }


def test_a_text_is_text_and_as_long_as_it_was_measured(tmp_path):
    said = "épocas de ñandú, σ² ≤ 0,5"
    svg = drawn(lambda ax: ax.set_xlabel(said), tmp_path, "es")
    width = TextToPath().get_text_width_height_descent(
        said, FontProperties(family="DejaVu Sans", size=10), ismath=False
    )[0]
    assert float(texts(svg)[said].get("textLength")) / PARTS == pytest.approx(width, abs=0.06)
    assert texts(svg)[said].get("lengthAdjust") == "spacingAndGlyphs"
    assert "font-family:DejaVu Sans,Verdana,sans-serif" in svg
    assert "<use" not in svg


def test_each_sign_of_a_formula_has_its_place(tmp_path):
    svg = drawn(lambda ax: ax.set_xlabel(r"step $10^{-2}$ of $\theta_t$"), tmp_path)
    (label,) = [each for said, each in texts(svg).items() if said.startswith("step")]
    said = "".join(label.itertext())
    assert said == "step\u00a010−2\u00a0of\u00a0θt"
    places = [float(each) for each in label.get("x").split()]
    assert len(places) == len(said)
    assert places == sorted(places)
    raised = [each for each in label if each.text == "−2"]
    assert float(raised[0].get("y")) < float(label.get("y"))


@pytest.mark.parametrize(
    "formula", [r"$\hat{x}$", r"$\sqrt{2}$", r"$\sum_i x_i$", r"$\mathcal{L}$"]
)
def test_signs_that_other_fonts_set_elsewhere_stay_outlines(formula, tmp_path):
    svg = drawn(lambda ax: ax.set_xlabel(formula), tmp_path)
    assert "<use" in svg
    assert re.search(r"scale\([\d.]+ -[\d.]+\)", svg)


def test_spaces_of_a_text_are_kept(tmp_path):
    svg = drawn(lambda ax: ax.set_xlabel(" two  spaces "), tmp_path)
    assert "\u00a0two \u00a0spaces\u00a0" in texts(svg)


def test_a_turned_text_stands_in_its_own_frame(tmp_path):
    svg = drawn(lambda ax: ax.set_ylabel("the error"), tmp_path)
    assert re.fullmatch(
        r"translate\([\d. ]+\)\s?rotate\(-90\)", texts(svg)["the error"].get("transform")
    )


def test_ticks_and_grid_of_an_axis_are_a_path_each(tmp_path):
    svg = drawn(lambda ax: ax.set_xlim(0, 10), tmp_path)
    assert svg.count("<path") == 5  # grid and ticks of each axis, and the two lines beside them


@pytest.mark.parametrize("marker", ["o", "s", "^", "D", "v"])
def test_marks_of_one_colour_are_one_path(marker, tmp_path):
    assert marker in MARKERS
    x = np.linspace(0, 1, 30)
    svg = drawn(lambda ax: ax.plot(x, x**2, marker, color="#d55e00"), tmp_path)
    assert "<use" not in svg
    assert max(len(re.findall("[Mm]", d)) for d in re.findall(r' d="([^"]*)"', svg)) == 30


def corners(svg):
    """How many points the path has at which a mark is drawn, each a pair of numbers."""
    (look,) = re.findall(r"\.(\w+)\{marker:url\(#m0\)\}", svg)
    (d,) = re.findall(rf'<path d="([^"]*)"(?: clip-path="[^"]*")? class="{look}"', svg)
    assert not re.search("[hv]", d)
    return len(re.findall(r"-?\d+", d)) / 2


def test_marks_that_hide_each_other_in_part_are_drawn_one_by_one(tmp_path):
    x = np.linspace(0, 1, 30)
    svg = drawn(lambda ax: ax.plot(x, x, "o", markerfacecolor="white"), tmp_path)
    assert svg.count("<use") == 1
    assert corners(svg) == 30


def test_dots_that_shine_through_are_drawn_one_by_one(tmp_path):
    x = np.linspace(0, 1, 30)
    svg = drawn(lambda ax: ax.plot(x, x, "o", alpha=0.3), tmp_path)
    assert "stroke-opacity:.3" in svg
    assert svg.count('d="M0 0v0"') == 1
    assert corners(svg) == 30
