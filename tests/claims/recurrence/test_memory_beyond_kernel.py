import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.recurrence.memory_beyond_kernel import measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "recurrence/memory-beyond-kernel"
NETS = 20


@pytest.fixture
def world(imagined):
    """`world(cnn=…, …)`: mean accuracy by distance of each kind of net; `miss`: of the formula."""

    def make(miss=0.0, **accuracy):
        accuracy = {
            "cnn": lambda d: 1.0 if d < 17 else 0.5, "dilated": lambda d: 1.0,
            "lstm": lambda d: 0.99, **accuracy,
        }  # fmt: skip

        def outcome(part, arm, axes, seed, variants=()):
            if part.name not in accuracy:
                metrics = {"seen": 17.0 + miss, "formula": 17.0}
                return Outcome(metrics, {"gradient": Curve(range(3), [1.0, 0.5, 0.0])})
            if len(variants) > 1:
                scores = [0.5 - 0.1 * (each["rate"] == 0.01) for each in variants]
                return Outcome({}, {"score": Curve(range(len(variants)), scores)})
            mean = accuracy[part.name](axes["distance"])
            spread = np.random.default_rng([seed, axes["distance"]]).normal(0, 0.01, NETS)
            tested = pd.DataFrame(
                {"replica": range(NETS), "accuracy": np.clip(mean + spread, 0, 1)}
            )
            successes = float((tested["accuracy"] >= 0.95).sum())
            return Outcome({"successes": successes, "trials": NETS}, {}, {"tested": tested})

        return imagined(NAME, outcome)

    return make


CNN, DYNAMIC, DISTANT, RECURRENT = "L1.s61.2", "L1.s61.3", "L1.s61.5", "L1.s62.2"


def refuted(found):
    return {name for name, each in found.items() if each == "refuted"}


def test_as_measured_static_memory_reaches_too(world, ruling, rulings):
    found = rulings(world())
    assert found.pop(DYNAMIC) == "refuted" == ruling(world())
    assert set(found.values()) == {"supported"}


def test_where_only_the_lstm_reaches_far_it_is_supported(world, ruling):
    assert ruling(world(dilated=lambda d: 0.5 if d > 17 else 1.0)) == "supported"


def test_where_the_lstm_does_not_reach_what_is_said_of_recurrence_is_refuted(world, rulings):
    lost = world(lstm=lambda d: 1.0 if d < 17 else 0.5, dilated=lambda d: 0.5)
    assert refuted(rulings(lost)) == {DISTANT, RECURRENT}


@pytest.mark.parametrize("changed", [{"miss": 1.0}, {"cnn": lambda d: 1.0}])
def test_where_memory_is_another_than_the_kernels_that_is_refuted(world, rulings, changed):
    assert refuted(rulings(world(**changed))) == {CNN, DYNAMIC}


def test_where_the_cnn_learns_nothing_inside_nothing_is_concluded(world, ruling):
    assert ruling(world(cnn=lambda d: 0.5)) == "inconclusive"


@pytest.mark.parametrize(
    ("taps", "layers", "growth", "seen"), [(5, 4, 1, 17), (5, 4, 2, 61), (3, 2, 2, 7)]
)
def test_gradients_end_at_the_receptive_field(taps, layers, growth, seen):
    config = {
        "net": "cnn", "length": 70, "width": 6, "taps": taps, "layers": layers, "growth": growth,
    }  # fmt: skip
    found = measure.reach(config, 3)
    assert found.metrics == {"seen": seen, "formula": seen}
    gradient = np.array(found.curves["gradient"].values)
    assert (gradient[:seen] > 0).any()
    assert (gradient[seen:] == 0).all()


def test_an_lstm_reaches_the_first_step():
    found = measure.reach({"net": "lstm", "length": 50, "width": 6}, 3)
    assert found.metrics["seen"] == 50


@pytest.mark.slow
def test_a_shallow_run_is_judged(measured_here, ruling):
    assert ruling(measured_here(NAME, changes={"seeds.first": 300})) == "inconclusive"
