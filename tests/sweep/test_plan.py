import pytest

from deepclaims.errors import ConfigError
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.options import KINDS, LocalOptions, read_executor
from deepclaims.sweep.plan import plan
from deepclaims.sweep.unit import Unit


def unit(seed, **trainer):
    return Unit(Cell({"trainer": trainer}, "deepclaims.training.task:train", {}), seed, {})


def test_every_unit_is_in_one_batch_and_shared_trainings_come_last():
    shared = unit(0, strategy="ddp", devices=2)
    units = [shared, *(unit(seed, strategy="single", devices=1) for seed in range(3))]
    batches = plan(units, LocalOptions())
    assert sorted(map(len, batches)) == [1, 1, 1, 1]
    assert [each.seed for batch in batches for each in batch] == [0, 1, 2, 0]
    assert batches[-1] == [shared]


def test_what_a_unit_asks_for():
    assert unit(0).processes == 1
    assert unit(0, strategy="ddp", devices=3, accelerator="gpu").processes == 3
    assert unit(0, strategy="ddp", devices=3, accelerator="gpu").gpus == 3
    assert unit(0, strategy="single", devices=1, accelerator="cpu").gpus == 0


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_file_says_all_that_an_executor_knows_with_its_defaults(checkout, name):
    import yaml

    config = yaml.safe_load((checkout / "conf" / "executor" / f"{name}.yaml").read_text())
    assert config["name"] == name
    read = read_executor(config)
    assert set(config) == {"name", *vars(read)}
    # YAML has lists where a frozen default is a tuple.
    assert {k: tuple(v) if isinstance(v, list) else v for k, v in vars(read).items()} == vars(
        KINDS[name]()
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"name": "cloud"}, "no executor 'cloud'; known: local, ray, slurm"),
        ({"name": "local", "stack": "maybe"}, "executor.stack=maybe; it may be auto"),
        ({"name": "local", "workers": -1}, "executor.workers=-1"),
        ({"name": "local", "address": "x"}, "executor has no option address"),
        ({"name": "slurm", "cluster": "moab"}, "executor.cluster=moab"),
        ({"name": "slurm", "units_per_job": 0}, "units_per_job"),
    ],
)
def test_what_an_executor_does_not_know_is_refused(config, said):
    with pytest.raises(ConfigError, match=said):
        read_executor(config)
