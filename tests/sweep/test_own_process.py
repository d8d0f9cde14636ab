import subprocess
import sys
import textwrap

import pytest

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit
from deepclaims.sweep.worker import run_unit

SHARED = {"strategy": "ddp", "devices": 2}


@pytest.fixture
def spy(tmp_path, monkeypatch):
    """A task that says which process ran it, or dies."""
    (tmp_path / "spy.py").write_text(
        textwrap.dedent("""
        import os
        from deepclaims.evidence.outcome import Outcome

        def where(config, seed):
            return Outcome({"pid": float(os.getpid()), "group": float(os.getpgid(0))})

        def die(config, seed):
            print("these were its last words", flush=True)
            os._exit(7)
        """)
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_shared_training_has_a_process_of_its_own(spy, tmp_path):
    import os

    cell = Cell({"trainer": SHARED}, "spy:where", {})
    report = run_unit(Unit(cell, 0, {}), tmp_path / "runs")
    assert report.ran
    found = RunStore(tmp_path / "runs").load(cell.key, 0).outcome.metrics
    assert found["pid"] not in (os.getpid(), os.getpgid(0))
    assert found["group"] == found["pid"]


def test_its_death_is_recorded_with_its_last_words(spy, tmp_path):
    cell = Cell({"trainer": SHARED}, "spy:die", {})
    report = run_unit(Unit(cell, 0, {}), tmp_path / "runs")
    assert report.reason == "its own process died (exit code 7)"
    assert "last words" in RunStore(tmp_path / "runs").failure(cell.key, 0)


@pytest.mark.slow
def test_ddp_in_a_multirun_trains_each_cell_once_and_equals_one_process(project):
    command = [sys.executable, "-m", "deepclaims.cli", "train", "-m", "data=function",
               "model.depth=1", "model.width=4", "fit.steps=20", "trainer=ddp,cpu",
               "executor.workers=2"]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr.count("train: 2 replicas") == 1
    assert "2/2 done" in ended.stderr
    store = RunStore(project.runs)
    keys = store.keys()
    assert len(keys) == 2
    shared, single = (store.metrics(key, 0) for key in keys)
    assert shared == pytest.approx(single, abs=1e-5)
