import numpy as np
import pytest

from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.repeated import repeats
from deepclaims.evidence.statistics import mean_interval, proportion_interval, ratio_interval

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
