"""The index reads MLflow's file without MLflow: it must agree with what MLflow says."""

import sqlite3
import subprocess
import sys

import pandas as pd
import pytest

from deepclaims.errors import StorageError
from deepclaims.tracking.index import Index, database
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker, create


@pytest.fixture
def folder(tmp_path, empty_store):
    import shutil

    shutil.copy(empty_store, tmp_path)
    return tmp_path


def a_run(identity, seeds=(0,)):
    frame = pd.DataFrame({"seed": list(seeds)})
    return TrackedRun(identity, identity, {}, {"y": 1.0}, list(seeds), frames={"replicas": frame})


def test_it_knows_what_mlflow_knows(folder):
    tracker = Tracker(folder, "here")
    parent = tracker.parent(TrackedRun("claim", "claim", {}, {}, ()))
    ids = {name: tracker.log(a_run(name, seeds=(1, 2)), parent) for name in ("a", "b")}
    Tracker(folder, "elsewhere").log(a_run("a"))
    found = Index(folder, "here").runs()
    assert {name: run.run_id for name, run in found.items()} == {**ids, "claim": parent}
    assert found["a"].holds == "1,2"
    assert found["a"].finished
    artifacts = tracker._client.get_run(ids["a"]).info.artifact_uri
    assert found["a"].artifacts.as_uri() == artifacts
    assert list(found["a"].frames()["replicas"]["seed"]) == [1, 2]
    assert [file.path for file in tracker._client.list_artifacts(ids["a"], "tables")] == [
        "tables/replicas.parquet"
    ]


def test_what_was_deleted_or_cut_short_is_told_apart(folder):
    tracker = Tracker(folder, "here")
    tracker._client.delete_run(tracker.log(a_run("gone")))
    run_id = tracker.log(a_run("cut"))
    tracker._client.update_run(run_id, status="RUNNING")
    index = Index(folder, "here")
    assert index.find("gone") is None
    assert not index.find("cut").finished


def test_a_store_that_is_not_there_holds_nothing(tmp_path):
    assert Index(tmp_path, "here").runs() == {}
    assert not database(tmp_path).exists()


def test_a_file_that_is_no_store_is_refused(tmp_path):
    database(tmp_path).write_text("not a database")
    with pytest.raises(StorageError, match=r"delete .* the same command makes it again"):
        Index(tmp_path, "here").runs()


def test_a_transaction_cut_short_is_undone(folder):
    """A writer killed amid a commit leaves a journal; the index must read past it."""
    tracker = Tracker(folder, "here")
    tracker.log(a_run("a"))
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
        "c.execute('PRAGMA cache_size=1'); c.execute('UPDATE runs SET status=\"RUNNING\"'); "
        "c.executemany('INSERT INTO tags VALUES (?, ?, ?)', "
        "[(f'k{i}', 'v' * 400, sys.argv[2]) for i in range(400)]); os._exit(9)"
    )
    run_id = Index(folder, "here").find("a").run_id
    subprocess.run([sys.executable, "-c", code, database(folder), run_id], check=False)
    assert database(folder).with_name("mlflow.db-journal").exists()
    assert Index(folder, "here").find("a").finished


def test_two_writers_log_a_run_once(folder):
    import threading

    ids = []
    threads = [
        threading.Thread(target=lambda: ids.append(Tracker(folder, "here").log(a_run("a"))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    with sqlite3.connect(database(folder)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM runs").fetchone() == (1,)
    create(folder)
