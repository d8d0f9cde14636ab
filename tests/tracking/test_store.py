import multiprocessing
import shutil

import pandas as pd
import pytest

from deepclaims.errors import ConfigError, StorageError
from deepclaims.tracking.index import Index
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker, create, database, run_metrics


@pytest.fixture(scope="module")
def folder(tmp_path_factory, empty_store):
    """A store of this module's own."""
    folder = tmp_path_factory.mktemp("mlflow")
    shutil.copy(empty_store, folder)
    return folder


def a_run(identity, seeds=(1000, 1001), value=0.5):
    rows = pd.DataFrame({"seed": seeds, "value": [value] * len(seeds)})
    return TrackedRun(
        identity=identity,
        name="a cell",
        params={"optimizer.lr": 0.1},
        metrics={"test_error": value},
        seeds=seeds,
        curves={"curve.loss": (range(500), [1.0] * 500)},
        frames={"replicas": rows},
    )


def test_a_run_is_logged_once(folder):
    tracker = Tracker(folder, "once")
    parent = tracker.parent("claim", "claim", {})
    first = tracker.log(a_run("cell"), parent)
    assert Tracker(folder, "once").log(a_run("cell"), parent) == first
    assert Tracker(folder, "once").parent("claim", "claim", {}) == parent
    assert run_metrics(folder, first)["test_error"] == 0.5


def test_more_seeds_replace_the_run(folder):
    tracker = Tracker(folder, "more")
    first = tracker.log(a_run("cell"))
    second = tracker.log(a_run("cell", seeds=(1000, 1001, 1002)))
    assert second != first
    assert list(tracker.index.frames("cell")["replicas"]["seed"]) == [1000, 1001, 1002]


def test_a_run_cut_short_is_replaced(folder, monkeypatch):
    tracker = Tracker(folder, "cut")
    with monkeypatch.context() as patch:
        patch.setattr("deepclaims.tracking.store._write_frames", _raise)
        with pytest.raises(KeyboardInterrupt):
            tracker.log(a_run("cell"))
    again = Tracker(folder, "cut")
    again.log(a_run("cell", value=0.25))
    assert list(again.index.frames("cell")["replicas"]["value"]) == [0.25, 0.25]
    assert len(again._client.search_runs([again._experiment])) == 1


def _raise(*_):
    raise KeyboardInterrupt


def test_tables_of_a_run_that_is_not_there(folder):
    with pytest.raises(StorageError, match="no run 'nobody'"):
        Index(folder, "none").frames("nobody")


def test_an_unknown_run_id(folder):
    with pytest.raises(ConfigError, match="no run 'abc'"):
        run_metrics(folder, "abc")


@pytest.mark.slow
def test_two_processes_make_one_store(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=create, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert database(tmp_path).is_file()
    assert not list(tmp_path.glob(".draft-*"))
