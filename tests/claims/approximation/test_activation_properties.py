from decimal import Decimal

import numpy as np
import pytest

from deepclaims.claims.approximation.activation_properties import formulas
from deepclaims.claims.approximation.activation_properties.judge import judge
from deepclaims.claims.approximation.activation_properties.measure import ends
from deepclaims.evidence.check import findings

NAME = "approximation/activation-properties"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_formulas_agree_with_scipy():
    from scipy.special import expit

    z = np.linspace(-30, 30, 61)
    exact = {
        name: [float(g(Decimal(float(each)))) for each in z]
        for name, g in formulas.FORMULAS.items()
    }
    assert exact["sigmoid"] == pytest.approx(expit(z), rel=1e-14)
    assert exact["tanh"] == pytest.approx(np.tanh(z), rel=1e-14)
    assert exact["relu"] == pytest.approx(np.maximum(z, 0))
    assert exact["elu"] == pytest.approx(np.where(z > 0, z, 2 * np.expm1(z)), rel=1e-13)


def test_slopes_by_hand():
    (value, left, right), *_ = formulas.traced(lambda z: abs(z), [Decimal(0)])
    assert (value, left, right) == (0, -1, 1)
    (_, left, right), *_ = formulas.traced(formulas.sigmoid, [Decimal(0)])
    assert float(left) == float(right) == 0.25


@pytest.mark.parametrize(("dtype", "one"), [("float32", 16.636), ("float64", 36.737)])
def test_a_numpy_sigmoid_ends_where_torchs_does(dtype, one):
    found = ends({"dtype": dtype}, 0).metrics["sigmoid_is_one"]
    kind = np.dtype(dtype).type
    assert found == pytest.approx(one, abs=2e-3)
    for z, is_one in ((found + 0.01, True), (found - 0.05, False)):
        assert (kind(1) / (kind(1) + np.exp(-kind(z))) == 1) == is_one


def test_the_slides_bounds_are_supported(results, rulings):
    assert set(rulings(results).values()) == {"supported"}


@pytest.mark.parametrize(
    ("sentence", "metric", "change"),
    [
        ("L1.s32.7", "not_below_one", lambda values: values + 1),
        ("L1.s32.8", "steepest", lambda values: 1.2 * values),
        ("L1.s32.8", "identity_gap", lambda values: values + 1e-3),
        ("L1.s32.12", "below_z", lambda values: values + 1),
    ],
)
def test_each_is_refuted_where_it_is_false(results, made_world, rulings, sentence, metric, change):
    found = rulings(made_world(results, "formulas", {metric: change}))
    assert {name for name, each in found.items() if each == "refuted"} == {sentence}


@pytest.mark.parametrize(
    ("sentence", "metric", "change"),
    [
        ("L1.s32.7", "below_one", lambda values: values + 0.1),
        ("L1.s32.8", "steepest", lambda values: 0.9 * values),
        ("L1.s32.8", "identity_gap", lambda values: 0 * values),
        ("L1.s32.12", "below_z", lambda values: 0 * values),
        ("L1.s32.12", "above_z", lambda values: values + 0.1),
    ],
)
def test_a_bound_that_is_not_reached_shows_nothing(
    results, made_world, rulings, sentence, metric, change
):
    found = rulings(made_world(results, "formulas", {metric: change}))
    assert {name for name, each in found.items() if each == "inconclusive"} == {sentence}


@pytest.mark.parametrize(
    ("metric", "check"), [("above_lower", "lower_bounds"), ("below_one", "tanh_approaches_one")]
)
def test_a_looser_bound_is_seen(results, made_world, metric, check):
    def of(world):
        found = findings(world.claim.checks, judge(world))
        return next(each.outcome for each in found if each.check.name == check)

    loose = made_world(results, "formulas", {metric: lambda values: values + 0.1})
    assert (of(results), of(loose)) == (True, False)
