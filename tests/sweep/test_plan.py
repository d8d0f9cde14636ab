import pytest

from deepclaims.errors import ConfigError
from deepclaims.sweep.cell import Cell, training_task
from deepclaims.sweep.options import KINDS, read_executor
from deepclaims.sweep.plan import plan
from deepclaims.sweep.unit import Unit

CONFIG = {
    "data": {"name": "mnist", "n_train": 1000, "pool": 2},
    "init": {"name": "he"},
    "optimizer": {"name": "adam"},
    "schedule": {"name": "constant"},
}
SMALL = {**CONFIG, "model": {"name": "mlp", "depth": 1, "width": 16}}
LARGE = {**CONFIG, "model": {"name": "lenet"}}


def unit(seed, config=LARGE, stack="auto", **trainer):
    config = {**config, "trainer": trainer}
    return Unit(Cell(config, training_task(config, stack), {}), seed, {})


def test_replicas_of_small_nets_are_stacked_and_shared_trainings_come_last():
    shared = unit(9, strategy="ddp", devices=2)
    own = Unit(Cell({}, "deepclaims.claims.some.claim:walk", {}), 8, {})
    small = [unit(seed, SMALL) for seed in range(6)]
    units = [shared, own, *small, unit(6), unit(7)]
    batches = plan(units, workers=2)
    assert sorted(each.seed for batch in batches for each in batch) == list(range(10))
    assert [sorted(each.seed for each in batch) for batch in batches if len(batch) > 1] == [
        [0, 2, 4],
        [1, 3, 5],
    ]
    assert batches[-2:] == [[own], [shared]]


def test_stacking_can_be_forbidden_and_forced_and_another_code_is_another_key():
    free, never = unit(0, SMALL), unit(0, SMALL, "never")
    assert free.cell.task != never.cell.task
    assert free.cell.key != never.cell.key
    assert {len(batch) for batch in plan([unit(s, SMALL, "never") for s in range(4)], 2)} == {1}
    assert {len(batch) for batch in plan([unit(s, LARGE, "always") for s in range(4)], 2)} == {2}


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
