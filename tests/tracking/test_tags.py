"""Tags set in MLflow's table are, to its client, those it would have set itself."""

import subprocess
import sys

import pytest
from mlflow import MlflowClient

from deepclaims.errors import StorageError
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker, uri
from deepclaims.tracking.tags import set_tags

TAGS = {"deepclaims.verdict": "supported", "deepclaims.post_hoc": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mlflow")


def a_run(folder, identity):
    return Tracker(folder, "tags").log(TrackedRun(identity, "a cell", {}, {}, (0,)))


def tags(folder, run_id):
    found = MlflowClient(uri(folder)).get_run(run_id).data.tags
    return {name: value for name, value in found.items() if name != "deepclaims.identity"}


def test_as_the_client_would_and_again(folder):
    ours, theirs, other = (a_run(folder, name) for name in ("ours", "theirs", "other"))
    client = MlflowClient(uri(folder))
    for told in (TAGS, {**TAGS, "deepclaims.verdict": "refuted"}):
        set_tags(folder, {ours: told})
        for name, value in told.items():
            client.set_tag(theirs, name, value)
        assert tags(folder, ours) == tags(folder, theirs)
    assert tags(folder, ours)["deepclaims.verdict"] == "refuted"
    assert "deepclaims.verdict" not in tags(folder, other)


def test_a_run_that_is_not_there_gets_none(folder):
    gone = a_run(folder, "gone")
    MlflowClient(uri(folder)).delete_run(gone)
    set_tags(folder, {gone: TAGS, "nobody": TAGS})
    assert "deepclaims.verdict" not in tags(folder, gone)


def test_no_store_is_none_to_set(tmp_path):
    set_tags(tmp_path / "none", {"a": TAGS})
    assert not (tmp_path / "none").exists()


def test_a_damaged_store_is_said_to_be_one(tmp_path):
    (tmp_path / "mlflow.db").write_text("no database, but long enough to be read as one" * 100)
    with pytest.raises(StorageError, match="delete"):
        set_tags(tmp_path, {"a": TAGS})


def test_without_importing_mlflow():
    code = "import deepclaims.tracking.tags, sys; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
