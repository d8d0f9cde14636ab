from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.svm import SVC
from torch.nn import functional as F

from deepclaims.claims.approximation.deep_needs_big_data import measure
from deepclaims.claims.approximation.deep_needs_big_data.judge import crossing, place
from deepclaims.claims.tuning import CHOOSING
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.convolutional import convnet
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.unit_noise import UnitNoise

NAME = "approximation/deep-needs-big-data"
BEST = {"classical": {"svm"}, "deep": {"average", "whole"}}
DIAL = {"classical": 2.0, "deep": 1.0}


def world(samples, inputs=1.0, unordered=2.0):
    """Deep nets begin to win at so many samples, and inputs; without order they lose as told."""

    def outcome(part, arm, axes, seed):
        kind = part.name.split("_")[0]
        rng = np.random.default_rng([seed, axes["samples"], axes["side"], kind == "deep"])
        error = 0.2 + 0.1 * (axes["method"] not in BEST[kind])
        error += 0.02 * np.log2(axes["dial"] / DIAL[kind]) ** 2
        if part.name == "deep_permuted":
            error += 0.01 * unordered
        elif kind == "deep" and axes["side"] == 14:
            error -= 0.02 * np.log10(axes["samples"] / samples)
        elif kind == "deep":
            error -= 0.02 * np.log10(axes["side"] ** 2 / inputs)
        found = error + 0.001 * rng.normal(size=2)
        return Outcome(dict(zip(("validation_error", "test_error"), found, strict=True)))

    return outcome


SMALL = {"seeds.count": 14, "tune.seeds.count": 1, "grid.side": [2, 4]}
TO_THE_END = {**SMALL, "grid.samples": [300, 10_000, 55_000], "grid.compared": [10_000]}


@pytest.fixture(scope="module")
def lecture(imagined):
    return imagined(NAME, world(33_000), changes=TO_THE_END)


@pytest.fixture(scope="module")
def early(imagined):
    return imagined(NAME, world(90), changes=SMALL)


def raised(by):
    return lambda values: values + by


def test_supported_where_deep_nets_begin_at_thirty_thousand(lecture, rulings):
    assert rulings(lecture)["L1.s8.1"] == "supported"


def test_refuted_where_they_win_from_a_hundred(early, rulings):
    assert rulings(early) == {"L1.s8.1": "refuted", "L1.s8.2": "supported"}


def test_refuted_where_sixteen_inputs_do_not_do(early, rulings, made_world):
    worse = made_world(early, "deep_side", {"test_error": raised(0.1)})
    assert rulings(worse)["L1.s8.2"] == "refuted"


def test_undecided_where_nothing_crosses_in_what_was_measured(early, rulings, made_world):
    worse = made_world(early, "deep_samples", {"test_error": raised(0.1)})
    assert rulings(worse)["L1.s8.1"] == "inconclusive"


def test_inconclusive_where_deep_nets_win_without_order_too(early, ruling, made_world):
    assert (
        ruling(made_world(early, "deep_permuted", {"test_error": raised(-0.1)})) == "inconclusive"
    )


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
    "permute": False,
    "dial": 1.0,
    "steps": 30,
    "epochs": 1,
    "enough": 30,
    "batch": 32,
}


def test_images_of_any_side_are_averages_of_the_same_images(project_with_data):
    large, small = (measure.digits({**CONFIG, "side": side}, 0, "test")[1][0] for side in (14, 7))
    assert small.shape == (100, 1, 7, 7)
    averages = torch.nn.functional.avg_pool2d(large, 2)
    together = torch.stack([averages.flatten(), small.flatten()])
    assert float(torch.corrcoef(together)[0, 1]) == pytest.approx(1.0, abs=1e-5)


def in_rows(config):
    return [(x.flatten(1).numpy(), y.numpy()) for x, y in measure.digits(config, 0, "test")]


@pytest.mark.parametrize("dial", [0.5, 4.0])
@pytest.mark.parametrize(("method", "cost"), [("svm_soft", 1.0), ("svm", 10.0)])
def test_a_kernel_at_hand_changes_no_answer_of_scikit_learns_svm(
    project_with_data, method, cost, dial
):
    (x, y), (z, labels) = in_rows({**CONFIG, "side": 7})
    there = SVC(C=cost, gamma=dial / 49).fit(x, y)
    expected = 1 - there.score(z, labels)
    config = {**CONFIG, "side": 7, "method": method, "dial": dial}
    assert measure.classical(config, 0).metrics["test_error"] == expected


def test_the_kernels_width_is_that_of_scikit_learns_scale(project_with_data):
    (x, y), (z, labels) = in_rows({**CONFIG, "side": 14})
    there = SVC(C=10.0, gamma="scale").fit(x, y)
    expected = 1 - there.score(z, labels)
    found = measure.classical({**CONFIG, "side": 14, "method": "svm"}, 0)
    assert found.metrics["test_error"] == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize(("method", "side"), [("mlp", 4), ("max", 7), ("average", 7), ("whole", 4)])
def test_nets_learn_and_a_seed_decides_them(project_with_data, method, side):
    config = {**CONFIG, "side": side, "method": method}
    found = measure.deep(config, 1).metrics
    assert found == measure.deep(config, 1).metrics
    assert found["test_error"] < 0.85


@pytest.mark.parametrize(
    ("samples", "steps"),
    [(10, 50), (64, 100), (320, 200), (1600, 600)],  # 50 epochs twice, 200 steps, 12 epochs
)
def test_few_samples_are_gone_through_often_and_many_a_dozen_times(samples, steps):
    config = {"batch": 32, "steps": 200, "epochs": 12, "enough": 50}
    assert measure.steps_of(config, samples) == steps


def test_seeds_that_choose_score_the_validation_split_alone(project_with_data):
    config = {**CONFIG, "side": 4, "method": "svm"}
    assert set(measure.classical({**config, CHOOSING: True}, 0).metrics) == {"validation_error"}
    assert set(measure.classical(config, 0).metrics) == {"test_error"}


@pytest.mark.parametrize(
    "build",
    [
        lambda: perceptron(Interface(((1, 6, 6),), 10), UnitNoise(), depth=3, width=16),
        lambda: convnet(Interface(((1, 6, 6),), 10), UnitNoise(), padding="same"),
    ],
)
def test_nets_are_trained_as_by_torchs_adam(build):
    net, x, y = build(), torch.randn(40, 1, 6, 6), torch.randint(10, (40,))
    expected = deepcopy(net)
    adam = torch.optim.Adam(expected.parameters(), lr=0.01)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(3))
    for t, rows in enumerate(order.split(10)):
        adam.param_groups[0]["lr"] = 0.01 * (1 - t / 4)
        adam.zero_grad()
        F.cross_entropy(expected(x[rows]), y[rows]).backward()
        adam.step()
    options = {"batch": 10, "steps": 4, "epochs": 1, "enough": 1}
    found = measure.trained(net, x, y, 0.01, options, torch.Generator().manual_seed(3))
    torch.testing.assert_close(found(x), expected(x), rtol=1e-4, atol=1e-5)
