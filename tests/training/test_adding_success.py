"""Nets that read the sum off their inputs, exactly, by training, or not at all."""

import pytest
import torch

from deepclaims.training.adding_success import UNLEARNT, adding_success
from deepclaims.training.success_rate import Kind

CONFIG = {
    "length": 6, "steps": 150, "batch": 16, "tried": 2, "reported": 3, "success": 0.05,
}  # fmt: skip
GOOD, STILL = {"law": "zero", "rate": 0.05}, {"law": "zero", "rate": 0.0}


def marked_sum(weights, x):
    """w Σ_t value·mark + b: right at w = 1 and b = 0."""
    total = (x[..., 0] * x[..., 1]).sum(1)
    return (weights["w"] * total + weights["b"])[..., None]


def mean(weights, x):
    return (0 * weights["w"] + weights["b"]).expand(x.shape[0], x.shape[2])[..., None]


def started(law, n, random):
    w = {"zero": 0.0, "right": 1.0}[law]
    return {"w": torch.full((n, 1), w), "b": torch.full((n, 1), 1.0 - w)}


@pytest.mark.parametrize(
    ("net", "variant", "successes"),
    [
        (marked_sum, GOOD, 3.0),
        (marked_sum, STILL, 0.0),
        (marked_sum, {"law": "right", "rate": 0.0}, 3.0),
        (mean, GOOD, 0.0),
    ],
)
def test_reporting_counts_nets_that_learnt_to_add(net, variant, successes):
    found = adding_success(Kind(net, started), {**CONFIG, "variants": [variant]}, 3)
    assert found.metrics == {"successes": successes, "trials": 3.0}
    if net is mean:
        assert found.tables["tested"]["mse"].to_numpy() == pytest.approx(UNLEARNT, rel=0.15)


def test_choosing_prefers_what_learns_and_reports_nothing():
    found = adding_success(Kind(marked_sum, started), {**CONFIG, "variants": [STILL, GOOD]}, 3)
    still, good = found.curves["score"].values
    assert (found.metrics, found.tables) == ({}, {})
    assert good < 0.05 < still <= UNLEARNT + 1e-3


def test_a_net_that_overflows_has_not_learnt():
    def wild(weights, x):
        return marked_sum(weights, x) / 0.0

    found = adding_success(Kind(wild, started), {**CONFIG, "variants": [GOOD]}, 3)
    assert found.metrics["successes"] == 0.0


def test_same_seed_same_nets():
    config = {**CONFIG, "variants": [GOOD]}
    one, again, other = (adding_success(Kind(marked_sum, started), config, s) for s in (3, 3, 4))
    assert one.tables["tested"].equals(again.tables["tested"])
    assert not one.tables["tested"].equals(other.tables["tested"])
