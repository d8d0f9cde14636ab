import numpy as np
import pytest
from scipy import optimize

from deepclaims.optim.quadratic_rates import (
    METHODS,
    best,
    distances,
    factor,
    fastest,
    radius,
    steps_for,
)


@pytest.mark.parametrize("method", METHODS)
def test_factor_is_the_radius_of_the_companion_matrix(method):
    eta, beta, h = 0.07, 0.8, 3.0
    rest = 1 - eta * h
    rows = {
        "gradient": [[rest, 0.0], [1.0, 0.0]],
        "heavy_ball": [[rest + beta, -beta], [1.0, 0.0]],
        "nesterov": [[(1 + beta) * rest, -beta * rest], [1.0, 0.0]],
    }[method]
    expected = np.abs(np.linalg.eigvals(np.array(rows))).max()
    assert factor(method, eta, beta, h) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_tuned_numbers_give_their_factor_and_none_is_better(method, kappa):
    eta, beta, rho = best(method, kappa)
    assert radius(method, eta, beta, kappa) == pytest.approx(rho, abs=1e-7)
    if method == "gradient":
        found = optimize.minimize_scalar(
            lambda e: radius(method, e, 0.0, kappa), bounds=(0, 2 / kappa), method="bounded"
        ).fun
    else:
        etas = np.linspace(0.2, 3.9, 150) / kappa
        found = min(radius(method, etas, b, kappa).min() for b in np.linspace(0.01, 0.99, 197))
    assert found > rho - 1e-6


def test_known_rates():
    """Lessard, Recht & Packard 2016, table 1, at κ = 100."""
    assert best("heavy_ball", 100)[2] == pytest.approx(9 / 11)
    assert best("gradient", 100)[2] == pytest.approx(99 / 101)
    assert best("nesterov", 100)[2] == pytest.approx(1 - 2 / np.sqrt(301))
    assert steps_for(0.1) == pytest.approx(6)


def test_at_large_beta_looking_ahead_damps():
    assert fastest("nesterov", 0.99, 100)[1] < 0.989 < 0.9945 < fastest("heavy_ball", 0.99, 100)[1]
    # heavy ball cannot contract faster than √β; Nesterov can
    assert fastest("heavy_ball", 0.99, 100)[1] == pytest.approx(np.sqrt(0.99), abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_walks_contract_as_the_factor_says(method):
    eta, beta, rho = best(method, 50)
    found = distances(method, eta, beta, 50, 400, seed=1)
    assert (found[400] / found[300]) ** 0.01 == pytest.approx(rho, rel=0.01)


def test_a_step_too_long_diverges():
    assert distances("nesterov", 1.5 / 50, 0.9, 50, 200, seed=1)[-1] > 1e3
    assert distances("heavy_ball", 1.5 / 50, 0.9, 50, 200, seed=1)[-1] < 1
