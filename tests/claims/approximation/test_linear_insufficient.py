from itertools import combinations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from deepclaims.claims.approximation.linear_insufficient.measure import fewest_errors, linear
from deepclaims.claims.approximation.linear_insufficient.theory import (
    best_plane_of_the_wave,
    least_error,
)
from deepclaims.data.plane_problems import REGRESSIONS, load_plane
from deepclaims.evidence.outcome import Outcome

NAME = "approximation/linear-insufficient"


def arrays(problem, seed, **options):
    splits = load_plane({"name": "plane", "problem": problem, **options}, seed)
    return [
        (split.inputs[0].double().numpy(), split.targets.double().numpy().ravel())
        for split in (splits.train, splits.test)
    ]


# --- the linear side -----------------------------------------------------------------------


def by_brute_force(x, y):
    """The best line passes as near as one likes by two of the points: all pairs, both sides."""
    best = min(y.sum(), len(y) - y.sum())
    for i, j in combinations(range(len(x)), 2):
        normal = np.array([x[j, 1] - x[i, 1], x[i, 0] - x[j, 0]])
        for tilt in (-1e-7, 1e-7):
            turned = normal + tilt * (x[j] - x[i])
            for shift in (-1e-9, 1e-9):
                above = (x - (x[i] + x[j]) / 2) @ turned > shift
                wrong = int((above != y).sum())
                best = min(best, wrong, len(y) - wrong)
    return best / len(y)


@pytest.mark.parametrize("seed", range(3))
def test_the_best_line_by_brute_force(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(25, 2)), rng.integers(0, 2, size=25).astype(float)
    assert fewest_errors(x, y, directions=20_000) == pytest.approx(by_brute_force(x, y))
    assert fewest_errors(x, y) >= by_brute_force(x, y) - 1e-12


@pytest.mark.parametrize("problem", ["moons", "ring", "line"])
def test_logistic_regression_agrees_with_scikit_learn(problem):
    (x, y), (at, truth) = arrays(problem, 5)
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, y)
    found = linear({"problem": problem}, 5).metrics
    assert found["fitted"] == pytest.approx(1 - fitted.score(at, truth), abs=1e-3)
    assert found["hindsight"] <= found["fitted"] + 1e-12


@pytest.mark.parametrize("problem", REGRESSIONS)
def test_least_squares_agrees_with_scikit_learn(problem):
    train, (at, truth) = arrays(problem, 5)
    found = linear({"problem": problem}, 5).metrics
    share = 1 - LinearRegression().fit(*train).score(at, truth)
    assert found["fitted"] / found["scale"] == pytest.approx(share)
    assert found["hindsight"] < found["fitted"]


# --- the problems --------------------------------------------------------------------------


def test_the_least_errors_by_simulation():
    for problem, rule in {
        "ring": lambda x: (x**2).sum(1) > 2 * np.log(2),
        "line": lambda x: x.sum(1) > 0,
    }.items():
        _, (x, y) = arrays(problem, 1, n_test=100_000)
        assert np.mean(rule(x) != y) == pytest.approx(least_error(problem), abs=3e-3)
    for problem, mean in {
        "wave": lambda x: np.sin(2 * x[:, 0]) + x[:, 1] ** 2 / 4,
        "slope": lambda x: x[:, 0] - x[:, 1] / 2,
    }.items():
        _, (x, y) = arrays(problem, 1, n_test=100_000)
        assert np.mean((y - mean(x)) ** 2) / y.var() == pytest.approx(
            least_error(problem), rel=0.02
        )


def test_the_best_plane_of_the_wave_by_simulation():
    _, (x, y) = arrays("wave", 2, n_test=100_000)
    share = 1 - LinearRegression().fit(x, y).score(x, y)
    assert share == pytest.approx(best_plane_of_the_wave(), abs=0.01)


def test_neighbours_err_little_more_than_the_least_on_moons():
    from sklearn.neighbors import KNeighborsClassifier

    train, test = arrays("moons", 3, n=6000, n_test=6000)
    error = 1 - KNeighborsClassifier(30).fit(*train).score(*test)
    assert abs(error - least_error("moons")) < 0.006


# --- made worlds ---------------------------------------------------------------------------


def world(net=0.1, without=0.3, straight=0.12, fitted=0.3):
    """A world by the errors of the net, of that without g, and of the net on straight problems."""

    def imagine(part, arm, axes, seed):
        rng = np.random.default_rng([seed, len(part.name)])
        problem = axes.get("problem") or axes["data.problem"]
        on_line = problem in ("line", "slope")
        noise = 0.005 * rng.standard_normal()
        if part.name == "linear":
            least = 0.12 if on_line else fitted
            errors = {"fitted": least + noise, "hindsight": least - 0.01 + noise}
            return Outcome({**errors, "scale": 1.0, "slope": 1e-9})
        error = without if part.name == "without_g" else straight if on_line else net
        lr = axes["optimizer.lr"]
        found = error + noise + 0.05 * (lr != 0.01)
        return Outcome({"validation_loss": found, "test_error": found, "test_mse": found})

    return imagine


def test_supported_where_the_net_wins(imagined, rulings):
    found = rulings(imagined(NAME, world()))
    assert found == {"L1.s3.1": "supported", "L1.s4.3": "supported"}


def test_refuted_where_the_best_line_does_as_well(imagined, rulings):
    found = rulings(imagined(NAME, world(net=0.28)))
    assert found == {"L1.s3.1": "refuted", "L1.s4.3": "refuted"}


def test_inconclusive_where_the_net_wins_on_straight_problems_too(imagined, rulings):
    assert set(rulings(imagined(NAME, world(straight=0.05))).values()) == {"inconclusive"}


def test_inconclusive_where_the_net_without_g_is_badly_trained(imagined, rulings):
    found = rulings(imagined(NAME, world(without=0.4)))
    assert found == {"L1.s3.1": "supported", "L1.s4.3": "inconclusive"}
