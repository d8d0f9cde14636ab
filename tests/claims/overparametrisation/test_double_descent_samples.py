from functools import partial

import numpy as np
import pytest

from deepclaims.claims.overparametrisation.double_descent_samples.judge import judge
from deepclaims.claims.overparametrisation.double_descent_samples.measure import (
    expected_excess,
    features,
    linear,
)
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/double-descent-samples"
SMALL = {
    "data": {
        "name": "mnist",
        "pool": 2,
        "standardise": "pixel",
        "n_validation": 200,
        "n_test": 400,
    },
    "label_noise": 0.2,
    "units": 60,
    "samples": [24, 60, 300],
    "ridges": [0.01, 0.1, 1.0],
}


# --- tasks ---------------------------------------------------------------------------------


def test_a_model_is_worst_where_it_ceases_to_interpolate(project_with_data):
    outcome = features(SMALL, 1)
    few, threshold, many = outcome.curves["test_error"].values
    assert threshold > max(few, many) + 0.05
    assert outcome.curves["train_error"].values[0] == 0
    assert outcome.curves["train_error"].values[-1] > 0.1
    assert features(SMALL, 1) == outcome


def test_few_samples_are_the_first_of_many(project_with_data):
    alone = features({**SMALL, "samples": [60]}, 2).curves["norm"].values[0]
    with_more = features({**SMALL, "samples": [24, 60]}, 2).curves["norm"].values[1]
    assert alone == pytest.approx(with_more)


@pytest.mark.parametrize(("n", "d", "noise"), [(10, 30, 0.5), (90, 30, 0.5), (12, 20, 0.0)])
def test_the_exact_risk_is_that_of_a_simulation(n, d, noise):
    """Against NumPy's least squares, which takes the solution of least norm."""
    rng = np.random.default_rng(0)
    theta = np.zeros(d)
    theta[0] = 1
    excess = []
    for _ in range(1500):
        x = rng.standard_normal((n, d))
        fitted = np.linalg.lstsq(x, x @ theta + noise * rng.standard_normal(n), rcond=None)[0]
        excess.append(((fitted - theta) ** 2).sum())
    assert np.mean(excess) == pytest.approx(expected_excess(n, d, noise), rel=0.06)


def test_the_linear_model_has_the_exact_risk():
    found = linear({"inputs": 20, "samples": [8, 60], "noise": 0.5, "draws": 4000}, 1)
    exact = [expected_excess(n, 20, 0.5) for n in (8, 60)]
    assert found.curves["excess"].values == pytest.approx(exact, rel=0.05)


def test_there_is_no_mean_at_the_threshold():
    assert [expected_excess(n, 20, 0.5) for n in (19, 20, 21)] == [float("inf")] * 3


# --- made worlds ---------------------------------------------------------------------------


def imagine(part, arm, axes, seed, *, peak=0.3, where=1.0, larger_peak=0.0, mlp_peak=0.0):
    """Errors that fall with samples, with a peak of a given height at a given n/N."""
    rng = np.random.default_rng([seed, len(part.name), axes.get("data.n_train", 0)])

    def error(size, height):
        bump = height * np.exp(-0.5 * (np.log(size / where) / 0.25) ** 2)
        return float(0.3 + 0.2 * np.exp(-size) + bump + 0.005 * rng.standard_normal())

    if part.task == "train":
        size = 10 * axes["data.n_train"] / 1002
        ill_chosen = 0.1 * (axes.get("regularizer.lambda") not in (None, 0.004))
        found = error(size, mlp_peak * (arm != "decay")) + ill_chosen
        errors = {"test_error": found, "validation_error": found, "train_error": 0.0}
        return Outcome({**errors, "n_parameters": 1002.0})
    counts = part.params["samples"]
    if part.task == "linear":
        exact = [expected_excess(n, part.params["inputs"], part.params["noise"]) for n in counts]
        noisy = [value * (1 + 0.02 * rng.standard_normal()) for value in exact]
        return Outcome({}, {"excess": Curve(counts, noisy)})
    height = larger_peak if part.name == "larger" else peak
    small = 10_000 if part.params["units"] >= 10_000 else 300
    curves = {
        "test_error": [error(n / small, height) for n in counts],
        "ridge_error": [error(n / small, 0.0) for n in counts],
        "train_error": [max(0.0, 1 - small / n) for n in counts],
        "norm": [1.0 for _ in counts],
    }
    return Outcome({}, {name: Curve(counts, values) for name, values in curves.items()})


def test_where_more_samples_hurt_at_the_threshold_it_is_supported(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)


def test_a_perceptrons_own_peak_is_shown(imagined):
    """It decides nothing; where there is one its place, its height and its remedy are told."""
    with_one = judge(imagined(NAME, partial(imagine, mlp_peak=0.3)))
    without = judge(imagined(NAME, imagine))
    assert with_one["perceptron_place"].value == pytest.approx(1, abs=0.01)
    assert with_one["perceptron_hurts"].value > 0.1 > without["perceptron_hurts"].value
    assert with_one["perceptron_clean_hurts"].value > 0.1
    assert with_one["perceptron_decay_removes"].value < 0
    assert without["perceptron_place"].value < 0.75


def test_full_composes_at_the_size_of_the_papers(project_with_data, composer):
    """Ten thousand features of all pixels and perceptrons of P = 40 000, on tens of thousands."""
    from deepclaims.claims.claim import load
    from deepclaims.sweep.stand_in import within_stand_in
    from deepclaims.training.task import train

    claim = load(project_with_data.conf, NAME, profile="full")
    parameters = {}
    for part in claim.parts:
        arm, axes = next(iter(part.points()))
        if part.task == "features":
            scale = part.params["units"] // 100
            assert scale in (100, 1000)
            assert max(part.params["samples"]) == 50_000
            few = {**part.params, **axes, "units": 100, "samples": [40, 100, 200]}
            curves = features(within_stand_in(few, project_with_data), 0).curves
            assert list(curves["test_error"].steps) == [40, 100, 200]
        elif part.task == "train":
            assert max(each["data.n_train"] for _, each in part.points()) == 20_000
            config = composer.cell([*part.base, *part.arms[arm], "fit.steps=2"], axes)
            config = within_stand_in(config, project_with_data)
            parameters[part.name] = train(config, 0).metrics["n_parameters"]
    assert set(parameters) == {"perceptron", "perceptron_clean", "perceptron_decay"}
    assert set(parameters.values()) == {795.0 * 50 + 10}


def test_where_more_samples_help_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, peak=0.0))) == "refuted"


def test_where_the_peak_is_elsewhere_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, where=2.0, peak=0.6))) == "refuted"


def test_where_a_larger_model_is_hurt_too_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, larger_peak=0.3))) == "inconclusive"


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_other_profiles_do_not_crash(imagined, ruling, profile):
    found = ruling(imagined(NAME, imagine, profile=profile))
    assert found in ("inconclusive", "refuted", "supported")
