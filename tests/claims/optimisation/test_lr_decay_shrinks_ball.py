import numpy as np
import pytest

from deepclaims.claims.optimisation.lr_decay_shrinks_ball.judge import recursion
from deepclaims.claims.optimisation.lr_decay_shrinks_ball.measure import mnist, rates, regression
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/lr-decay-shrinks-ball"
LAWS = {
    "constant": {"name": "constant"},
    "small": {"name": "constant", "scale": 0.1},
    "hyperbolic": {"name": "hyperbolic", "delta": 0.5},
    "exponential": {"name": "exponential", "gamma": 0.5},
    "inverse_sqrt": {"name": "inverse_sqrt"},
    "piecewise": {"name": "piecewise", "epochs": [2], "factors": [0.1]},
}
TIME = {"laws": LAWS, "alpha0": 0.1, "epochs": 4, "per_epoch": 3}


def imagine(part, arm, axes, seed, *, left=0.1, slow=1.1, drift=1.0, engine=1.0):
    """A world in which decaying laws leave `left` of the constant rate's ball."""
    law = axes["law"]
    rng = np.random.default_rng([seed, len(law)])
    if part.name == "regression":
        config = {**part.params, "law": law}
        mean = engine * recursion(rates(config), 5, 0.5, 2.0)[-1]
        if law not in ("constant", "small", "hasty") and left != 0.1:
            mean = left * 0.0357
    else:
        mean = 0.011 * (1.0 if law == "constant" else left)
    steps = {"constant": 50.0, "small": 500.0, "hasty": 900.0}.get(law, 50.0 * slow)
    steps *= 1 + 0.01 * rng.normal()
    mean *= 1 + 0.003 * rng.normal()
    metrics = {"final": mean, "final_square": 1.01 * mean**2, "steps": steps, "theory": 0.01}
    metrics |= {"middle": mean * drift, "middle_square": 1.01 * (mean * drift) ** 2}
    name = "distance" if part.name == "regression" else "excess"
    return Outcome(metrics, {name: Curve([1, 2], [4.0, mean])})


def test_where_every_law_shrinks_the_ball_it_is_supported(imagined, ruling):
    assert ruling(imagined(NAME, imagine)) == "supported"


@pytest.mark.parametrize("changes", [{"slow": 4.0}])
def test_where_they_learn_slowly_it_is_refuted(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world)) == "refuted"


def test_where_a_law_leaves_the_ball_it_is_refuted(imagined, ruling):
    def world(part, arm, axes, seed):
        return imagine(part, arm, axes, seed, left=0.9 if part.name == "mnist" else 0.1)

    assert ruling(imagined(NAME, world)) == "refuted"


@pytest.mark.parametrize("changes", [{"drift": 2.0}, {"engine": 1.3}])
def test_where_a_control_fails_nothing_is_concluded(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world)) == "inconclusive"


def test_rates_are_the_slides_formulas():
    e = 1 + np.arange(12) // 3
    expected = {
        "constant": np.full(12, 0.1),
        "small": np.full(12, 0.01),
        "hyperbolic": 0.1 * 1.5 / (1 + 0.5 * e),
        "exponential": 0.1 * 0.5 ** (e - 1.0),
        "inverse_sqrt": 0.1 / np.sqrt(e),
        "piecewise": np.where(e <= 2, 0.1, 0.01),
    }
    for law, alphas in expected.items():
        np.testing.assert_allclose(rates({**TIME, "law": law}), alphas, rtol=1e-12)


def test_what_is_left_is_what_the_recursion_says():
    config = {**TIME, "per_epoch": 30, "law": "inverse_sqrt", "alpha0": 0.1, "epsilon": 0.2}
    config |= {"dimension": 3, "noise": 0.5, "radius": 1.0, "replicas": 3000}
    exact = recursion(rates(config), 3, 0.5, 1.0)
    outcome = regression(config, 1)
    assert outcome.metrics["final"] == pytest.approx(exact[-1], rel=0.08)
    assert outcome.metrics["middle"] == pytest.approx(exact[60], rel=0.08)
    assert list(outcome.curves["distance"].steps) == [30, 60, 90, 120]


def test_a_seed_decides_what_mnist_gives(project_with_data):
    config = {**TIME, "per_epoch": 8, "law": "exponential", "batch": 2, "samples": 60}
    config |= {"components": 5, "ridge": 0.05, "replicas": 2, "share": 0.5}
    assert repr(mnist(config, 1)) == repr(mnist(config, 1))  # NaN is itself in words
    assert repr(mnist(config, 1)) != repr(mnist(config, 2))
