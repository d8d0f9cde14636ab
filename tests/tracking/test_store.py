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
    parent = tracker.parent(TrackedRun("claim", "claim", {}, {}, ()))
    first = tracker.log(a_run("cell"), parent)
    assert Tracker(folder, "once").log(a_run("cell"), parent) == first
    assert Tracker(folder, "once").parent(TrackedRun("claim", "claim", {}, {}, ())) == parent
    assert run_metrics(folder, first)["test_error"] == 0.5


def test_more_seeds_come_into_the_run(folder):
    """Its id stays, and so does what others gave it: a note, say."""
    tracker = Tracker(folder, "more")
    first = tracker.log(a_run("cell"))
    tracker._client.set_tag(first, "mlflow.note.content", "of mine")
    second = tracker.log(a_run("cell", seeds=(1000, 1001, 1002), value=0.25))
    assert second == first
    run = tracker._client.get_run(first)
    assert run.data.metrics["test_error"] == 0.25
    assert run.data.tags["deepclaims.seeds"] == "1000,1001,1002"
    assert run.data.tags["mlflow.note.content"] == "of mine"
    assert len(tracker._client.get_metric_history(first, "curve.loss")) == 167
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


def test_an_experiment_that_was_deleted_is_restored_and_said_so(folder, capsys):
    """In the UI, say: its new runs would go into what nobody sees."""
    tracker = Tracker(folder, "deleted")
    first = tracker.log(a_run("cell"))
    tracker._client.delete_experiment(tracker._experiment)
    assert Index(folder, "deleted").find("cell") is None
    again = Tracker(folder, "deleted")
    assert again.log(a_run("cell")) == first
    again.log(a_run("another"))
    shown = again._client.search_runs([again._experiment])
    assert sorted(run.data.tags["deepclaims.identity"] for run in shown) == ["another", "cell"]
    assert again._client.get_experiment(again._experiment).lifecycle_stage == "active"
    assert "experiment deleted was deleted: restored" in capsys.readouterr().err


def test_a_run_that_was_deleted_is_logged_again(folder):
    tracker = Tracker(folder, "one-gone")
    first = tracker.log(a_run("cell"))
    tracker._client.delete_run(first)
    assert tracker.log(a_run("cell")) == first
    assert tracker._client.get_run(first).info.lifecycle_stage == "active"


def test_a_store_that_was_moved_is_where_it_is_now(tmp_path, empty_store, capsys):
    before, after = tmp_path / "before" / ".mlflow", tmp_path / "after" / ".mlflow"
    before.mkdir(parents=True)
    shutil.copy(empty_store, before)
    first = Tracker(before, "here/below").log(a_run("cell"))
    before.parent.rename(after.parent)
    assert list(Index(after, "here/below").frames("cell")["replicas"]["seed"]) == [1000, 1001]
    tracker = Tracker(after, "here/below")
    assert "was moved here" in capsys.readouterr().err
    second = tracker.log(a_run("another"))
    assert not before.parent.exists()
    for run_id in (first, second):
        assert tracker._client.get_run(run_id).info.artifact_uri.startswith(after.as_uri())
        assert len(tracker._client.list_artifacts(run_id, "tables")) == 1
    Tracker(after, "here/below")
    assert "was moved" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["50%25 of it", "what?", "a#b", "tab&le=1"])
def test_a_path_may_have_any_letter(tmp_path, empty_store, name):
    folder = tmp_path / name / ".mlflow"
    folder.mkdir(parents=True)
    shutil.copy(empty_store, folder)
    tracker = Tracker(folder, "odd")
    run_id = tracker.log(a_run("cell"))
    assert [each.path for each in tracker._client.list_artifacts(run_id, "tables")] == [
        "tables/replicas.parquet"
    ]
    assert list(Index(folder, "odd").frames("cell")["replicas"]["seed"]) == [1000, 1001]
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.slow
def test_a_store_is_made_where_a_path_has_any_letter(tmp_path):
    create(tmp_path / "100% what?" / ".mlflow")
    assert database(tmp_path / "100% what?" / ".mlflow").is_file()
    assert [each.name for each in tmp_path.iterdir()] == ["100% what?"]


@pytest.mark.slow
def test_a_store_that_is_gone_is_made_again_with_a_line(tmp_path, capsys):
    (tmp_path / ".runs").mkdir()
    Tracker(tmp_path / ".mlflow", "first")
    assert capsys.readouterr().err == ""
    shutil.rmtree(tmp_path / ".mlflow")
    create(tmp_path / ".mlflow")
    assert "is not there: made again" in capsys.readouterr().err
