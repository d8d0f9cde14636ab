import math

import numpy as np
import pytest
import torch

from deepclaims.nn.random_layer import (
    HiddenLayer,
    fit_points,
    grid,
    least_squares,
    uniform_knots,
    uniform_knots_bound,
)


def smooth(x):
    return torch.sin(3 * x[:, 0])


def kink(x):
    return (x[:, 0] - 0.2).abs()


def parabola(x):
    return x[:, 0].square()


def layer(activation, units=12, m=1, seed=3):
    return HiddenLayer.draw(activation, units, m, torch.Generator().manual_seed(seed))


def test_a_grid_holds_its_ends_and_zero_exactly():
    assert set(grid(5, 1)[:, 0].tolist()) == {-1.0, -0.5, 0.0, 0.5, 1.0}
    assert grid(7, 2).shape == (49, 2)


BY_HAND = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "step": lambda z: (z >= 0) * 1.0,
    "square": lambda z: z**2,
    "cube": lambda z: z**3,
    "square_at_zero": lambda z: z**2 + (z == 0),
}


@pytest.mark.parametrize("activation", BY_HAND)
@pytest.mark.parametrize("m", [1, 2])
def test_units_are_what_the_theorem_says(activation, m):
    """g(wᵀx + b) with b = -wᵀc, by hand in numpy."""
    by_hand = BY_HAND[activation]
    units = layer(activation, m=m)
    x = grid(20, m).numpy()
    w, b = units.w.numpy(), -(units.w * units.centres).sum(1).numpy()
    assert np.allclose(units(torch.from_numpy(x)).numpy(), by_hand(x @ w.T + b), atol=1e-12)


def test_the_exceptional_point_is_met_exactly():
    units = layer("square_at_zero")
    assert torch.equal(units(units.centres).diagonal(), torch.ones(12, dtype=torch.float64))


def test_centres_on_a_line_leave_no_gap():
    centres = layer("relu", units=50).centres[:, 0]
    assert torch.equal(centres, centres.sort().values)
    assert float(centres.diff().max()) < 2 * 2.2 / 50


def test_a_net_is_fitted_on_both_sides_of_every_bend():
    units = layer("relu", units=64)
    at = fit_points(units, 11)[:, 0].sort().values
    inside = units.centres[units.centres.abs() <= 1]
    assert torch.isin(inside, at).all()
    gaps = torch.searchsorted(at, inside[:-1], right=True), torch.searchsorted(at, inside[1:])
    assert (gaps[1] - gaps[0] >= 1).all()


@pytest.mark.parametrize("m", [1, 2])
def test_least_squares_finds_a_net_that_is_there(m):
    units = layer("tanh", units=6, m=m)
    alpha = torch.tensor([1.0, -2.0, 0.5, 3.0, -1.0, 0.2], dtype=torch.float64)
    at = fit_points(units, 41)
    found = least_squares(units(at), (units(at) @ alpha)[:, None])[:, 0]
    assert torch.allclose(found, alpha, atol=1e-6)


def test_least_squares_agrees_with_numpy():
    units = layer("elu", units=5)
    at, f = grid(101, 1), smooth(grid(101, 1))
    found = least_squares(units(at), f[:, None])[:, 0].numpy()
    assert found == pytest.approx(np.linalg.lstsq(units(at).numpy(), f.numpy())[0], rel=1e-6)


@pytest.mark.parametrize(("activation", "degree"), [("square", 2), ("cube", 3)])
@pytest.mark.parametrize("m", [1, 2])
def test_polynomial_units_span_no_more_than_polynomials(activation, degree, m):
    features = layer(activation, units=60, m=m)(grid(31, m))
    assert int(torch.linalg.matrix_rank(features)) == math.comb(m + degree, degree)


@pytest.mark.parametrize(("f", "curvature"), [(smooth, 9.0), (kink, math.nan)])
@pytest.mark.parametrize("units", [8, 33, 200])
def test_equispaced_knots_interpolate_within_their_bound(f, curvature, units):
    x = grid(4001, 1)
    net = uniform_knots(f, units, x)
    knots = np.linspace(-1, 1, units)
    by_hand = np.interp(x[:, 0], knots, f(torch.from_numpy(knots)[:, None]))
    assert net.numpy() == pytest.approx(by_hand, abs=1e-10)
    assert float((net - f(x)).abs().max()) <= uniform_knots_bound(curvature, units)


def test_the_bound_is_attained_by_a_parabola():
    x = grid(4001, 1)
    error = (uniform_knots(parabola, 5, x) - parabola(x)).abs().max()
    assert float(error) == pytest.approx(uniform_knots_bound(2.0, 5))
