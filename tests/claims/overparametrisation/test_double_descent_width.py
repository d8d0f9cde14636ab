from functools import partial

import numpy as np
import pytest
import torch

from deepclaims.claims.overparametrisation.digit_features import one_hot, scaled_inputs
from deepclaims.claims.overparametrisation.double_descent_width.judge import Series, judge
from deepclaims.claims.overparametrisation.double_descent_width.measure import features
from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/double-descent-width"
SMALL = {
    "data": {
        "name": "mnist",
        "pool": 2,
        "standardise": "pixel",
        "n_validation": 200,
        "n_test": 400,
    },
    "label_noise": 0.2,
    "n_train": 80,
    "ratios": [0.25, 1, 6],
    "ridges": [0.01, 0.1, 1.0],
}


# --- tasks ---------------------------------------------------------------------------------


def test_random_features_peak_at_the_threshold(project_with_data):
    outcome = features(SMALL, 1)
    curve = outcome.curves["test_error"]
    few, threshold, many = curve.values
    assert list(curve.steps) == [20, 80, 480]
    assert threshold > max(few, many) + 0.1
    assert outcome.curves["train_error"].values[-1] == 0
    assert outcome.curves["train_error"].values[0] > 0.1
    assert outcome.curves["norm"].values[1] == max(outcome.curves["norm"].values)


def test_ridge_has_no_peak(project_with_data):
    values = features(SMALL, 1).curves["ridge_error"].values
    assert values[1] < (values[0] + values[2]) / 2 + 0.05


def test_label_noise_reaches_only_training(project_with_data):
    """Wrong labels make it worse, but the labels it is tested on stay right."""
    noisy, clean = (features({**SMALL, "label_noise": noise}, 2) for noise in (0.5, 0.0))
    assert noisy.curves["test_error"].values[-1] > clean.curves["test_error"].values[-1] + 0.1
    assert noisy.curves["train_error"].values[-1] == 0


def test_a_seed_decides_the_outcome(project_with_data):
    assert features(SMALL, 3) == features(SMALL, 3)
    assert features(SMALL, 3) != features(SMALL, 4)


def test_perceptrons_compose_and_shrink(project_with_data, composer):
    from deepclaims.claims.claim import load
    from deepclaims.sweep.stand_in import within_stand_in
    from deepclaims.training.task import train

    parameters = {}
    for part in load(project_with_data.conf, NAME).parts:
        if part.task == "train":
            arm, axes = next(point for point in part.points() if point[1]["model.width"] == 64)
            config = composer.cell([*part.base, *part.arms[arm], "fit.steps=3"], axes)
            config = within_stand_in(config, project_with_data)
            parameters[part.name] = train(config, 0).metrics["n_parameters"]
    assert parameters == dict.fromkeys(("mlp", "mlp_clean", "mlp_decay"), 31.0 * 64 + 10)


def test_full_composes_at_the_size_of_the_papers(project_with_data, composer):
    """Belkin et al. 2019: 10⁴ images and up to 6·10⁴ features; perceptrons of 4000 images."""
    from deepclaims.claims.claim import load
    from deepclaims.sweep.stand_in import within_stand_in
    from deepclaims.training.task import train

    claim = load(project_with_data.conf, NAME, profile="full")
    sizes = {}
    for part in claim.parts:
        points = part.points()
        arm, axes = next(each for each in points if each[1].get("model.width", 50) == 50)
        if part.task == "features":
            assert axes["n_train"] * max(part.params["ratios"]) == 60_000
            few = {**part.params, **axes, "n_train": 100, "ratios": [0.2, 1, 6]}
            curves = features(within_stand_in(few, project_with_data), 0).curves
            assert list(curves["test_error"].steps) == [20, 100, 600]
            continue
        config = composer.cell([*part.base, *part.arms[arm], "fit.steps=2"], axes)
        assert config["data"]["n_train"] == 4000
        config = within_stand_in(config, project_with_data)
        sizes[part.name] = train(config, 0).metrics["n_parameters"] / (4000 * 10)
    assert sizes == dict.fromkeys(("mlp", "mlp_clean", "mlp_decay"), pytest.approx(1, abs=0.01))


# --- reading curves ------------------------------------------------------------------------


def test_a_series_is_read_by_size():
    series = Series(np.array([0.1, 0.5, 1.0, 4.0]), np.array([[9, 1, 5, 2], [9, 1, 2, 3]]))
    assert series.at(0.9).tolist() == [5, 2]
    assert series.at_position(-1).tolist() == [2, 3]
    assert series.place(valley=0.5).tolist() == [1.0, 4.0]
    assert series.peak(valley=0.5).value == pytest.approx((3 - 1) / 2)


# --- made worlds ---------------------------------------------------------------------------


def imagine(part, arm, axes, seed, *, peak=0.3, where=1.0, regularised_peak=0.0, descent=0.3):
    """Errors that fall with size, with a peak of a given height at a given size."""
    rng = np.random.default_rng([seed, len(part.name), axes.get("model.width", 0)])

    def error(size, height):
        falls = 0.3 + descent * np.exp(-8 * size)
        bump = height * np.exp(-0.5 * (np.log(size / where) / 0.25) ** 2)
        return float(falls + bump + 0.005 * rng.standard_normal())

    if part.task == "features":
        n = axes["n_train"]
        counts = sorted({max(1, round(ratio * n)) for ratio in part.params["ratios"]})
        curves = {
            "test_error": [error(count / n, peak) for count in counts],
            "ridge_error": [error(count / n, regularised_peak) for count in counts],
            "train_error": [max(0.0, 1 - count / n) for count in counts],
            "norm": [1.0 + count for count in counts],
        }
        return Outcome({}, {name: Curve(counts, values) for name, values in curves.items()})
    of_a_unit = 795.0 if axes["data.n_train"] == 4000 else 31.0  # `full` has all pixels
    parameters = of_a_unit * axes["model.width"] + 10
    height = regularised_peak if arm == "decay" else peak
    size = parameters / (10 * axes["data.n_train"])
    ill_chosen = 0.1 * (axes.get("regularizer.lambda") not in (None, 0.004))
    metrics = {"test_error": error(size, height) + ill_chosen, "train_loss": np.exp(-9 * size)}
    metrics["validation_error"] = metrics["test_error"]
    return Outcome({**metrics, "train_error": 0.0, "n_parameters": parameters})


def test_where_errors_peak_at_the_threshold_it_is_supported(imagined, ruling):
    assert ruling(imagined(NAME, imagine)) == "supported"


def test_where_errors_only_fall_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, peak=0.0))) == "refuted"


def test_where_the_peak_is_elsewhere_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, where=3.0, peak=0.6))) == "refuted"


def test_where_they_do_not_fall_first_the_peak_is_judged_all_the_same(imagined, ruling):
    """The classical U is a benchmark."""
    results = imagined(NAME, partial(imagine, descent=0.0))
    assert ruling(results) == "supported"
    assert judge(results)["features_first_fall"].value < 0.02


def test_one_seed_in_twenty_may_peak_elsewhere():
    """As a fourth attempt among 120 sentences it has to meet 0.05 / (20 · 120)."""
    from deepclaims.evidence.statistics import median_interval

    places = np.array([1.0] * 19 + [0.9])
    assert median_interval(places).p_value("within", [0.95, 1.05]) < 0.05 / (20 * 120)


def test_a_remedy_is_held_against_the_registered_valley_in_every_profile(imagined):
    """The list of `full` begins far left of it, where errors are large."""
    for profile in ("laptop", "full"):
        results = imagined(NAME, partial(imagine, regularised_peak=0.3), profile=profile)
        assert judge(results)["decay_bump"].value == pytest.approx(0.26, abs=0.06)


def test_where_regularised_models_peak_nothing_is_concluded(imagined, ruling):
    results = imagined(NAME, partial(imagine, regularised_peak=0.3))
    assert ruling(results) == "inconclusive"


def test_every_registered_check_is_estimated(imagined):
    results = imagined(NAME, imagine)
    assert set(judge(results)) == set(results.claim.checks)


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_other_profiles_do_not_crash(imagined, ruling, profile):
    results = imagined(NAME, imagine, profile=profile)
    assert ruling(results) in ("inconclusive", "refuted", "supported")


def test_the_registered_grid_fits_the_stand_in(project_with_data):
    """Sample counts must exist in the 5 000 images of the stand-in, too."""
    from deepclaims.claims.claim import load

    claim = load(project_with_data.conf, NAME)
    (part,) = [part for part in claim.parts if part.task == "features"]
    config = {**part.params, "ratios": [0.1], "label_noise": 0.2, "n_train": 300}
    assert features(config, 0).curves["test_error"].values[0] < 0.7


def test_targets_are_centred():
    assert one_hot(torch.tensor([2]), 4).tolist() == [[-0.25, -0.25, 0.75, -0.25]]


def test_inputs_become_rows_of_length_about_one():
    split = Split(
        (torch.randn(50, 1, 14, 14, generator=torch.Generator().manual_seed(0)),),
        torch.zeros(50).long(),
    )
    lengths = scaled_inputs(split).norm(dim=1)
    assert scaled_inputs(split).shape == (50, 196)
    assert float(lengths.mean()) == pytest.approx(1, abs=0.05)
