"""Pieces against slopes on a fine grid and linear programs; counts of sign patterns against all."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from deepclaims.nn.linear_pieces import count_pieces, fewest_pieces, forward
from deepclaims.nn.sawtooth import sawtooth_net, square_net, tent, units
from deepclaims.nn.sign_patterns import least_width, pattern_bits


def random_net(seed, widths):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(o, i)), 0.3 * rng.normal(size=o)) for i, o in pairwise(widths)]


@pytest.mark.parametrize("seed", range(6))
def test_pieces_against_second_differences(seed):
    net = random_net(seed, [1, 5, 5, 1])
    x = np.linspace(-1, 1, 200_001)
    bends = np.abs(np.diff(forward(net, x), 2)) > 1e-10
    runs = int((bends[1:] & ~bends[:-1]).sum() + bends[0])
    assert count_pieces(net, -1, 1) == 1 + runs


def fits_one_line(x, y, tolerance):
    a = np.stack([np.ones_like(x), x], axis=1)
    least = linprog(
        [0, 0, 1],
        np.block([[a, -np.ones((len(x), 1))], [-a, -np.ones((len(x), 1))]]),
        np.concatenate([y, -y]),
        bounds=[(None, None)] * 2 + [(0, None)],
    )
    return least.fun <= tolerance


@pytest.mark.parametrize("tolerance", [0.1, 0.3])
def test_fewest_pieces_against_linear_programs(tolerance):
    rng = np.random.default_rng(4)
    x, y = np.linspace(0, 1, 25), rng.uniform(size=25)
    pieces, start = 1, 0
    for j in range(1, 25):
        if not fits_one_line(x[start : j + 1], y[start : j + 1], tolerance):
            pieces, start = pieces + 1, j
    assert fewest_pieces(x, y, tolerance) == pieces


@pytest.mark.parametrize("layers", [[2, 2, 2], [8], [4, 2], [3, 5]])
def test_sawtooth(layers):
    net, teeth = sawtooth_net(layers), int(np.prod(layers))
    x = np.arange(teeth + 1) / teeth
    np.testing.assert_allclose(forward(net, x), np.arange(teeth + 1) % 2, atol=1e-12)
    assert count_pieces(net, 0, 1) == teeth
    assert units(net) == sum(layers)


def test_the_tent_is_the_net_of_twos():
    x = np.linspace(0, 1, 257)
    np.testing.assert_array_equal(tent(x, 4), forward(sawtooth_net([2] * 4), x))


@pytest.mark.parametrize("m", [1, 2, 5])
def test_the_parabola_is_as_near_as_yarotsky_says(m):
    x = np.linspace(0, 1, 2 ** (m + 4) + 1)
    assert np.abs(forward(square_net(m), x) - x**2).max() == 2.0 ** (-2 * m - 2)
    assert units(square_net(m)) == 3 * m - 1


def test_patterns_of_one_unit_are_below_the_count():
    """A net of one unit on a line: its output changes sign once at most."""
    assert pattern_bits(10, 1, [1]) >= np.log2(2 * 10)
    assert pattern_bits(1000, 1, [1]) < 80


def test_the_least_width_is_where_the_count_turns():
    width = least_width(2**10, 10)
    assert pattern_bits(2**10, 10, [width]) >= 2**10 > pattern_bits(2**10, 10, [width - 1])
    assert least_width(2**10, 10, doubt=20) <= width
