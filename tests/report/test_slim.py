import re
from xml.etree.ElementTree import ParseError

import pytest

from deepclaims.report.slim import _path, slim, straightened

HEAD = '<svg width="1pt" height="1pt" xmlns="http://www.w3.org/2000/svg">'


def test_a_look_is_written_once():
    svg = slim(f'{HEAD}<path d="M 0 0 L 9 9" style="stroke: #0072b2"/>'
               '<path d="M 1 1 L 2 2" style="stroke: #0072b2"/></svg>')  # fmt: skip
    assert svg.count("#0072b2") == 1
    (name,) = set(re.findall(r'class="(\w+)"', svg))
    assert f".{name}{{stroke:#4ea6e6}}" in svg


def test_no_coordinate_moves_by_more_than_a_twentieth_of_a_point():
    path = '<path d="M 1.234567 -0.001 L 20.005 3e-05 z" style="fill: #123456"/>'
    assert 'd="M12 0h188z"' in slim(f"{HEAD}{path}</svg>")


def test_lengths_of_looks_are_in_the_same_unit():
    svg = slim('<svg viewBox="0 0 9.5 4" xmlns="http://www.w3.org/2000/svg"><text x="1 2.5" '
               'style="font-size: 8.33px; fill: #333333">ab</text><path d="M 0 0 L 1 1" '
               'style="fill: none; stroke: #0072b2; stroke-dasharray: 1.3,2.145; '
               'stroke-dashoffset: 0; stroke-width: 0.8"/></svg>')  # fmt: skip
    assert 'viewBox="0 0 95 40"' in svg
    assert "font-size:83.3px;fill:#333}" in svg
    assert "stroke-dasharray:13,21.4;stroke-width:8}" in svg
    assert 'x="10 25"' in svg


def test_outlined_letters_keep_their_own_unit():
    svg = slim(f'{HEAD}<g transform="translate(3 4) scale(0.1 -0.1)"><defs><path id="g" '
               'd="M 64 128 L 64 64 z" transform="scale(0.015625)"/></defs>'
               '<use href="#g" transform="translate(61.3 0)"/></g></svg>')  # fmt: skip
    assert 'transform="translate(30 40) scale(1 -1)"' in svg
    assert 'd="M8 16v-8z" transform="scale(0.125)"' in svg
    assert 'x="61.3"' in svg


def test_what_looks_share_is_said_once_in_either_palette():
    svg = slim(f'{HEAD}<path d="M 0 0 L 9 9" style="fill: none; stroke: #0072b2"/>'
               '<text x="1" style="fill: #0072b2; stroke: #0072b2">a</text></svg>')  # fmt: skip
    light, night = re.findall(r"<style>(.*?)</style>", svg)
    assert light.endswith(".a{fill:none}.a,.b{stroke:#0072b2}.b{fill:#0072b2}")
    assert ".a,.b{stroke:#4ea6e6}.b{fill:#4ea6e6}" in night


@pytest.mark.parametrize(
    ("absolute", "parts", "told"),
    [
        ("M 1 2 L 5 2 L 5 9 L 6 8 z", 1, "M1 2h4v7l1-1z"),
        ("M 1 1 Q 2 2 3 1 z M 9 9 L 9 1 z", 1, "M1 1q1 1 2 0zM9 9v-8z"),
        ("M 100 100 L 108 100 M 109 109 L 109 101", 1, "M100 100h8m1 9v-8"),
        ("M 0.5 1 L 1.25 3 L 2 2.5", 20, "M10 20l15 40 15-10"),
        ("M 8 8 C 8 16 16 16 24 8", 1 / 8, "M1 1c0 1 1 1 2 0"),
    ],
)
def test_a_path_is_told_step_by_step(absolute, parts, told):
    assert _path(absolute, parts) == told


def test_steps_end_where_the_path_does():
    """Rounded points are told, not rounded steps: no error grows along the way."""
    made = _path("M 0 0" + "".join(f" L {k / 3} {k / 7}" for k in range(1, 301)), 100)
    steps = [float(each) for each in re.findall(r"-?[\d.]+", made)]
    assert sum(steps[2::2]) == 100 * 100
    assert sum(steps[3::2]) == round(100 * 300 / 7)


def test_neighbours_of_one_look_are_one_path_and_others_share_a_group():
    look = 'clip-path="url(#c)" style="fill: none; stroke: #0072b2"'
    svg = slim(f'{HEAD}<path d="M 0 0 L 1 1" {look}/><path d="M 2 2 L 3 2" {look}/>'
               '<text x="1" style="fill: #111111">a</text>'
               '<text x="2" style="fill: #111111">b</text>'
               '<clipPath id="c"><path d="M 0 0 L 3 3"/></clipPath></svg>')  # fmt: skip
    assert 'd="M0 0l10 10M20 20h10"' in svg
    assert re.search(r'<g class="\w"><text x="10">a</text><text x="20">b</text></g>', svg)


def test_what_shines_through_is_not_joined():
    look = 'style="fill: none; stroke: #0072b2; stroke-opacity: 0.2"'
    svg = slim(f'{HEAD}<path d="M 0 0 L 1 1" {look}/><path d="M 1 0 L 0 1" {look}/></svg>')
    assert svg.count("<path") == 2


def test_empty_groups_go_whatever_they_are_called():
    svg = slim(f'{HEAD}<g clip-path="url(#c)"/><g id="a"><g id="b" transform="scale(2)"/>'
               '<path d="M 0 0 L 1 1"/></g></svg>')  # fmt: skip
    assert "<g" not in svg
    assert "</g" not in svg


def test_what_is_not_well_formed_is_refused():
    with pytest.raises(ParseError):
        slim(f"{HEAD}<path></svg>")


def test_groups_that_say_nothing_go_and_others_stay():
    svg = slim(f'{HEAD}<g id="a"><g id="b"><path d="M 0 0 L 1 1" style="fill: #111111"/></g>'
               '<g clip-path="url(#c)"><path d="M 0 0 L 2 2"/></g></g>'
               '<clipPath id="c"><path d="M 0 0 L 3 3"/></clipPath></svg>')  # fmt: skip
    assert svg.count("<g") == 1
    assert svg.count("</g>") == 1
    (name,) = re.findall(r'<clipPath id="(\w+)"', svg)
    assert f"url(#{name})" in svg


MARKS = [(3, 4), (5, 4), (5, 4), (9, 1)]


@pytest.mark.parametrize(
    "mark",
    ['<use href="#d" x="{0}" y="{1}" {2}/>', '<path d="M {0} {1} L {0} {1}" {2}/>'],
)
def test_marks_in_a_row_are_one_that_is_told_its_places(mark):
    look = 'style="fill: none; stroke: #0072b2; stroke-opacity: 0.5" clip-path="url(#c)"'
    drawn = "".join(mark.format(*place, look) for place in MARKS)
    svg = slim(f'{HEAD}<defs><path id="d" d="M 0 0 L 1 1"/></defs>{drawn}'
               '<clipPath id="c"><path d="M 0 0 L 3 3"/></clipPath></svg>')  # fmt: skip
    (marker,) = re.findall(r'<marker id="m0" .*?</marker>', svg)
    assert "clip-path" not in marker
    assert marker.count("class=") == 1
    assert re.search(r'<path d="M30 40h20v0l40-30" clip-path="url\(#\w\)" class="\w"/>', svg)
    assert svg.count("url(#m0)") == 1


def test_few_marks_stay_as_they_are():
    assert "<marker" not in slim(f'{HEAD}<path d="M 1 1 L 1 1"/><path d="M 2 2 L 2 2"/></svg>')


def test_points_of_a_straight_line_go_and_corners_stay():
    bow = [(0, 0), (10, 5), (20, 5), (30, 0)]
    assert straightened([(0, 0), (50, 0), (100, 0), (100, 90), (100, 40)]) == [
        (0, 0), (100, 0), (100, 90), (100, 40)
    ]  # fmt: skip
    assert straightened(bow) == bow
    assert straightened([(0, 0), (10, 0), (20, 1), (30, 1)]) == [(0, 0), (30, 1)]
    assert straightened([(5, 5), (5, 5)]) == [(5, 5), (5, 5)]
