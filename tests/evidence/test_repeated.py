import numpy as np
import pytest

from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.law import Unanimous
from deepclaims.evidence.repeated import are_two, repeats
from deepclaims.evidence.statistics import (
    mean_interval,
    patient_mean,
    proportion_difference,
    proportion_interval,
    ratio_interval,
)

VALUES = np.array([0.31, 0.42, 0.38, 0.35])
GAIN = mean_interval(VALUES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GAIN, mean_interval(VALUES)),
        (GAIN, mean_interval(-VALUES)),
        (GAIN, mean_interval(1 - VALUES)),
        (proportion_interval(7, 9), proportion_interval(2, 9)),
        (ratio_interval(VALUES, 1 + VALUES), ratio_interval(1 + VALUES, VALUES)),
        (exact(3.0), exact(-3.0)),
        (GAIN.at(0.99, 5), GAIN.at(0.99, 5)),
        (GAIN, GAIN.at(0.99, 5)),
        (GAIN, mean_interval(VALUES - 1)),
        (GAIN, mean_interval(100 * VALUES)),
        (GAIN, mean_interval(-VALUES / 2)),
        (GAIN, mean_interval(100 * (1 - VALUES))),
        (ratio_interval(VALUES, 1 + VALUES), mean_interval(np.log(VALUES / (1 + VALUES)))),
        (ratio_interval(VALUES, 1 + VALUES), mean_interval(np.log2((1 + VALUES) / VALUES))),
    ],
)
def test_a_number_read_another_way_is_the_same_number(one, other):
    assert repeats([one], [exact(7.0), other])
    assert repeats([other], [one])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GAIN, mean_interval(VALUES[:3])),
        (GAIN, mean_interval(VALUES * [1, 1, 1, 1 + 1e-5])),
        (GAIN, mean_interval(VALUES[::-1] ** 2)),
        (exact(0.0), exact(0.0)),
        (exact(1.0), exact(0.0)),
        (undecided("t"), undecided("t")),
        (exact(3.0), exact(4.0)),
        (exact(3.0), exact(-2.0)),
    ],
)
def test_another_number_is_not(one, other):
    assert not repeats([one], [other])


FEW, MANY = proportion_interval(3, 32), proportion_interval(29, 32)
OTHERS = [proportion_interval(k, 32) for k in (5, 8)]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ((FEW, MANY), OTHERS, True),
        ((FEW, MANY), (OTHERS[0], OTHERS[0]), False),
        ((FEW, MANY), (OTHERS[0], MANY), False),
        ((FEW, MANY), (FEW, OTHERS[0]), False),
        ((GAIN, GAIN), (mean_interval(VALUES + 1), mean_interval(VALUES**2)), False),
        ((exact(3.0), exact(3.0)), (exact(4.0), exact(5.0)), False),
        (
            (proportion_difference(9, 9, 1, 9),) * 2,
            (proportion_difference(8, 9, 1, 9), proportion_difference(8, 9, 2, 9)),
            True,
        ),
    ],
)
def test_only_counts_that_both_change_are_shown_to_be_two(before, after, shown):
    one, other = ([each] for each in before)
    assert repeats(one, other)
    assert are_two(one, other, [([after[0]], [after[1]])]) is shown
    assert not are_two(one, other, [])


def test_where_all_agree_another_law_shows_nothing():
    """Of patients who all agree the law is that of a count, of others the bootstrap's."""
    agree, differ = (patient_mean(x, span=(0, 1), draws=99) for x in (np.ones(8), VALUES))
    assert isinstance(agree.law, Unanimous)
    none = proportion_interval(0, 8)
    assert repeats([agree], [none])
    assert not are_two([agree], [none], [([differ], [proportion_interval(3, 8)])])
    assert are_two([agree, FEW], [none], [([patient_mean(np.zeros(8), span=(0, 1)), FEW],
                                           [proportion_interval(3, 8)])])  # fmt: skip
