import subprocess
import sys
import types
import weakref

import numpy as np
import pytest
from filelock import FileLock

from deepclaims.errors import SweepError
from deepclaims.evidence.outcome import Outcome
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import RunPolicy, Unit
from deepclaims.sweep.worker import Memory, Spent, run_batch, run_unit, start_worker, verify


@pytest.fixture
def unit_of(toy):
    return lambda task, seed=0, **config: Unit(Cell(config, f"{toy}:{task}", {}), seed, {})


def test_a_failure_is_recorded_and_not_run_again(unit_of, tmp_path):
    unit = unit_of("fail")
    first = run_unit(unit, tmp_path)
    assert first.ran
    assert first.reason == "ValueError: seed 0 is not to my taste"
    again = run_unit(unit, tmp_path)
    assert (again.ran, again.error) == (False, first.error)
    assert run_unit(unit, tmp_path, RunPolicy(retry=True)).ran


def test_what_succeeds_on_retry_is_no_failure_any_more(unit_of, tmp_path):
    unit, store = unit_of("double", x=1), RunStore(tmp_path)
    store.fail(unit.cell, 0, "Traceback …\nOSError: the weather")
    assert run_unit(unit, tmp_path).reason == "OSError: the weather"
    assert not run_unit(unit, tmp_path, RunPolicy(retry=True)).error
    assert store.failures(unit.cell.key) == []
    assert store.seeds(unit.cell.key) == [0]


def test_a_unit_in_other_hands_is_reported_busy(unit_of, tmp_path):
    unit = unit_of("double", x=1)
    folder = tmp_path / unit.cell.key
    folder.mkdir()
    with FileLock(folder / ".0.lock"):
        report = run_unit(unit, tmp_path, RunPolicy(wait=False))
    assert report.busy
    assert not report.ran
    assert not RunStore(tmp_path).has(unit.cell.key, 0)


def test_a_run_folder_that_cannot_be_written_is_no_failure_of_the_cell(unit_of, tmp_path):
    runs = tmp_path / "runs"
    runs.write_text("a file")
    assert "cannot write" in run_unit(unit_of("double", x=1), runs).error


def test_samples_are_counted_where_they_are_known(toy, tmp_path, monkeypatch):
    module = types.ModuleType("steps")
    module.train = lambda config, seed: Outcome({"steps": 7.0})
    monkeypatch.setitem(sys.modules, "steps", module)
    for size, samples in ((32, 224.0), ("full", 0.0)):
        cell = Cell({"fit": {"batch_size": size}}, f"{toy}:double", {})
        monkeypatch.setattr(Cell, "resolve_task", lambda self: module.train)
        assert run_unit(Unit(cell, 0, {}), tmp_path / str(size)).samples == samples


class Stacked:
    """Stands for `deepclaims.training.replicas`."""

    def __init__(self, monkeypatch, train_stacked):
        module = types.ModuleType("deepclaims.training.replicas")
        module.train_stacked = train_stacked
        monkeypatch.setitem(sys.modules, "deepclaims.training.replicas", module)


def test_a_batch_is_trained_together_and_saved_one_by_one(unit_of, tmp_path, monkeypatch):
    asked = []

    def train_stacked(configs, seeds):
        asked.append((configs, seeds))
        return [Outcome({"y": float(seed)}) for seed in seeds]

    Stacked(monkeypatch, train_stacked)
    batch = [unit_of("double", seed, x=1) for seed in range(3)]
    run_unit(batch[1], tmp_path)
    reports = run_batch(batch, tmp_path, RunPolicy())
    assert asked == [([{"x": 1}, {"x": 1}], [0, 2])]
    assert [(report.seed, report.ran) for report in reports] == [(0, True), (1, False), (2, True)]
    store = RunStore(tmp_path)
    assert store.load(batch[0].cell.key, 2).outcome.metrics == {"y": 2.0}
    assert store.seeds(batch[0].cell.key) == [0, 1, 2]


def test_what_cannot_be_trained_together_is_trained_one_by_one(unit_of, tmp_path, monkeypatch):
    def train_stacked(configs, seeds):
        raise RuntimeError("shapes differ")

    Stacked(monkeypatch, train_stacked)
    reports = run_batch([unit_of("fail", seed, bad=1) for seed in range(3)], tmp_path, RunPolicy())
    assert [bool(report.error) for report in reports] == [False, True, False]


def test_a_machine_that_would_give_another_key_is_refused(checkout, project):
    cell = Cell({}, "deepclaims.training.task:train", {})
    verify(cell)
    cell.key_parts["code"] = "what another checkout has"
    with pytest.raises(SweepError, match="other code than where the sweep was planned"):
        verify(cell)


def test_workers_share_the_gpus_out(tmp_path, monkeypatch):
    import signal

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    seen = []
    for _ in range(3):
        start_worker({}, ("0", "1", "0"), tmp_path)
        seen.append(__import__("os").environ["CUDA_VISIBLE_DEVICES"])
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    from deepclaims.sweep import worker

    for lock in worker._HELD:
        lock.release()
    worker._HELD.clear()
    assert seen == ["0", "1", "0"]


def test_seconds_are_of_cpu_and_those_by_the_clock_are_beside_them(unit_of, tmp_path):
    unit = unit_of("slow", seconds=0.3)
    report = run_unit(unit, tmp_path)
    about = RunStore(tmp_path).load(unit.cell.key, 0).about
    assert report.seconds == about["seconds"] < 0.2
    assert about["wall_seconds"] >= 0.3


def test_the_cpu_time_of_children_counts():
    started = Spent.so_far()
    code = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    counted = 0.3 - 0.03  # the system counts children in ticks of a hundredth
    assert started.since().cpu >= counted
    assert started.since(replicas=3).cpu >= counted / 3


class Circle:
    """Stands in a circle with itself and its data, as a trainer does with its model's."""

    def __init__(self, numbers):
        self.own, self.numbers = self, np.ones(numbers)


def test_data_in_circles_are_let_go_where_they_are_much():
    memory = Memory(much=32 << 20)
    memory.let_go()
    circle = Circle(1)
    few = weakref.ref(circle)
    del circle
    memory.let_go()
    assert few() is not None  # not worth the search
    circle = Circle(8 << 20)
    many = weakref.ref(circle)
    del circle
    memory.let_go()
    assert few() is None
    assert many() is None
