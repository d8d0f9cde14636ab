import math

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from deepclaims.optim.momentum_law import ball


@pytest.mark.parametrize("alpha", [0.05, 1.0, 5.0])
def test_the_law_is_the_closed_form(alpha):
    beta, h, v = 0.9, 0.7, 2.0
    closed = alpha * v / (h * (2 - alpha * h * (1 - beta) / (1 + beta)))
    assert ball(alpha, beta, h, v) == pytest.approx(closed)


def test_the_law_of_sgd_is_the_closed_form():
    """αv/(h(2 − αh)); with multiplicative noise αv/(2 − α(1 + k))."""
    assert ball(0.3, 0.0, 0.5, 1.0) == pytest.approx(0.3 / (0.5 * (2 - 0.15)))
    assert ball(0.1, 0.0, 1.0, 2.0, 9) == pytest.approx(0.2 / (2 - 0.1 * 10))


def test_sgd_has_no_law_beyond_two_and_momentum_has_up_to_38():
    assert math.isinf(ball(2.01, 0.0, 1.0, 1.0))
    assert math.isfinite(ball(37.9, 0.9, 1.0, 1.0))
    assert math.isinf(ball(38.1, 0.9, 1.0, 1.0))


def test_the_law_is_lyapunovs():
    """Covariance of (e, m) by solving X = F X Fᵀ + Q as scipy does."""
    alpha, beta, h = 0.8, 0.6, 0.5
    new = 1 - beta
    step = np.array([[1 - alpha * new * h, -alpha * beta], [new * h, beta]])
    noise = np.array([[-alpha * new], [new]])
    covariance = solve_discrete_lyapunov(step, noise @ noise.T)
    assert ball(alpha, beta, h, 1.0) == pytest.approx(covariance[0, 0])
