"""What rows are written into is what MLflow's tables are: the versions that this was seen with.

Fails with a release of MLflow that has another schema. Then look at what changed, see the tests of
this folder pass, and add its revision to `KNOWN`; until then, its own client writes.
"""

import shutil
import sqlite3

import pandas as pd
import pytest
from mlflow.version import VERSION

from deepclaims.tracking import schema
from deepclaims.tracking.index import Index, database
from deepclaims.tracking.rows import DataInput, TrackedRun
from deepclaims.tracking.store import Tracker

COLUMNS = {
    "experiments": {"experiment_id", "name", "artifact_location", "lifecycle_stage"},
    "runs": {
        "run_uuid", "name", "experiment_id", "artifact_uri", "status", "lifecycle_stage",
        "start_time", "end_time", "user_id", "source_type", "source_name", "entry_point_name",
        "source_version", "deleted_time",
    },
    "tags": {"key", "value", "run_uuid"},
    "params": {"key", "value", "run_uuid"},
    "metrics": {"key", "value", "timestamp", "step", "is_nan", "run_uuid"},
    "latest_metrics": {"key", "value", "timestamp", "step", "is_nan", "run_uuid"},
    "inputs": {
        "input_uuid", "source_type", "source_id", "destination_type", "destination_id", "step",
    },
    "input_tags": {"input_uuid", "name", "value"},
    "logged_models": {"artifact_location"},
    "model_versions": {"source"},
}  # fmt: skip
"""Table -> columns that are read or written; where a run is inserted, all that there are."""
WHOLE = ("runs", "tags", "params", "metrics", "latest_metrics", "inputs", "input_tags")


def test_the_schema_is_one_that_is_known(empty_store):
    release = ".".join(VERSION.split(".")[:2])
    assert schema.KNOWN.get(schema.revision(empty_store.parent)) == f"MLflow {release}"


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_has_these_columns(empty_store, table):
    with sqlite3.connect(empty_store) as connection:
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    assert found == COLUMNS[table] if table in WHOLE else found >= COLUMNS[table]


def test_with_another_schema_mlflow_writes_itself(tmp_path, empty_store, monkeypatch):
    """The same run, whoever writes it; one with more seeds names the one it replaces."""
    shutil.copy(empty_store, tmp_path)
    monkeypatch.setattr(schema, "KNOWN", {})
    tracker = Tracker(tmp_path, "later")
    first, second = (tracker.log(a_run(seeds)) for seeds in ((1,), (1, 2)))
    assert tracker.log(a_run((1, 2))) == second != first
    run = tracker._client.get_run(second)
    assert run.data.tags["deepclaims.replaces"] == first
    assert tracker._client.get_run(first).data.tags["deepclaims.replaced_by"] == second
    assert run.data.metrics == {"error": 0.5, "curve.loss": 0.1}
    assert run.info.end_time - run.info.start_time == 3_000
    assert [each.dataset.name for each in run.inputs.dataset_inputs] == ["digits"]
    assert list(Index(tmp_path, "later").frames("a")["replicas"]["seed"]) == [1, 2]
    assert database(tmp_path).is_file()


def a_run(seeds):
    return TrackedRun(
        "a", "a cell", {"lr": 0.1}, {"error": 0.5}, seeds, {"curve.loss": ([0, 1], [1.0, 0.1])},
        frames={"replicas": pd.DataFrame({"seed": list(seeds)})},
        inputs=[DataInput("digits", "0123", "official")], start=5_000, end=8_000,
    )  # fmt: skip
