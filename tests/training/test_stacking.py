"""What is stacked, and how many together."""

import subprocess
import sys

import pytest

from deepclaims.errors import ConfigError
from deepclaims.training.costs import cost_of
from deepclaims.training.settings import Settings
from deepclaims.training.stacking import choose_batches, is_stacked


@pytest.fixture
def small(make_config):
    """An MLP 196-64-10 at batch 64: two to three times faster in a stack."""
    return make_config(
        data={"name": "mnist", "pool": 2, "n_train": 2000},
        model={"depth": 1, "width": 64},
        fit={"batch_size": 64, "epochs": 5},
    )


@pytest.fixture
def large(make_config):
    """MNIST's usual MLP: faster alone."""
    return make_config(data={"name": "mnist"}, model={"depth": 1, "width": 128})


def test_small_nets_are_stacked_and_large_ones_are_not(make_config, small, large):
    assert is_stacked(small)
    assert not is_stacked(large)
    assert not is_stacked(make_config(model={"name": "lenet"}))
    assert not is_stacked(make_config(model={"name": "lstm", "width": 64}))
    assert is_stacked(make_config(data={"name": "function"}))
    segments = make_config(data={"name": "ecg_segments"}, model={"depth": 1, "width": 32})
    assert is_stacked(segments)
    assert cost_of(Settings.read(segments)).largest == 181 * 32
    drawn = make_config(
        data={"name": "ecg_segments", "n_train": 250}, fit={"batch_size": 25, "epochs": 2}
    )
    assert cost_of(Settings.read(drawn)).steps == 20


def test_what_costs_nothing_to_know_is_not_guessed(make_config):
    unknown = make_config(data={"name": "ecg"}, model={"name": "beatnet"})
    assert cost_of(Settings.read(unknown)) is None
    assert not is_stacked(unknown)
    assert is_stacked(unknown, "always")
    assert len(choose_batches([unknown] * 4, [True] * 4, 2)) == 2


def test_a_gpu_is_another_matter(make_config, large):
    assert is_stacked(make_config(**{**large, "trainer": {"accelerator": "gpu"}}))


def test_stacking_can_be_forced_and_forbidden(make_config, small, large):
    assert is_stacked(large, "always")
    assert not is_stacked(small, "never")
    ddp = make_config(trainer={"name": "ddp", "strategy": "ddp", "devices": 2})
    assert not is_stacked(ddp, "always")
    with pytest.raises(ConfigError, match=r"executor\.stack=sometimes .* auto, always, never"):
        is_stacked(small, "sometimes")


def test_whether_it_is_stacked_does_not_depend_on_its_company(small):
    assert choose_batches([small], [True], 8) == [[0]]
    assert is_stacked(small)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("replicas", [1, 2, 7, 64])
def test_every_replica_is_in_one_batch(small, large, make_config, workers, replicas):
    other = make_config(**{**small, "model": {**small["model"], "width": 32}})
    configs = [small, large, other] * replicas
    batches = choose_batches(configs, [is_stacked(c) for c in configs], workers)
    assert sorted(i for batch in batches for i in batch) == list(range(3 * replicas))
    for batch in batches:
        assert len({str(configs[i]["model"]) for i in batch}) == 1
        assert len(batch) == 1 or not any(configs[i] is large for i in batch)


def test_workers_share_what_there_is(small):
    assert [len(batch) for batch in choose_batches([small] * 16, [True] * 16, 1)] == [16]
    assert [len(batch) for batch in choose_batches([small] * 16, [True] * 16, 2)] == [8, 8]


def test_stacks_end_where_the_cache_does(small):
    cost = cost_of(Settings.read(small))
    sizes = {len(batch) for batch in choose_batches([small] * 100, [True] * 100, 1)}
    assert max(sizes) <= cost.most < 100
    assert cost.most * cost.largest <= 2**18


def test_a_deep_net_is_measured_by_its_largest_layer(make_config):
    # Measured on one thread of an EPYC: 18 nets of 29 layers in stacks of 2, 38 CPU seconds; in
    # one stack, 16, with the same bits.
    deep = make_config(
        data={"name": "mnist", "pool": 2, "n_train": 3000},
        model={"depth": 29, "width": 64},
        fit={"batch_size": 64, "steps": 300},
    )
    assert cost_of(Settings.read(deep)).largest == 197 * 64
    assert [len(batch) for batch in choose_batches([deep] * 18, [True] * 18, 1)] == [18]


def test_the_longest_come_first(small, make_config):
    long = make_config(**{**small, "fit": {**small["fit"], "epochs": 50}})
    batches = choose_batches([small] * 4 + [long] * 4, [True] * 8, 2)
    assert min(batches[0]) >= 4


def test_measured_gains_are_met(make_config):
    # Measured on one thread of the EPYC: 2.65 with 16 MLPs 196-64-10 at batch 64, 0.66 to 0.8 for
    # MNIST's; 21 with 64 tiny ones.
    def gain(replicas, **groups):
        cost = cost_of(Settings.read(make_config(**groups)))
        return replicas * cost.alone / (cost.fixed + replicas * cost.each)

    model = {"depth": 1, "width": 64}
    data = {"name": "mnist", "pool": 2}
    assert gain(16, model=model, data=data, fit={"batch_size": 64}) == pytest.approx(2.5, rel=0.3)
    model = {"depth": 1, "width": 128}
    assert gain(16, model=model, fit={"batch_size": 128}) == pytest.approx(0.8, rel=0.3)
    model = {"depth": 1, "width": 16}
    data = {"name": "mnist", "pca": 16}
    assert gain(64, model=model, data=data, fit={"batch_size": 32}) == pytest.approx(19, rel=0.3)


def test_choosing_does_not_load_torch(checkout):
    code = "import sys, deepclaims.training.stacking; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=checkout)
