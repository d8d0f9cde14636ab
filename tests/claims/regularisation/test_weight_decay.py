from functools import cache

import numpy as np
import pytest

from deepclaims.claims.regularisation.weight_decay import measure
from deepclaims.claims.regularisation.weight_decay.judge import judge
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

NAME = "regularisation/weight-decay"
REGRESSION = {"samples": 30, "features": 4, "steps": 1000}


def test_the_gradient_is_that_of_finite_differences():
    w, each, step = np.array([[0.3, -1.2], [2.0, 0.1]]), 0.7, 1e-6
    moved = w.copy()
    moved[0, 1] += step
    slope = each / 2 * ((moved**2).sum() - (w**2).sum()) / step
    assert slope == pytest.approx(each * w[0, 1], abs=1e-5)
    found = measure.gradient({"layers": 3, "width": 5}, 0).metrics
    assert found["relative_error"] < 1e-14
    assert found["halves_missing"] == pytest.approx(1.0)


@pytest.mark.parametrize("strength", [0.0, 0.1, 1.0])
def test_descent_ends_at_scikit_learns_ridge(strength):
    from sklearn.linear_model import Ridge

    found = measure.minimum({"lambda": strength, **REGRESSION}, 3).metrics
    assert found["relative_error"] < 1e-10
    import torch

    g = torch.Generator().manual_seed(3)
    x = torch.empty(30, 4, dtype=torch.float64).normal_(generator=g).numpy()
    y = torch.empty(30, dtype=torch.float64).normal_(generator=g).numpy()
    w, without = (
        Ridge(alpha=30 * each, fit_intercept=False).fit(x, y).coef_ for each in (strength, 0.0)
    )
    moved = np.linalg.norm(w - without) / np.linalg.norm(without)
    assert found["moved"] == pytest.approx(moved, abs=1e-9)


def test_decay_apart_is_the_penalty_for_sgd_and_not_for_adam():
    found = measure.decoupled({"width": 6, "lambda": 0.1, "lr": 0.05, "steps": 20}, 0).metrics
    assert found["sgd"] < 1e-14
    assert found["adam"] > 0.01


def errors(part, axes, rng):
    """(train, validation, test error) of a lecture's world, in which λ = 0.01 saves a point."""
    test = 0.14 + 0.01 * (axes["optimizer.lr"] != 0.008) + 0.004 * rng.normal()
    if part == "decay":
        test += 0.005 - 0.015 * (axes["regularizer.lambda"] == 0.01)
    return 0.002 * (part == "decay"), test, test


@cache
def computed(task, config, seed):
    return getattr(measure, task)(dict(config), seed)


@pytest.fixture
def world(imagined):
    def make(errors=errors, bare=0.0):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.task != "train":
                return computed(part.task, tuple({**part.params, **axes}.items()), seed)
            if part.name in ("bare", "zero"):
                return Outcome({"test_loss": 0.4 + (bare if part.name == "zero" else 0.0)})
            train, validation, test = errors(part.name, axes, rng)
            return Outcome(
                {
                    "train_error": train,
                    "validation_error": validation,
                    "test_error": test,
                    "train_loss": 10 * train,
                    "test_loss": test,
                }
            )

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert all(each.outcome for each in findings(results.claim.checks, judge(results)))


def test_refuted_where_the_penalty_costs(world, ruling):
    def costs(part, axes, rng):
        train, validation, test = errors(part, axes, rng)
        return train, validation, test + 0.03 * (part == "decay")

    assert ruling(world(costs)) == "refuted"


def test_open_where_it_makes_no_difference(world, ruling):
    def same(part, axes, rng):
        return *errors("none", axes, rng)[:2], 0.14 + 0.004 * rng.normal()

    assert ruling(world(same)) == "inconclusive"


def test_void_where_the_largest_strength_is_best(world, rulings):
    def more(part, axes, rng):
        train, validation, test = errors(part, axes, rng)
        return train, validation - 0.05 * (axes.get("regularizer.lambda") == 0.03), test

    assert rulings(world(more))["L1.s38.2"] == "inconclusive"


def test_nothing_is_decided_where_zero_is_not_nothing(world, rulings):
    assert rulings(world(bare=1e-7))["L1.s38.2"] == "inconclusive"
