"""Nets that tell the sign of a number; and the same with labels drawn, which nothing can tell."""

import pytest
import torch

from deepclaims.training.success_rate import TEST_SAMPLES, Kind, success_rate

CONFIG = {"steps": 100, "batch": 16, "tried": 2, "reported": 3, "success": 0.9}
GOOD, STILL = {"law": "normal", "rate": 0.1}, {"law": "normal", "rate": 0.0}
KIND = Kind(
    lambda weights, x: torch.baddbmm(weights["b"][:, None], x, weights["w"]),
    lambda law, n, random: {
        "w": torch.empty(n, 1, 2).normal_(0, 0.1, generator=random), "b": torch.zeros(n, 2)
    },
)  # fmt: skip


def easy(replicas, n, generator):
    x = torch.empty(replicas, n, 1).normal_(generator=generator)
    return x, (x[..., 0] > 0).long()


def hopeless(replicas, n, generator):
    x, y = easy(replicas, n, generator)
    return x, torch.randint(2, y.shape, generator=generator)


def test_choosing_scores_every_variant_and_reports_nothing():
    found = success_rate(KIND, easy, {**CONFIG, "variants": [STILL, GOOD]}, 3)
    assert found.metrics == {}
    assert found.curves["score"].values[1] < found.curves["score"].values[0]


@pytest.mark.parametrize(("problem", "successes"), [(easy, 3.0), (hopeless, 0.0)])
def test_reporting_counts_fresh_nets_that_reach_the_asked_accuracy(problem, successes):
    found = success_rate(KIND, problem, {**CONFIG, "variants": [GOOD]}, 3)
    assert found.metrics == {"successes": successes, "trials": 3.0}
    assert (found.tables["tested"]["accuracy"] * TEST_SAMPLES % 1).abs().max() < 1e-3
