import pytest

from deepclaims.errors import SweepError
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit


def units(toy, task, seeds, **config):
    cell = Cell(config, f"{toy}:{task}", {}, axes=config)
    return [Unit(cell, seed, {}) for seed in seeds]


@pytest.mark.parametrize("workers", [0, 2])
def test_everything_runs_once_and_is_found_again(toy, tmp_path, workers):
    wanted = [*units(toy, "double", range(3), x=1), *units(toy, "double", range(2), x=5)]
    first = run_sweep(wanted, tmp_path, LocalOptions(workers))
    assert (first.ran, first.cached, first.failed) == (5, 0, [])
    again = run_sweep(wanted, tmp_path, LocalOptions(workers))
    assert (again.ran, again.cached) == (0, 5)
    store = RunStore(tmp_path)
    assert store.load(wanted[4].cell.key, 1).outcome.metrics == {"y": 11.0}


def test_workers_and_this_process_give_the_same_bits(toy, tmp_path):
    wanted = units(toy, "double", range(3), x=0.1)
    run_sweep(wanted, tmp_path / "here", LocalOptions(0))
    run_sweep(wanted, tmp_path / "there", LocalOptions(2))
    key = wanted[0].cell.key
    for seed in range(3):
        here = (tmp_path / "here" / key / str(seed) / "outcome.json").read_bytes()
        assert here == (tmp_path / "there" / key / str(seed) / "outcome.json").read_bytes()


def test_a_failure_is_named_and_stops_nothing_else(toy, tmp_path):
    wanted = units(toy, "fail", range(4), bad=2)
    tally = run_sweep(wanted, tmp_path, LocalOptions(2))
    assert tally.ran == 3
    with pytest.raises(SweepError, match=r"1 of 4 .*\n.*seed 2: ValueError: seed 2 is not to my"):
        tally.raise_if_failed()
    assert "Traceback" in RunStore(tmp_path).failure_file(wanted[0].cell.key, 2).read_text()


def test_a_killed_worker_costs_its_own_replica_only(toy, tmp_path):
    tally = run_sweep(units(toy, "die", range(4), bad=1), tmp_path, LocalOptions(2))
    assert tally.ran == 3
    assert [unit.seed for unit, _ in tally.failed] == [1]
    assert "died" in tally.failed[0][1]


def test_divergence_is_a_result(toy, tmp_path):
    wanted = units(toy, "diverge", [0])
    assert run_sweep(wanted, tmp_path, LocalOptions(0)).ran == 1
    loss = RunStore(tmp_path).load(wanted[0].cell.key, 0).outcome.metrics["loss"]
    assert loss != loss


def test_the_same_unit_twice_is_one_run(toy, tmp_path):
    tally = run_sweep(units(toy, "double", [1, 1, 1], x=1), tmp_path, LocalOptions(0))
    assert (tally.ran, tally.cached) == (1, 0)
