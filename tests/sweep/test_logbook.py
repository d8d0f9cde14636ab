import shutil
import subprocess
import sys
import threading

import pytest

from deepclaims.evidence.outcome import Outcome
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.logbook import Logbook, LogEntry, Parent
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Report, Unit
from deepclaims.tracking.index import Index

HERE = LocalOptions(workers=0)


@pytest.fixture
def folder(tmp_path, empty_store):
    folder = tmp_path / "mlflow"
    folder.mkdir()
    shutil.copy(empty_store, folder)
    return folder


@pytest.fixture
def cells(toy):
    return [Cell({"x": x}, f"{toy}:double", {}, axes={"x": x}) for x in range(2)]


def units(cells, seeds):
    return [Unit(cell, seed, {}) for cell in cells for seed in seeds]


def entries(cells, seeds=None, parent=None):
    return [LogEntry(cell, "test", cell.key, seeds, parent) for cell in cells]


def logged(folder):
    """The seeds in the tables of each run."""
    found = Index(folder, "test").runs()
    return {
        identity: ",".join(map(str, sorted(frames["replicas"]["seed"].unique())))
        for identity, run in found.items()
        if (frames := run.frames())
    }


def test_a_cell_is_logged_after_the_last_of_its_replicas(folder, tmp_path, cells):
    wanted = units(cells, (0, 1))
    run_sweep(wanted, tmp_path / "runs", HERE)
    with Logbook(folder, tmp_path / "runs", entries(cells), wanted) as logbook:
        for unit in wanted[:3]:
            logbook(unit, Report(unit.cell.key, unit.seed))
    assert logged(folder) == {cells[0].key: "0,1"}
    assert logbook.run(entries(cells)[0]).run_id
    assert logbook.run(entries(cells)[1]) is None


def test_a_process_that_trains_itself_logs_at_the_end_and_imports_nothing_beside(
    folder, tmp_path, cells
):
    wanted = units(cells, (0,))
    run_sweep(wanted, tmp_path / "runs", HERE)
    with Logbook(folder, tmp_path / "runs", entries(cells), wanted, beside=False) as logbook:
        for unit in wanted:
            logbook(unit, Report(unit.cell.key, unit.seed))
        assert "logbook" not in {thread.name for thread in threading.enumerate()}
    assert logged(folder) == {cell.key: "0" for cell in cells}


def test_what_was_not_logged_before_is_made_up_for(folder, tmp_path, cells):
    run_sweep(units(cells, (0,)), tmp_path / "runs", HERE)
    for _ in range(2):
        with Logbook(folder, tmp_path / "runs", entries(cells), []):
            pass
        assert logged(folder) == {cell.key: "0" for cell in cells}


def test_more_seeds_are_a_new_run_and_only_the_wanted_ones_count(folder, tmp_path, cells):
    runs = tmp_path / "runs"
    for seeds in ((0,), (0, 1, 2)):
        run_sweep(units(cells, seeds), runs, HERE)
        with Logbook(folder, runs, entries(cells), []):
            pass
    assert logged(folder) == {cell.key: "0,1,2" for cell in cells}
    with Logbook(folder, runs, entries(cells, seeds=(1, 2, 7)), []):
        pass
    assert logged(folder) == {cell.key: "1,2" for cell in cells}


def test_a_parent_is_made_once(folder, tmp_path, cells):
    run_sweep(units(cells, (0,)), tmp_path / "runs", HERE)
    ours = entries(cells, parent=Parent("claim", "claim"))
    ids = set()
    for _ in range(2):
        with Logbook(folder, tmp_path / "runs", ours, []) as logbook:
            pass
        ids.add(logbook.parent(ours[0]))
    assert ids == {Index(folder, "test").find("claim").run_id}


def test_what_goes_wrong_beside_the_sweep_is_raised_at_its_end(folder, tmp_path, cells):
    runs = tmp_path / "runs"
    run_sweep(units(cells, (0,)), runs, HERE)
    (runs / cells[0].key / "0" / "outcome.json").write_text("{}")
    with (
        pytest.raises(Exception, match=r"outcome\.json is damaged"),
        Logbook(folder, runs, entries(cells), []),
    ):
        pass


@pytest.mark.slow
def test_nothing_heavy_is_imported_where_all_is_finished_and_logged(project):
    words = ["train", "-m", "data=function", "model.depth=1", "model.width=4", "fit.steps=5",
             "seed=0,1", "executor.workers=1"]  # fmt: skip
    code = (
        "import sys; from deepclaims import cli\n"
        f"try: cli.main({words})\n"
        "except SystemExit: pass\n"
        "heavy = {'mlflow', 'torch', 'pandas', 'pytorch_lightning', 'ray'} & set(sys.modules)\n"
        "sys.exit(bool(heavy))"
    )
    command = [sys.executable, "-c", code]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    assert first.returncode == 1, first.stderr
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "all 2 replicas are cached" in ended.stderr
    assert "(2 seeds)" in ended.stderr


def test_outcomes_that_came_out_otherwise_are_logged_again(folder, tmp_path, cells, toy):
    """Where the run cache was deleted and another processor filled it again, say."""
    runs, (cell, _) = tmp_path / "runs", cells
    run_sweep(units([cell], (0,)), runs, HERE)
    with Logbook(folder, runs, entries([cell]), []):
        pass
    before = value(folder, cell)
    shutil.rmtree(runs)
    RunStore(runs).save(cell, 0, Outcome({"y": before + 1.0}), {})
    with Logbook(folder, runs, entries([cell]), []):
        pass
    assert value(folder, cell) == before + 1.0


def value(folder, cell):
    return Index(folder, "test").find(cell.key).frames()["replicas"]["value"].iloc[0]
