import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from deepclaims.nn import sliding_filter

IMAGE = np.random.default_rng(0).integers(-3, 5, (6, 6))
FILTER = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])


@pytest.mark.parametrize(("padding", "mode"), [(0, "valid"), (1, "same"), (2, "full")])
def test_sliding_is_scipys_correlation(padding, mode):
    x, f = IMAGE, FILTER
    assert np.array_equal(sliding_filter.slide(x, f, padding), correlate2d(x, f, mode))


def test_flipping_makes_it_scipys_convolution():
    f = np.arange(9).reshape(3, 3)
    x = IMAGE
    assert np.array_equal(sliding_filter.slide(x, f[::-1, ::-1]), convolve2d(x, f, "valid"))
    assert not np.array_equal(sliding_filter.slide(x, f), convolve2d(x, f, "valid"))


def test_the_first_entry_by_hand():
    """3 + 2 + 0 − (0 + 1 + 2) = 2, and one step to the right 1 + 0 + 1 − (2 + 3 + 1) = −4."""
    found = sliding_filter.slide(np.array([[3, 1, 0, 2], [2, 0, 1, 3], [0, 1, 2, 1]]), FILTER)
    assert found.tolist() == [[2, -4]]


def test_uses_add_up_to_the_filters_size_times_its_places():
    counts = sliding_filter.uses(6, 3, 0)
    assert counts.sum() == 9 * 16
    assert (counts[0, 0], counts[0, 3], counts[3, 3]) == (1, 3, 9)
    assert (sliding_filter.uses(6, 3, 2) == 9).all()


def test_channels_are_summed_and_each_filter_has_one_bias():
    x = np.stack([IMAGE, 10 * IMAGE], axis=-1)[None]
    filters = np.stack([FILTER] * 2, axis=-1)[None]
    made = sliding_filter.slide_tensor(x, filters, np.array([5]))
    assert made.shape == (1, 4, 4, 1)
    assert np.array_equal(made[0, ..., 0], 11 * sliding_filter.slide(IMAGE, FILTER) + 5)


@pytest.mark.parametrize(
    ("case", "side"), [((7, 3, 0, 2), 3), ((8, 3, 0, 2), 3), ((9, 3, 0, 2), 4)]
)
def test_a_stride_rounds_down(case, side):
    assert sliding_filter.strided_dimension(*case) == side
    assert len(sliding_filter.slide(np.ones((case[0],) * 2), np.ones((3, 3)), stride=2)) == side
