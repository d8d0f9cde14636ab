import math

import numpy as np
import pytest

from deepclaims.claims.signals.relu_explodes import measure
from deepclaims.evidence.outcome import Outcome

NAME = "signals/relu-explodes"


@pytest.fixture
def world(imagined):
    """Factors √(d v/2), with a little luck; `changes` by (part, metric) multiply them."""

    def make(changes=None, profile="laptop"):
        changes = changes or {}

        def outcome(part, arm, axes, seed):
            if part.name == "derivative":
                return Outcome({"departure": 0.0})
            random = np.random.default_rng([seed, len(part.name), *map(int, axes.values())])
            params = {**part.params, **axes}
            factor = math.sqrt(params.get("scale", params["width"]) / 2)
            if part.name in ("tanh", "linear"):
                factor = 1.0
            growth = 99 * math.log10(factor)
            lost = float(part.name == "deep_unit")
            found = {
                "forward": factor, "gradient": factor,
                "forward_growth": growth, "gradient_growth": growth,
                "lost_single": lost, "lost_half": lost,
            }  # fmt: skip
            for (name, metric), times in changes.items():
                if name == part.name:
                    found[metric] *= times
            for metric in ("forward", "gradient", "forward_growth", "gradient_growth"):
                found[metric] *= math.exp(0.01 * random.normal())
            return Outcome(found)

        return imagined(NAME, outcome, profile)

    return make


def test_where_theory_holds_only_the_gradient_needs_to_be_put_right(world, rulings):
    found = rulings(world())
    assert found.pop("L1.s32.11") == "corrected"
    assert set(found.values()) == {"supported"}


def test_refuted_where_the_law_does_not_hold_either(world, rulings):
    assert rulings(world({("unit", "gradient"): 1.3}))["L1.s32.11"] == "refuted"


@pytest.mark.parametrize(
    ("part", "metric", "factor", "sentence"),
    [
        ("deep_unit", "forward_growth", 0.01, "L1.s32.2"),
        ("scales", "gradient_growth", 0.01, "L1.s32.4"),
        ("deep_unit", "lost_single", 0.0, "L1.s32.3"),
        ("unit", "forward", 0.2, "L1.s32.12"),
        ("scales", "forward", 0.7, "L1.s33.1"),
    ],
)
def test_refuted_where_it_is_false(world, rulings, part, metric, factor, sentence):
    assert rulings(world({(part, metric): factor}))[sentence] == "refuted"


def test_inconclusive_where_a_control_fails(world, rulings):
    assert rulings(world({("tanh", "forward"): 2.0}))["L1.s32.12"] == "inconclusive"
    assert set(rulings(world({("linear", "gradient"): 2.0})).values()) == {"inconclusive"}


def test_the_derivative_is_an_indicator():
    assert measure.derivative({"points": 1000, "reach": 3.0}, 0).metrics["departure"] == 0.0


def test_a_layer_multiplies_by_the_root_of_half_the_scale():
    config = {"activation": "relu", "width": 64, "depth": 30, "inputs": 4, "scale": 8}
    metrics = measure.passes(config, 1).metrics
    assert metrics["forward"] == pytest.approx(2.0, rel=0.1)
    assert metrics["gradient"] == pytest.approx(2.0, rel=0.1)
