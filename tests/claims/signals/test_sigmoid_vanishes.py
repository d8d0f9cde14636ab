import math

import numpy as np
import pytest
import torch

from deepclaims.claims.signals import untrained
from deepclaims.claims.signals.sigmoid_vanishes import measure
from deepclaims.claims.signals.sigmoid_vanishes.judge import predicted
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "signals/sigmoid-vanishes"
L32 = {"L1.s32.2", "L1.s32.3", "L1.s32.7", "L1.s32.8", "L1.s32.9"}


@pytest.fixture
def world(imagined):
    """Factors as in theory, with a little luck; `changes` by (part, metric) multiply them."""

    def make(changes=None, profile="laptop"):
        changes = changes or {}

        def outcome(part, arm, axes, seed):
            random = np.random.default_rng(
                [seed, len(part.name), len(arm), *map(int, axes.values())]
            )
            if part.name == "training":
                value = {"sgd": 0.24, "adam": 1.2}[arm] * math.exp(0.1 * random.normal())
                return Outcome({"factor": value, "loss": 1.0}, {"factor": Curve([0], [value])})
            scale = axes.get("scale", 2)
            relu = part.name.startswith("relu")
            gradient = 1.0 if relu else predicted(scale)
            found = {
                "forward": 8.0 if part.name == "relu_unit" else 1.0,
                "gradient": gradient,
                "gradient_growth": 99 * math.log10(gradient) if gradient != 1 else 0.1,
                "lost_single": float(not relu),
                "lost_half": float(not relu),
            }
            for (name, metric), factor in changes.items():
                if name == part.name:
                    found[metric] *= factor
            for metric in ("forward", "gradient", "gradient_growth"):
                found[metric] *= math.exp(0.01 * random.normal())
            return Outcome(found)

        return imagined(NAME, outcome, profile)

    return make


def test_where_theory_holds_only_the_gradient_needs_to_be_put_right(world, rulings):
    expected = dict.fromkeys(L32, "supported") | {"L1.s32.8": "corrected"}
    assert rulings(world()) == expected


def test_supported_where_the_gradient_does_not_grow_at_any_scale(world, rulings):
    assert rulings(world({("wide", "gradient"): 0.3}))["L1.s32.8"] == "supported"


def test_refuted_where_the_law_does_not_hold_either(world, rulings):
    assert rulings(world({("wide", "gradient"): 1.3}))["L1.s32.8"] == "refuted"


@pytest.mark.parametrize(
    ("metric", "factor", "sentence"),
    [
        ("gradient", 2.5, "L1.s32.9"),
        ("gradient_growth", 0.05, "L1.s32.2"),
        ("lost_single", 0.0, "L1.s32.3"),
        ("forward", 1.2, "L1.s32.7"),
    ],
)
def test_refuted_where_it_is_false(world, rulings, metric, factor, sentence):
    assert rulings(world({("usual", metric): factor}))[sentence] == "refuted"


def test_inconclusive_where_a_control_fails(world, rulings):
    assert rulings(world({("relu_unit", "forward"): 0.1}))["L1.s32.7"] == "inconclusive"
    assert set(rulings(world({("relu_he", "gradient"): 0.5})).values()) == {"inconclusive"}


def passed(**changes):
    config = {"activation": "sigmoid", "width": 32, "depth": 40, "inputs": 4, "scale": 1}
    return untrained.measure_passes({**config, **changes}, 3)


def test_a_layer_leaves_a_quarter():
    outcome = passed()
    assert outcome.metrics["gradient"] == pytest.approx(predicted(1), rel=0.1)
    assert outcome.metrics["forward"] == pytest.approx(1.0, abs=0.02)
    growth = 39 * math.log10(predicted(1))
    assert outcome.metrics["gradient_growth"] == pytest.approx(growth, rel=0.1)


def test_half_precision_loses_what_double_has():
    metrics = passed(precisions=["half", "single"]).metrics
    assert (metrics["lost_half"], metrics["lost_single"]) == (1.0, 0.0)  # 0.236^39 = 4e-25


def test_what_overflows_is_lost():
    outcome = passed(activation="relu", scale=32 * 32.0, precisions=["half"])
    assert outcome.metrics["lost_half"] == 1.0
    assert outcome.metrics["forward"] == pytest.approx(math.sqrt(512), rel=0.1)


def test_a_seed_and_a_scale_decide_the_net():
    assert passed() == passed()
    assert passed() != passed(scale=2)


def test_training_starts_from_the_factor_of_fresh_nets(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(300, 20, generator=generator)
    labels = torch.randint(10, (300,), generator=generator)
    monkeypatch.setattr(measure.dense_stack, "digits", lambda config: (images, labels))
    config = {"arm": "sgd", "rate": {"sgd": 0.05}, "depth": 4, "width": 64, "images": 300,
              "steps": 4, "look": 2, "batch": 16}  # fmt: skip
    outcome = measure.training(config, 1)
    assert list(outcome.curves["factor"].steps) == [0, 2, 4]
    assert outcome.curves["factor"].values[0] == pytest.approx(predicted(1), rel=0.15)
    assert outcome == measure.training(config, 1)
