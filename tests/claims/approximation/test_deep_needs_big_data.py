from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.svm import SVC
from torch.nn import functional as F

from deepclaims.claims.approximation.deep_needs_big_data import measure, nets
from deepclaims.claims.approximation.deep_needs_big_data.digits import digits
from deepclaims.claims.approximation.deep_needs_big_data.judge import crossing, place
from deepclaims.claims.tuning import CHOOSING
from deepclaims.evidence.outcome import Outcome

NAME = "approximation/deep-needs-big-data"
BEST = {"classical": "polynomial", "deep": "convolutional"}


def world(samples, unordered=3.0, moved=0.0):
    """The deep net begins to win at so many samples; without order it loses by so many points."""

    def outcome(part, arm, axes, seed):
        kind = part.name.split("_")[0]
        rng = np.random.default_rng([seed, axes["samples"], axes["side"], kind == "deep"])
        error = 0.2
        if part.name == "order":
            error += moved * axes["permute"] / 100
        else:
            error += 0.1 * (axes["method"] != BEST[kind]) + 0.02 * np.log2(axes["dial"]) ** 2
        if part.name == "deep_unordered":
            error += 0.01 * unordered
        elif kind == "deep":
            error -= 0.02 * np.log10(axes["samples"] / samples)
        found = error + (0.0 if part.name == "order" else 0.001) * rng.normal(size=2)
        return Outcome(dict(zip(("validation_error", "test_error"), found, strict=True)))

    return outcome


TO_THE_END = {"grid.samples": [300, 10_000, 30_000, 55_000]}


@pytest.fixture(scope="module")
def lecture(imagined):
    return imagined(NAME, world(20_000), changes=TO_THE_END)


@pytest.fixture(scope="module")
def early(imagined):
    return imagined(NAME, world(10))


def raised(by):
    return lambda values: values + by


def test_supported_where_deep_nets_begin_at_thirty_thousand(lecture, rulings):
    assert rulings(lecture)["L1.s8.1"] == "supported"


def test_refuted_where_they_begin_later_than_the_slide_says(imagined, rulings):
    assert rulings(imagined(NAME, world(500_000), changes=TO_THE_END))["L1.s8.1"] == "refuted"


def test_refuted_where_they_begin_between_the_fewest_and_twenty_thousand(imagined, rulings):
    assert rulings(imagined(NAME, world(3_000), changes=TO_THE_END))["L1.s8.1"] == "refuted"


def test_few_pixels_have_to_pay_too(imagined, rulings, made_world):
    everywhere = imagined(NAME, world(10, unordered=-3.0))
    worse = made_world(everywhere, "deep_side", {"test_error": raised(0.1)})
    assert rulings(worse)["L1.s8.2"] == "corrected"


def test_refuted_where_they_win_from_thirty_and_corrected_where_order_is_what_pays(early, rulings):
    assert rulings(early) == {"L1.s8.1": "refuted", "L1.s8.2": "corrected"}


def test_more_than_ten_inputs_do_where_deep_nets_win_without_order_too(imagined, rulings):
    """Then classical methods win nowhere, and nothing is said of samples."""
    found = rulings(imagined(NAME, world(10, unordered=-3.0)))
    assert found == {"L1.s8.1": "inconclusive", "L1.s8.2": "supported"}


def test_refuted_where_they_do_not_win_in_order_either(early, rulings, made_world):
    worse = made_world(early, "deep_samples", {"test_error": raised(0.1)})
    assert rulings(worse)["L1.s8.2"] == "refuted"


def test_undecided_where_they_lose_with_all_that_was_measured(early, rulings, made_world):
    worse = made_world(early, "deep_samples", {"test_error": raised(0.1)})
    assert rulings(worse)["L1.s8.1"] == "inconclusive"


def test_nothing_of_inputs_is_said_where_order_matters_to_a_classical_method(imagined, rulings):
    found = rulings(imagined(NAME, world(10, moved=0.5)))
    assert found == {"L1.s8.1": "refuted", "L1.s8.2": "inconclusive"}


def test_a_crossing_lies_on_the_line_in_logarithms():
    assert crossing([10, 100, 1000], np.array([-1.0, 1.0, 2.0])) == pytest.approx(10**1.5)
    assert crossing([10, 100, 1000], np.array([1.0, -1.0, 3.0])) == pytest.approx(10**2.25)
    assert crossing([10, 100, 1000], np.array([1.0, 1.0, 1.0])) == 10
    assert crossing([10, 100, 1000], np.array([1.0, 1.0, -1.0])) == np.inf


def test_the_median_is_decided_unless_its_interval_reaches_seeds_without_a_crossing():
    won, lost = np.array([-1.0, 1.0]), np.array([1.0, -1.0])
    assert place([10, 1000], np.stack([won] * 15 + [lost], 1)).high == pytest.approx(100)
    assert not np.isfinite(place([10, 1000], np.stack([won] * 9 + [lost] * 7, 1)).high)


CONFIG = {
    "data": {"name": "mnist", "n_validation": 100, "n_test": 100, "locked": True},
    "samples": 100,
    "side": 7,
    "permute": False,
    "dial": 1.0,
    "steps": 30,
    "epochs": 1,
    "enough": 30,
    "batch": 32,
}


def of(method, **changes):
    return {**CONFIG, "method": method, **changes}


@pytest.mark.parametrize(("side", "fewer"), [(14, 7), (28, 4)])
def test_images_of_any_side_are_averages_of_the_same_images(project_with_data, side, fewer):
    large, small = (digits({**CONFIG, "side": each}, 0, "test")[1][0] for each in (side, fewer))
    averages = F.avg_pool2d(large, side // fewer).flatten(1)
    together = [torch.stack(pair) for pair in zip(averages, small.flatten(1), strict=True)]
    assert small.shape == (100, 1, fewer, fewer)
    assert min(float(torch.corrcoef(pair)[0, 1]) for pair in together) > 1 - 1e-5


def test_every_image_has_mean_zero_and_variance_one(project_with_data):
    for images, _ in digits(CONFIG, 0, "test"):
        pixels = images.flatten(1)
        torch.testing.assert_close(pixels.mean(1), torch.zeros(100), atol=1e-6, rtol=0)
        torch.testing.assert_close(pixels.var(1), torch.ones(100), atol=1e-5, rtol=0)


def test_without_order_the_pixels_are_the_same_and_stand_alike_in_both_parts(project_with_data):
    ordered, unordered = (
        digits(of("any", side=14, permute=drawn), 3, "test") for drawn in (False, True)
    )
    inner = [
        train[0].flatten(1) @ held_out[0].flatten(1).T for train, held_out in (ordered, unordered)
    ]
    assert not torch.equal(ordered[0][0], unordered[0][0])
    torch.testing.assert_close(*inner, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dial", [0.5, 2.0])
@pytest.mark.parametrize("method", ["gaussian", "polynomial"])
def test_a_kernel_at_hand_changes_no_answer_of_scikit_learns_svm(
    project_with_data, monkeypatch, method, dial
):
    at_hand = measure.classical(of(method, dial=dial), 0).metrics
    monkeypatch.setattr(measure, "AT_ONCE", 0)
    assert measure.classical(of(method, dial=dial), 0).metrics == at_hand


def test_the_gaussian_kernel_at_half_its_dial_is_scikit_learns_default(project_with_data):
    (x, y), (z, labels) = (
        (images.flatten(1).numpy(), y.numpy()) for images, y in digits(CONFIG, 0, "test")
    )
    expected = 1 - SVC(C=10.0, gamma="scale").fit(x, y).score(z, labels)
    found = measure.classical(of("gaussian", dial=0.5), 0).metrics["test_error"]
    assert found == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize(
    ("method", "side"), [("dense", 4), ("convolutional", 4), ("convolutional", 14)]
)
def test_nets_learn_and_a_seed_decides_them(project_with_data, method, side):
    config = of(method, side=side)
    torch.manual_seed(5)
    found = measure.deep(config, 1).metrics
    following = torch.rand(1)
    torch.manual_seed(6)
    assert found == measure.deep(config, 1).metrics
    assert found["test_error"] < 0.7
    torch.manual_seed(5)
    assert torch.equal(following, torch.rand(1))  # the stream of whoever calls is left alone


@pytest.mark.parametrize(
    ("samples", "steps"),
    [(10, 50), (64, 100), (320, 200), (1600, 600)],  # 50 epochs twice, 200 steps, 12 epochs
)
def test_few_samples_are_gone_through_often_and_many_a_dozen_times(samples, steps):
    config = {"batch": 32, "steps": 200, "epochs": 12, "enough": 50}
    assert nets.steps_of(config, samples) == steps


@pytest.mark.parametrize(
    ("task", "method"), [(measure.classical, "gaussian"), (measure.deep, "dense")]
)
def test_seeds_that_choose_score_the_validation_split_alone(
    project_with_data, monkeypatch, task, method
):
    read = []

    def noted(config, seed, held_out):
        read.append(held_out)
        return digits(config, seed, held_out)

    monkeypatch.setattr(measure, "digits", noted)
    config = of(method, side=4)
    assert set(task({**config, CHOOSING: True}, 0).metrics) == {"validation_error"}
    assert set(task(config, 0).metrics) == {"test_error"}
    assert read == ["validation", "test"]


@pytest.mark.parametrize(("side", "maps"), [(4, 4), (7, 3), (14, 3), (28, 7)])
def test_maps_are_halved_while_they_are_large(side, maps):
    net = nets.convolutional(side)
    assert net[-1].in_features == 32 * maps**2
    assert net(torch.randn(5, 1, side, side)).shape == (5, 10)


@pytest.mark.parametrize("build", [nets.dense, nets.convolutional])
def test_nets_are_trained_as_by_torchs_adam(build):
    """With a rate that falls linearly to zero, and left as they answer, sample by sample."""
    torch.manual_seed(0)
    x, y = torch.randn(40, 1, 6, 6), torch.randint(10, (40,))
    net = build(6)
    expected = deepcopy(net)
    torch.manual_seed(3)
    nets.train(net, x, y, 0.01, {"batch": 10, "steps": 4, "epochs": 1, "enough": 1})
    torch.manual_seed(3)
    adam = torch.optim.Adam(expected.parameters())
    for t, rows in enumerate(torch.randperm(40).split(10)):
        adam.param_groups[0]["lr"] = 0.01 * (1 - t / 4)
        adam.zero_grad()
        F.cross_entropy(expected(x[rows]), y[rows]).backward()
        adam.step()
    expected.eval()
    torch.testing.assert_close(net(x), expected(x), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(net(x[:1]), net(x)[:1], rtol=1e-4, atol=1e-5)
