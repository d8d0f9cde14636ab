import math
from xml.etree import ElementTree

import pytest

from deepclaims.evidence.estimate import Estimate, exact, undecided
from deepclaims.evidence.record import Finding
from deepclaims.report.forest import HEIGHT, WIDTH, interval_plot


def drawn(relation, bound, estimate, language="en"):
    outcome = None if estimate is None else estimate.satisfies(relation, bound)
    finding = Finding("check", "claim", relation, bound, {}, estimate, outcome)
    return ElementTree.fromstring(interval_plot(finding, language, "seen < by & all"))


def one(svg, tag, kind):
    (found,) = [each for each in svg.iter(tag) if each.get("class") == kind]
    return found


@pytest.mark.parametrize(
    ("relation", "bound", "value", "inside"),
    [
        ("above", 0.0, 1.0, True),
        ("above", 0.0, -1.0, False),
        ("below", 3.0, 1.0, True),
        ("within", (0.0, 2.0), 1.0, True),
        ("within", (0.0, 2.0), 3.0, False),
    ],
)
def test_the_dot_lies_in_the_shaded_zone_exactly_when_the_relation_holds(
    relation, bound, value, inside
):
    svg = drawn(relation, bound, Estimate(value, value - 0.1, value + 0.1, 5, "t"))
    zone = one(svg, "rect", "satisfied")
    start, width = float(zone.get("x")), float(zone.get("width"))
    dot = float(one(svg, "circle", "value").get("cx"))
    assert (start <= dot <= start + width) is inside
    assert svg.get("class") == f"forest {'holds' if inside else 'fails'}"


def test_outside_shades_both_ends():
    svg = drawn("outside", (-1.0, 1.0), exact(2.0))
    assert len(list(svg.iter("rect"))) == 2


def test_numbers_far_apart_take_a_logarithmic_axis():
    far = drawn("below", 1e-9, exact(1e-15))
    assert one(far, "text", "scale").text == "log"
    near = drawn("below", 2.0, exact(1.0))
    assert not [each for each in near.iter("text") if each.get("class") == "scale"]


@pytest.mark.parametrize(
    "estimate",
    [
        None,
        undecided("t"),
        exact(0.0),
        Estimate(0.3, -math.inf, math.inf, 2, "t"),
        Estimate(1e300, -1e300, 1.1e300, 2, "t"),
        Estimate(1e-300, 0.0, 1e-299, 2, "t"),
    ],
)
@pytest.mark.parametrize("bound", [0.0, 1e-12, -5.0])
def test_everything_stays_on_the_picture(estimate, bound):
    svg = drawn("above", bound, estimate)
    for each in svg.iter():
        for key in ("x", "x1", "x2", "cx"):
            assert 0 <= float(each.get(key, 0)) <= WIDTH
        for key in ("y", "y1", "y2", "cy"):
            assert 0 <= float(each.get(key, 0)) <= HEIGHT


def test_an_open_interval_ends_in_an_arrow():
    svg = drawn("above", 0.0, Estimate(0.3, 0.1, math.inf, 2, "t"))
    assert len([each for each in svg.iter("path") if "arrow" in each.get("class")]) == 1


def test_it_is_described_and_its_bound_labelled_in_the_language():
    svg = drawn("above", 0.25, exact(1.0), "es")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "seen < by & all"
    assert one(svg, "text", "bound-label").text == "0,25"


def test_a_degenerate_band_is_labelled_once():
    svg = drawn("within", (60074.0, 60074.0), exact(60074.0))
    assert one(svg, "text", "bound-label").text == "60,074"
