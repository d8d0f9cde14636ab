import math

import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.recurrence.tanh_for_recurrence import judge, measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "recurrence/tanh-for-recurrence"


@pytest.fixture
def world(imagined):
    """`world(name=value)`: what the measure would have been in another world."""

    def make(
        relu_at_one=-0.5, tanh_gradient=16.0, ratio=1e4, largest=0.95, weak=-30.0, adds=(2, 18)
    ):
        def outcome(part, arm, axes, seed, variants=()):
            if len(variants) > 1:
                scores = [0.2 - 0.1 * (each["rate"] == 0.003) for each in variants]
                return Outcome({}, {"score": Curve(range(len(variants)), scores)})
            if part.name == "learning":
                successes = adds[axes["activation"] == "relu"]
                tested = pd.DataFrame({"mse": [0.02] * successes + [0.16] * (20 - successes)})
                metrics = {"successes": float(successes), "trials": 20.0}
                return Outcome(metrics, {}, {"tested": tested})
            jitter = 0.05 * np.random.default_rng(seed).standard_normal()
            tanh, gain = axes["activation"] == "tanh", axes.get("gain")
            if part.name == "adding":
                gradient = (30.0 if tanh else 30.0 * ratio) * math.exp(jitter)
                return Outcome({"largest_gradient": gradient, "largest_state": 1.0})
            state = -0.1 if tanh else relu_at_one if gain == 1.0 else 15.0 * (gain > 1)
            gradient = weak if gain == 0.5 else tanh_gradient if gain == 4.0 else 0.0
            return Outcome(
                {
                    "log_state": state + jitter,
                    "largest_state": largest if tanh else 1e9,
                    "log_gradient": gradient + jitter,
                    "negative": 0.5 + 0.1 * jitter if tanh else 0.0,
                }
            )

        return imagined(NAME, outcome)

    return make


RANGE, SIGNS = "L1.s61.9", "L1.s61.10"


def test_as_measured_the_gradient_explodes_within_the_range(world, ruling, rulings):
    assert rulings(world()) == {RANGE: "refuted", SIGNS: "supported"}
    assert ruling(world()) == "refuted"


def test_where_relu_always_explodes_and_tanh_never_it_is_supported(world, ruling):
    assert ruling(world(relu_at_one=5.0, tanh_gradient=0.2)) == "supported"


@pytest.mark.parametrize("changed", [{"relu_at_one": 5.0}, {"tanh_gradient": 0.2}])
def test_where_either_is_as_measured_the_range_is_refuted(world, rulings, changed):
    assert rulings(world(**changed)) == {RANGE: "refuted", SIGNS: "supported"}


def test_where_training_is_no_calmer_the_check_fails(world):
    estimate = judge.judge(world(ratio=1.0))["training_calmer"]
    assert estimate.satisfies("above", 10.0) is False


def test_where_nothing_can_vanish_nothing_is_concluded_of_explosions(world, rulings):
    assert rulings(world(weak=0.5)) == {RANGE: "inconclusive", SIGNS: "supported"}


@pytest.mark.parametrize(("adds", "holds"), [((2, 18), True), ((18, 2), False)])
def test_which_of_the_two_learns_more_often_is_shown_and_decides_nothing(
    world, rulings, adds, holds
):
    results = world(adds=adds)
    assert judge.judge(results)["relu_adds_more_often"].satisfies("above", 0.0) is holds
    assert rulings(results) == {RANGE: "refuted", SIGNS: "supported"}


@pytest.mark.parametrize("gain", [0.5, 4.0])
def test_states_of_tanh_stay_in_its_range_and_relus_do_not(gain):
    config = {"gain": gain, "input": 0.3, "width": 32, "steps": 60}
    tanh, relu = (
        measure.grow({**config, "activation": name}, 7).metrics for name in ("tanh", "relu")
    )
    assert tanh["largest_state"] < 1
    assert (relu["log_state"] > 10) == (gain == 4.0)
    assert relu["negative"] == 0 < tanh["negative"] < 1


def test_training_without_clipping_reports_what_overflows():
    config = {
        "activation": "relu", "matrix": "identity", "length": 60, "width": 8, "rate": 1.0,
        "steps": 4, "batch": 4,
    }  # fmt: skip
    found = measure.learn(config, 1).metrics
    assert found["largest_gradient"] == found["test_mse"] == measure.CAP


def test_a_shallow_run_is_judged(measured_here, ruling):
    changes = {"seeds.first": 300, "parts.learning.tune.seeds.first": 310}
    assert ruling(measured_here(NAME, changes=changes)) == "inconclusive"
