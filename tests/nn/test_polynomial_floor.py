import numpy as np
import pytest
import torch

from deepclaims.nn.polynomial_floor import (
    linear_code_floor,
    plane_floor,
    polynomial_floor,
    rms_floor,
)


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_the_next_power_is_missed_by_chebyshevs_error(degree):
    """The best approximation of x^(k+1) by degree k leaves 2^-k (Chebyshev)."""
    floor = polynomial_floor(lambda x: x[:, 0] ** (degree + 1), degree)
    assert floor == pytest.approx(2.0**-degree, rel=1e-3)


def test_the_modulus_is_missed_by_an_eighth():
    assert polynomial_floor(lambda x: x[:, 0].abs(), 2) == pytest.approx(1 / 8, rel=1e-3)


def test_a_polynomial_is_not_missed_at_all():
    assert polynomial_floor(lambda x: 1 - x[:, 0] ** 3, 3) == pytest.approx(0, abs=1e-9)


def test_in_the_plane_a_product_is_missed_by_every_affine_function():
    """x₁x₂ is ±1 at the corners, in turn: no affine function does better than 0."""

    def product(x):
        return x[:, 0] * x[:, 1]

    assert plane_floor(product, 1) == pytest.approx(1.0, rel=1e-2)
    assert plane_floor(product, 2) == pytest.approx(0, abs=1e-9)


def test_more_degrees_miss_less():
    floors = [polynomial_floor(lambda x: torch.sin(5 * x[:, 0]), k) for k in (1, 3, 5, 7)]
    assert floors == sorted(floors, reverse=True)


def test_the_mean_square_floor_by_legendres_coefficients():
    x, weight = np.polynomial.legendre.leggauss(500)
    f = np.abs(x - 0.2)
    best = sum(
        (2 * k + 1) / 2 * (weight * f * np.polynomial.legendre.Legendre.basis(k)(x)).sum()
        * np.polynomial.legendre.Legendre.basis(k)(x)
        for k in range(3)
    )  # fmt: skip
    expected = np.sqrt((weight * (f - best) ** 2).sum() / 2)
    assert rms_floor(lambda x: (x[:, 0] - 0.2).abs(), 2) == pytest.approx(expected, rel=1e-3)


def test_a_linear_code_misses_what_is_off_its_line():
    """Points on a cross whose arms have lengths 2 and 1: the short arm is lost."""
    cross = np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert linear_code_floor(cross) == pytest.approx((2 / 8) ** 0.5)
