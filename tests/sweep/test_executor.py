import threading
import time
from concurrent.futures import Future

import pytest
from filelock import FileLock

from deepclaims.errors import SweepError
from deepclaims.sweep import executor as executors
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import Sweep, run_sweep
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Report, Unit
from deepclaims.sweep.worker import run_batch

HERE, TWO = LocalOptions(workers=0), LocalOptions(workers=2)


def units(toy, task, seeds, **config):
    cell = Cell(config, f"{toy}:{task}", {}, axes=config)
    return [Unit(cell, seed, {}) for seed in seeds]


@pytest.mark.parametrize("options", [HERE, TWO], ids=["here", "pool"])
def test_everything_runs_once_and_is_found_again(toy, tmp_path, options):
    wanted = [*units(toy, "double", range(3), x=1), *units(toy, "double", range(2), x=5)]
    first = run_sweep(wanted, tmp_path, options)
    assert (first.ran, first.cached, first.failed) == (5, 0, [])
    again = run_sweep(wanted, tmp_path, options)
    assert (again.ran, again.cached) == (0, 5)
    store = RunStore(tmp_path)
    assert store.load(wanted[4].cell.key, 1).outcome.metrics == {"y": 11.0}


def test_workers_and_this_process_give_the_same_bits(toy, tmp_path):
    wanted = units(toy, "double", range(3), x=0.1)
    run_sweep(wanted, tmp_path / "here", HERE)
    run_sweep(wanted, tmp_path / "there", TWO)
    key = wanted[0].cell.key
    for seed in range(3):
        here = (tmp_path / "here" / key / str(seed) / "outcome.json").read_bytes()
        assert here == (tmp_path / "there" / key / str(seed) / "outcome.json").read_bytes()


def test_a_failure_is_named_and_stops_nothing_else(toy, tmp_path):
    wanted = units(toy, "fail", range(4), bad=2)
    tally = run_sweep(wanted, tmp_path, TWO)
    assert tally.ran == 3
    with pytest.raises(SweepError, match=r"1 of 4 .*\n.*seed 2: ValueError: seed 2 is not to my"):
        tally.raise_if_failed()
    assert "Traceback" in RunStore(tmp_path).failure(wanted[0].cell.key, 2)


def test_a_failure_is_not_run_again_unless_asked_to(toy, tmp_path):
    wanted = units(toy, "fail", range(4), bad=2)
    run_sweep(wanted, tmp_path, HERE)
    ended = []
    tally = run_sweep(wanted, tmp_path, HERE, lambda unit, report: ended.append(unit.seed))
    assert (tally.ran, tally.cached, ended) == (0, 3, [])
    with pytest.raises(SweepError, match=r"1 of 4 failed in an earlier run .* --retry-failed"):
        tally.raise_if_failed()
    retried = run_sweep(wanted, tmp_path, LocalOptions(workers=0, retry_failed=True))
    assert [unit.seed for unit, _ in retried.failed] == [2]


def test_a_killed_worker_costs_its_own_replica_only(toy, tmp_path):
    tally = run_sweep(units(toy, "die", range(4), bad=1), tmp_path, TWO)
    assert tally.ran == 3
    assert [unit.seed for unit, _ in tally.failed] == [1]
    assert "died" in tally.failed[0][1]
    assert "died" in RunStore(tmp_path).failure(tally.failed[0][0].cell.key, 1)


def test_divergence_is_a_result(toy, tmp_path):
    wanted = units(toy, "diverge", [0])
    assert run_sweep(wanted, tmp_path, HERE).ran == 1
    loss = RunStore(tmp_path).load(wanted[0].cell.key, 0).outcome.metrics["loss"]
    assert loss != loss


def test_the_same_unit_twice_is_one_run(toy, tmp_path):
    tally = run_sweep(units(toy, "double", [1, 1, 1], x=1), tmp_path, HERE)
    assert (tally.ran, tally.cached) == (1, 0)


def test_what_another_sweep_has_in_hand_is_left_to_the_end(toy, tmp_path):
    wanted = units(toy, "double", range(4), x=1)
    folder = tmp_path / wanted[0].cell.key
    folder.mkdir(parents=True)
    held = threading.Event()

    def another():
        with FileLock(folder / ".0.lock"):
            held.set()
            time.sleep(0.3)

    threading.Thread(target=another).start()
    held.wait()
    order = []
    tally = run_sweep(wanted, tmp_path, HERE, lambda unit, report: order.append(unit.seed))
    assert tally.ran == 4
    assert order == [1, 2, 3, 0]


def test_two_sweeps_at_once_share_the_work(toy, tmp_path):
    wanted = units(toy, "slow", range(8), seconds=0.05)
    tallies = []

    def sweep():
        tallies.append(run_sweep(wanted, tmp_path, HERE))

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert sum(tally.ran for tally in tallies) == 8
    assert all(tally.ran > 0 for tally in tallies)
    assert all(tally.ran + tally.cached == 8 for tally in tallies)
    assert RunStore(tmp_path).seeds(wanted[0].cell.key) == list(range(8))


def test_the_symbols_of_the_code_are_kept_beside(toy, tmp_path):
    wanted = units(toy, "double", [0], x=1)
    run_sweep(wanted, tmp_path, HERE)
    symbols = RunStore(tmp_path).code(wanted[0].cell.key_parts["code"])
    assert f"{toy}:double" in symbols
    assert f"{toy}:judge" not in symbols


class Losing:
    """An executor that loses the first batch it gets, and dies in each of several units."""

    slots, workers = 1, 1

    def __init__(self, runs):
        self.runs, self.submitted = runs, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, batches, policy):
        return [self._one(batch, policy) for batch in batches]

    def _one(self, batch, policy):
        self.submitted.append([unit.seed for unit in batch])
        future = Future()
        if len(self.submitted) == 1:
            future.set_exception(ConnectionError())
        elif len(batch) > 1:
            future.set_exception(MemoryError())
        else:
            future.set_result(run_batch(batch, self.runs, policy))
        return future

    def has_to_itself(self, batch):
        return False

    def is_lost(self, error):
        return isinstance(error, ConnectionError)

    def explain(self, error):
        return "no memory"


def test_what_was_lost_is_submitted_again_and_a_dead_batch_one_by_one(toy, tmp_path, monkeypatch):
    losing = Losing(tmp_path)
    monkeypatch.setattr(executors, "open_executor", lambda *_: losing)
    monkeypatch.setattr(executors, "plan", lambda units, options: [units[:1], units[1:]])
    tally = run_sweep(units(toy, "double", range(3), x=1), tmp_path)
    assert losing.submitted == [[0], [1, 2], [0], [1], [2]]
    assert (tally.ran, tally.failed) == (3, [])


def test_a_failure_of_another_sweep_meanwhile_counts_as_before(toy, tmp_path):
    wanted = units(toy, "double", range(2), x=1)
    sweep = Sweep(wanted, tmp_path, HERE)
    assert len(sweep.pending) == 2
    RunStore(tmp_path).fail(wanted[1].cell, 1, "ValueError: there")
    tally = sweep.run()
    assert (tally.ran, tally.failed) == (1, [])
    assert tally.failed_before == [(wanted[1], "ValueError: there")]


def test_a_report_tells_its_last_line():
    assert Report("k", 0, error="Traceback\n  File\nValueError: x\n\n").reason == "ValueError: x"
    assert Report("k", 0).reason == ""
