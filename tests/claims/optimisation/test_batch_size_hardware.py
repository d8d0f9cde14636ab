import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.optimisation.batch_size_hardware import judge, measure
from deepclaims.evidence.outcome import Outcome

NAME = "optimisation/batch-size-hardware"


@pytest.fixture
def world(imagined):
    """Times a + bB with a knee at B = a/b, and contrasts, each with a little noise."""

    def make(knee=30.0, second=None, power=0.9, other=1.0, memory=1.0, gpu=True, growing=True):
        def outcome(part, arm, axes, seed):
            if part.name == "memory":
                batches = np.array(part.params["batches"])
                return Outcome({}, {}, {"memory": pd.DataFrame(
                    {"batch": batches, "bytes": 4000.0 * batches**memory})})  # fmt: skip
            if axes.get("device") == "cuda" and not gpu:
                return Outcome({"present": 0.0})
            random = np.random.default_rng(seed)
            if part.name == "steps":
                batches = np.array(part.params["batches"], dtype=float)
                own = knee if second is None or axes["threads"] != 2 else second
                load = own + (batches if growing else np.minimum(batches, 64))
                times = 6e-6 * load * np.exp(0.05 * random.normal(size=len(load)))
                table = pd.DataFrame({"batch": batches.astype(int), measure.SECONDS: times})
                return Outcome({}, {}, {"times": table, "device": device("cpu")})
            sizes = part.params["powers"] + part.params["others"]
            special = np.array([b in part.params["powers"] for b in sizes])
            ratios = np.where(special, power, other) * np.exp(0.01 * random.normal(size=len(sizes)))
            table = pd.DataFrame({"batch": sizes, "power": special, measure.RATIO: ratios})
            return Outcome(
                {"present": 1.0}, {}, {"contrasts": table, "device": device(axes["device"])}
            )

        def device(name):
            return pd.DataFrame({measure.NAME: [name]})

        return imagined(NAME, outcome)

    return make


def test_where_all_holds_and_there_is_a_gpu_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


def test_without_a_gpu_nothing_is_concluded_of_gpus(world, ruling):
    assert ruling(world(gpu=False)) == "inconclusive"
    assert ruling(world(gpu=False, power=1.3)) == "inconclusive"
    assert ruling(world(power=1.1)) == "refuted"


def test_where_time_is_proportional_or_memory_is_not_it_is_refuted(world, ruling):
    assert ruling(world(knee=0.01)) == "refuted"
    assert ruling(world(knee=30.0, second=0.5)) == "refuted"  # with two threads
    assert ruling(world(memory=0.5)) == "refuted"


def test_where_a_control_fails_nothing_is_concluded_of_the_time(world, ruling):
    assert ruling(world(growing=False)) == "inconclusive"


def test_the_knee_is_where_the_growing_part_equals_the_fixed_one():
    seconds = pd.DataFrame({b: [2e-4 + 5e-6 * b, 1e-6 * b] for b in (1, 4, 16, 64, 256)})
    np.testing.assert_allclose(judge.knees(seconds), [40.0, 0.01], rtol=1e-6)


def test_a_peak_holds_the_batch_and_its_activations():
    """Of each sample at least 784 inputs, its label (8 bytes), 16 hidden units and 10 logits."""
    config = {"batches": [256, 512], "width": 16}
    table = measure.memory(config, 1).tables["memory"].set_index("batch")["bytes"]
    floats = (table[512] - table[256]) / 256 / 4
    least, most = 784 + 2 + 16 + 10, 784 + 2 + 3 * 16 + 4 * 10
    assert least <= floats <= most
    weights = 4 * (784 * 16 + 16 + 16 * 10 + 10)
    assert 256 * 4 * least < table[256] < 256 * 4 * most + 2 * weights


def test_a_step_is_timed_at_every_size_and_threads_are_left_as_they_were():
    before = torch.get_num_threads()
    config = {"threads": before + 1, "batches": [1, 4, 64, 1024], "rounds": 2, "width": 16}
    found = measure.steps(config, 5).tables
    assert list(found["times"]["batch"]) == config["batches"]
    assert (found["times"][measure.SECONDS] > 0).all()
    assert found["device"][measure.NAME][0].startswith("CPU")
    assert torch.get_num_threads() == before


def test_neighbours_are_compared_where_there_is_the_device(monkeypatch):
    config = {"device": "cpu", "powers": [8], "others": [12], "rounds": 2, "width": 16}
    found = measure.neighbours(config, 5).tables["contrasts"]
    assert list(found["batch"]) == [8, 12]
    assert (found[measure.RATIO] > 0).all()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert measure.neighbours({**config, "device": "cuda"}, 5) == Outcome({"present": 0.0})


def test_a_contrast_against_neighbours_is_zero_on_a_power_law():
    """log-linear times have no special size."""
    seconds = {b: float(np.exp(0.1 * b)) for b in (31, 32, 33)}
    assert measure._contrast(seconds, 32) == pytest.approx(0.0)
    seconds[32] *= 0.9
    assert measure._contrast(seconds, 32) == pytest.approx(np.log(0.9))
