from functools import partial

import numpy as np
import pytest

from deepclaims.claims.overparametrisation.double_descent_epochs.judge import judge, largest_fall
from deepclaims.claims.overparametrisation.double_descent_epochs.measure import net, two_scales
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/double-descent-epochs"
LINEAR = {
    "samples": 30,
    "fast": 14,
    "slow": 6,
    "scale": 0.2,
    "signals": [4.0, 1.5],
    "noise": 1.0,
    "times": [1, 5, 40],
    "arm": "different",
}
NET = {
    "data": {"name": "mnist", "pool": 2, "n_train": 60, "n_validation": 100, "n_test": 200},
    "label_noise": 0.2,
    "width": 64,
    "rate": 0.003,
    "batch": 20,
    "decay": 0.0,
    "times": [1, 150],
}


# --- tasks ---------------------------------------------------------------------------------


def descended(config, seed, noise=True):
    """Risks by taking every step of gradient descent, in plain NumPy."""
    rng = np.random.default_rng(seed)
    n, d = config["samples"], config["fast"] + config["slow"]
    scale = np.r_[np.ones(config["fast"]), np.full(config["slow"], config["scale"])]
    x = rng.standard_normal((n, d)) * scale
    target = rng.standard_normal(d)
    for part, signal in zip(
        (slice(config["fast"]), slice(config["fast"], None)), config["signals"], strict=True
    ):
        target[part] *= signal / np.linalg.norm(target[part])
    target /= scale
    y = x @ target + noise * config["noise"] * rng.standard_normal(n)
    rate = 1 / np.linalg.norm(x, 2) ** 2
    w, risks = np.zeros(d), []
    for t in range(1, config["times"][-1] + 1):
        w -= rate * x.T @ (x @ w - y)
        if t in config["times"]:
            risks.append((scale**2 * (w - target) ** 2).sum())
    return risks


def test_the_closed_form_is_gradient_descent():
    found = two_scales(LINEAR, 3).curves["risk"].values
    assert found == pytest.approx(descended(LINEAR, 3), rel=1e-9)


def test_the_expected_risk_is_the_bias_where_there_is_no_noise():
    found = two_scales({**LINEAR, "noise": 0.0}, 3).curves
    assert found["expected"].values == pytest.approx(found["risk"].values, rel=1e-9)


def test_the_expected_risk_is_the_mean_over_noises():
    """Around the bias, risks of noise and its opposite average to bias and noise apart."""
    one, other = (two_scales({**LINEAR, "noise": noise}, 3).curves for noise in (1.0, -1.0))
    exact, bias = one["expected"].values, descended(LINEAR, 3, noise=False)
    noise_only = np.mean([one["risk"].values, other["risk"].values], axis=0) - bias
    assert (noise_only > 0).all()
    assert (np.array(exact) > bias).all()
    again = two_scales({**LINEAR, "noise": 2.0}, 3).curves["expected"].values
    assert np.array(again) - bias == pytest.approx(4 * (np.array(exact) - bias))


def test_scales_are_equal_in_the_control():
    equal = two_scales({**LINEAR, "arm": "equal"}, 3)
    assert equal == two_scales({**LINEAR, "scale": 1.0}, 3)


@pytest.mark.parametrize("noise", [0.2, 0.0])
def test_nets_learn_what_they_are_given(project_with_data, noise):
    outcome = net({**NET, "label_noise": noise}, 1)
    assert outcome.curves["train_error"].values[-1] < 0.1
    assert outcome.curves["test_error"].values[-1] < outcome.curves["test_error"].values[0]
    assert net({**NET, "label_noise": noise}, 1) == outcome


def test_the_largest_fall_is_from_behind_the_least_error():
    errors = np.array([[0.9, 0.2, 0.3, 0.25], [0.9, 0.3, 0.2, 0.2]])
    assert largest_fall(errors) == pytest.approx([0.05, 0.0])


def test_weight_decay_keeps_weights_from_fitting_wrong_labels(project_with_data):
    plain, decayed = (net({**NET, "decay": decay}, 1).curves["train_error"] for decay in (0.0, 0.3))
    assert decayed.values[-1] > plain.values[-1] + 0.05


def test_full_composes_at_the_size_of_the_paper(project_with_data):
    """Tens of thousands of images and thousands of epochs; here on a few, for two steps."""
    from deepclaims.claims.claim import load
    from deepclaims.sweep.stand_in import within_stand_in

    claim = load(project_with_data.conf, NAME, profile="full")
    for name in ("net", "clean", "decay"):
        params = claim.part(name).params
        n = params["data"]["n_train"]
        assert n == 20_000
        assert params["times"][-1] * params["batch"] / n == 2000
        assert {params[key] for key in ("valley", "peak", "late", "end")} <= set(params["times"])
        few = {**params, "data": {**params["data"], "n_train": 200}, "times": [1, 2]}
        curves = net(within_stand_in(few, project_with_data), 0).curves
        assert list(curves["test_error"].steps) == [1, 2]
        assert (params["label_noise"] > 0) == (name != "clean")
        assert (params["decay"] > 0) == (name == "decay")


# --- made worlds ---------------------------------------------------------------------------


def imagine(part, arm, axes, seed, *, fall=0.0, equal_fall=0.0, fitted=True):
    """Curves with a rise after the valley, and a fall after the peak of given heights."""
    rng = np.random.default_rng([seed, len(part.name), len(arm or "")])
    times = part.params["times"]
    valley, peak, end = (part.params[key] for key in ("valley", "peak", "end"))

    def curve(low, up, late):
        values = np.interp(np.log(times), np.log([valley, peak, end]), [low, up, late])
        return Curve(times, (values + 0.001 * rng.standard_normal(len(times))).tolist())

    if part.task == "two_scales":
        risk = curve(6, 9, 5) if arm == "different" else curve(3, 5, 10 - equal_fall)
        return Outcome({}, {"risk": risk, "expected": risk})
    rise = 0.08 if part.name == "net" else 0.0
    train = curve(0.3, 0.0 if fitted else 0.2, 0.0)
    return Outcome(
        {}, {"test_error": curve(0.2, 0.2 + rise, 0.2 + rise - fall), "train_error": train}
    )


def test_where_nets_rise_and_fall_it_is_supported(imagined, ruling):
    results = imagined(NAME, partial(imagine, fall=0.06))
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)


def test_peaks_are_held_against_the_theorys_own(imagined):
    found = judge(imagined(NAME, partial(imagine, fall=0.06)))
    assert found["two_scales_place"].value == found["two_scales_height"].value == 1
    assert found["decay_rise"].value == pytest.approx(0, abs=0.002)


def test_where_nets_only_rise_it_is_refuted(imagined, ruling):
    """A rise alone is over-fitting."""
    assert ruling(imagined(NAME, imagine)) == "refuted"


def test_where_equal_scales_fall_too_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, fall=0.06, equal_fall=7))) == "inconclusive"


def test_where_the_error_still_rises_at_the_end_nothing_is_concluded(imagined, ruling):
    """A curve that rises does not say that it will not fall."""
    assert ruling(imagined(NAME, partial(imagine, fall=-0.04))) == "inconclusive"


def test_where_nets_have_not_fitted_yet_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, fitted=False))) == "inconclusive"


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_other_profiles_do_not_crash(imagined, ruling, profile):
    found = ruling(imagined(NAME, imagine, profile=profile))
    assert found in ("inconclusive", "refuted", "supported")
