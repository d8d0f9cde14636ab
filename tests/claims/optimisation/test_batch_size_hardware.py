import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.optimisation.batch_size_hardware import measure
from deepclaims.evidence.outcome import Outcome

NAME = "optimisation/batch-size-hardware"
CONFIG = {"device": "cpu", "batches": [1, 4, 64, 1024], "powers": [8], "others": [12],
          "rounds": 3, "paired": 3, "width": 16}  # fmt: skip


@pytest.fixture
def world(imagined):
    """Times a + bB with a knee at B = a/b, and contrasts, each with a little noise."""

    def make(knee=30.0, power=1.0, other=1.0, memory=1.0, cuda=False, growing=True):
        def outcome(part, arm, axes, seed):
            if part.name == "memory":
                batches = np.array(part.params["batches"])
                return Outcome({}, {}, {"memory": pd.DataFrame(
                    {"batch": batches, "bytes": 4000.0 * batches**memory})})  # fmt: skip
            if axes["device"] == "cuda" and not cuda:
                return Outcome({"present": 0.0})
            random = np.random.default_rng(seed)
            batches = np.array(part.params["batches"], dtype=float)
            load = knee + (batches if growing else np.minimum(batches, 64))
            sizes = part.params["powers"] + part.params["others"]
            special = np.array([b in part.params["powers"] for b in sizes])
            ratios = np.where(special, power, other) * np.exp(0.01 * random.normal(size=len(sizes)))
            times = 6e-6 * load * np.exp(0.05 * random.normal(size=len(load)))
            return Outcome({"present": 1.0}, {}, {
                "times": pd.DataFrame({"batch": batches.astype(int), measure.SECONDS: times}),
                "contrasts": pd.DataFrame(
                    {"batch": sizes, "power": special, measure.RATIO: ratios}),
                "device": pd.DataFrame({measure.NAME: [axes["device"]]}),
            })  # fmt: skip

        return imagined(NAME, outcome)

    return make


@pytest.mark.parametrize("power", [0.8, 1.0, 1.3])
def test_powers_of_two_on_a_cpu_decide_nothing(world, ruling, power):
    assert ruling(world(power=power)) == "supported"


def test_where_time_is_proportional_or_memory_is_not_it_is_refuted(world, ruling):
    assert ruling(world(knee=0.01)) == "refuted"
    assert ruling(world(memory=0.5)) == "refuted"


def test_where_a_control_fails_nothing_is_concluded_of_the_time(world, ruling):
    assert ruling(world(growing=False)) == "inconclusive"


def test_the_bytes_kept_are_those_of_the_layers():
    """Kept a sample: 784 inputs, 16 hidden (once: ReLU's output feeds both), 10 log-softmax."""
    config = {"batches": [64, 128], "width": 16}
    table = measure.memory(config, 1).tables["memory"].set_index("batch")["bytes"]
    floats = (table[128] - table[64]) / 64 / 4
    assert floats == pytest.approx(784 + 16 + 10 + 2, abs=0.5)  # and the label, 8 bytes


def test_a_step_is_timed_at_every_size():
    found = measure.steps(CONFIG, 5)
    times = found.tables["times"]
    assert list(times["batch"]) == CONFIG["batches"]
    assert (times[measure.SECONDS] > 0).all()
    assert len(found.tables["contrasts"]) == 2
    assert found.tables["device"][measure.NAME][0].startswith("CPU")


def test_a_contrast_against_neighbours_is_zero_on_a_power_law():
    """log-linear times have no special size."""
    seconds = {b: float(np.exp(0.1 * b)) for b in (31, 32, 33)}
    assert measure._contrast(seconds, 32) == pytest.approx(0.0)
    seconds[32] *= 0.9
    assert measure._contrast(seconds, 32) == pytest.approx(np.log(0.9))
