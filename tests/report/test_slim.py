import re
from xml.etree.ElementTree import ParseError

import pytest

from deepclaims.report.slim import _relative, slim

HEAD = '<svg width="1pt" height="1pt" xmlns="x">'


def test_a_look_is_written_once():
    svg = slim(f'{HEAD}<path d="M 0 0 L 9 9" style="stroke: #0072b2"/>'
               '<path d="M 1 1 L 2 2" style="stroke: #0072b2"/></svg>')  # fmt: skip
    assert svg.count("#0072b2") == 1
    (name,) = set(re.findall(r'class="(\w+)"', svg))
    assert f".{name}{{stroke:#4ea6e6}}" in svg


def test_no_coordinate_moves_by_more_than_a_hundredth():
    svg = slim(f'{HEAD}<path d="M 1.234567 -0.001 L 20.005 3e-05 z" style="fill: #123456"/></svg>')
    assert 'd="M1.23 0L20 0z"' in svg or 'd="M1.23 0L20.01 0z"' in svg


@pytest.mark.parametrize(
    ("absolute", "relative"),
    [
        ("M1 2L5 2L5 9L6 8z", "m1 2h4v7l1-1z"),
        ("M1 1Q2 2 3 1zM9 9L9 1z", "m1 1q1 1 2 0zm8 8v-8z"),
    ],
)
def test_a_glyph_is_told_step_by_step(absolute, relative):
    assert _relative(absolute) == relative


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
