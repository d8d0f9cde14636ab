import pytest

from deepclaims.errors import ConfigError
from deepclaims.training.ranks import Job, run_ranks
from deepclaims.training.task import train_on

pytestmark = pytest.mark.slow

DDP = {"name": "ddp", "strategy": "ddp", "devices": 2}


def test_two_processes_equal_one_with_the_same_global_batch(digits, make_config):
    # 200 samples in batches of 33 leave a batch of 2, and unequal shares; weights too.
    fit = {"epochs": 2, "batch_size": 33, "class_weights": [1, 2, 3, 4, 5, 1, 1, 1, 1, 1]}
    fit["chunk"] = 1
    one = train_on(digits, make_config(fit=fit), seed=0)
    two = train_on(digits, make_config(fit=fit, trainer=DDP), seed=0)
    assert dict(two.metrics) == pytest.approx(dict(one.metrics), abs=1e-6)
    assert list(two.curves["train_loss"].values) == pytest.approx(
        list(one.curves["train_loss"].values), abs=1e-6
    )


def test_the_error_of_a_rank_is_the_callers(digits, make_config):
    config = make_config(trainer=DDP, model={"name": "perceptron"})
    with pytest.raises(ConfigError, match="there is no model 'perceptron'"):
        run_ranks(Job(config, 0, digits), 1)
