import re

from deepclaims.report.sparkline import HEIGHT, WIDTH, sparkline


def points(drawn):
    (found,) = re.findall(r'points="([^"]+)"', drawn)
    return [tuple(map(float, each.split(","))) for each in found.split()]


def test_a_loss_that_falls_by_a_factor_is_a_straight_line_down():
    found = points(sparkline([1.0, 0.1, 0.01], "from 1 to 0.01"))
    assert found == [(1, 1), (WIDTH / 2, HEIGHT / 2), (WIDTH - 1, HEIGHT - 1)]


def test_it_says_what_it_shows_and_escapes_it():
    assert 'aria-label="from &lt;2&gt; to 1"' in sparkline([2.0, 1.0], "from <2> to 1")


def test_a_curve_through_zero_is_drawn_as_it_is_and_a_level_one_is_level():
    assert [y for _, y in points(sparkline([2.0, 1.0, 0.0], ""))] == [1, HEIGHT / 2, HEIGHT - 1]
    assert len({y for _, y in points(sparkline([3.0, 3.0], ""))}) == 1


def test_of_one_value_there_is_no_curve():
    assert sparkline([1.0], "") == ""
