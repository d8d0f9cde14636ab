import numpy as np
import pytest

from deepclaims.claims.overparametrisation.classical_bias_variance.judge import judge
from deepclaims.claims.overparametrisation.classical_bias_variance.measure import decompose, split
from deepclaims.claims.overparametrisation.classical_bias_variance.theory import Problem
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/classical-bias-variance"
SMALL = {"points": 20, "sigma": 0.4, "degrees": [0, 4, 8], "resamples": 40, "ridges": [0.001]}


def test_the_fit_is_numpys():
    problem = Problem(20, 0.4)
    y = np.random.default_rng(0).standard_normal(20)
    fitted = np.polynomial.Polynomial.fit(problem.x, y, 7)(problem.x)
    assert problem.hat(7) @ y == pytest.approx(fitted)


def test_the_variance_of_least_squares_is_sigma2_p_plus_1_over_n():
    problem = Problem(20, 0.4)
    assert problem.variance(problem.hat(7)) == pytest.approx(0.16 * 8 / 20)
    assert problem.variance(problem.hat(7, 0.01)) < 0.16 * 8 / 20


def test_bias_and_variance_have_no_bias():
    problem = Problem(20, 0.4)
    hat, rng = problem.hat(5), np.random.default_rng(1)
    noise = 0.4 * rng.standard_normal((4000, 10, 20))
    found = np.mean([split(problem, (problem.f + each) @ hat.T) for each in noise], axis=0)
    assert found == pytest.approx([problem.bias2(hat), problem.variance(hat)], rel=0.01)


def test_halves_have_nothing_in_common():
    """On the same fits and values the sum would be the error exactly."""
    outcome = decompose(SMALL, 0)
    noise, curves = outcome.metrics["noise"], outcome.curves
    assert noise == pytest.approx(0.16, rel=0.1)
    total = np.array(curves["bias2"].values) + curves["variance"].values + noise
    assert np.abs(total / curves["test"].values - 1).min() > 1e-6
    assert total == pytest.approx(curves["test"].values, rel=0.15)


def test_a_seed_decides_the_outcome():
    assert decompose(SMALL, 3) == decompose(SMALL, 3) != decompose(SMALL, 4)


def world(excess=1.0, rising=1.0, ridge=0.0, moved=0, noise=1.0):
    """Exact theory and a little luck; test error, its rise and its minimum changed at will."""

    def imagine(part, arm, axes, seed):
        problem = Problem(part.params["points"], axes["sigma"])
        degrees = np.array(part.params["degrees"])
        hats = [problem.hat(int(each)) for each in degrees]
        biases = np.array([problem.bias2(hat) for hat in hats])
        variances = rising * np.array([problem.variance(hat) for hat in hats])
        luck = np.random.default_rng([seed, 5]).normal(1, 1e-3)
        test = excess * luck * (np.roll(biases, moved) + variances + axes["sigma"] ** 2)
        flat = 0.2 + ridge * variances
        curves = {"bias2": biases, "variance": luck * variances, "test": test, "ridge_test": flat}
        measured = {"noise": noise * luck * axes["sigma"] ** 2}
        return Outcome(measured, {name: Curve(degrees, values) for name, values in curves.items()})

    return imagine


def test_supported_where_theory_holds(imagined, ruling):
    results = imagined(NAME, world())
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)


@pytest.mark.parametrize("false", [{"excess": 1.2}, {"rising": 0.1}, {"moved": 3}, {"noise": 0.5}])
def test_refuted_where_it_does_not(imagined, ruling, false):
    assert ruling(imagined(NAME, world(**false))) == "refuted"


def test_nothing_is_concluded_where_ridge_rises_too(imagined, ruling):
    assert ruling(imagined(NAME, world(ridge=1.0))) == "inconclusive"
