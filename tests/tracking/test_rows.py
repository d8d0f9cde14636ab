"""A run written as rows is, to MLflow's client, the run its own calls would have made."""

import math

import pytest
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

from deepclaims.tracking.index import Index
from deepclaims.tracking.rows import DataInput, TrackedRun
from deepclaims.tracking.store import Tracker, create, uri

METRICS = {"test_error": 0.25, "lost": math.nan, "top": math.inf, "bottom": -math.inf}
CURVE = (range(0, 1000, 2), [1 / (1 + step) for step in range(0, 1000, 2)])
PARAMS = {"optimizer.lr": 0.1, "data.n": None, "long": "x" * 7000}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    create(folder)
    return folder, MlflowClient(uri(folder))


@pytest.fixture(scope="module")
def ours(store):
    folder, client = store
    run = TrackedRun(
        "i", "a cell", PARAMS, METRICS, (1, 2), {"curve.loss?": CURVE}, {"a": "b"},
        inputs=[DataInput("digits", "0123abcd", "official")], start=5_000, end=8_000,
    )  # fmt: skip
    tracker = Tracker(folder, "rows")
    tracker.log(TrackedRun("before", "before", {}, {"gone": 1.0}, (1,)))
    return client.get_run(tracker.log(run))


@pytest.fixture(scope="module")
def theirs(store):
    """The same by MLflow's own calls."""
    _, client = store
    experiment = client.get_experiment_by_name("rows").experiment_id
    tags = {"a": "b", "deepclaims.identity": "j", "deepclaims.seeds": "1,2"}
    run_id = client.create_run(
        experiment, start_time=5_000, tags=tags, run_name="a cell"
    ).info.run_id
    metrics = [Metric(name, value, 1, 0) for name, value in METRICS.items()]
    metrics += [Metric("curve.loss_", v, 1, s) for s, v in list(zip(*CURVE, strict=True))[::3]]
    params = [Param(key, str(value)[:6000]) for key, value in PARAMS.items()]
    client.log_batch(run_id, metrics, params)
    digits = Dataset("digits", "0123abcd", "deepclaims", "official")
    client.log_inputs(run_id, [DatasetInput(digits, [InputTag("mlflow.data.context", "training")])])
    client.set_terminated(run_id, end_time=8_000)
    return client.get_run(run_id)


def test_metrics_params_and_tags(ours, theirs):
    assert repr(sorted(ours.data.metrics.items())) == repr(sorted(theirs.data.metrics.items()))
    assert ours.data.params == theirs.data.params
    identity = {"deepclaims.identity": "i", "deepclaims.holds": "1,2"}
    assert ours.data.tags == theirs.data.tags | identity


def test_what_is_said_of_the_run(ours, theirs):
    own = ("run_id", "run_uuid", "artifact_uri")
    said, wanted = ({k: v for k, v in dict(run.info).items() if k not in own}
                    for run in (ours, theirs))  # fmt: skip
    assert said == wanted
    assert ours.info.artifact_uri.rsplit("/", 2)[0] == theirs.info.artifact_uri.rsplit("/", 2)[0]
    assert ours.info.end_time - ours.info.start_time == 3_000


def test_the_data_that_went_in(ours, theirs):
    assert ours.inputs.to_dictionary() == theirs.inputs.to_dictionary()
    assert len(ours.inputs.dataset_inputs) == 1


def test_the_history_of_a_curve(store, ours, theirs):
    _, client = store
    mine, others = (
        [(point.step, point.value) for point in client.get_metric_history(run_id, "curve.loss_")]
        for run_id in (ours.info.run_id, theirs.info.run_id)
    )
    assert sorted(mine) == sorted(others)
    assert len(mine) <= 200


def test_it_can_be_searched_for(store, ours):
    _, client = store
    found = client.search_runs([ours.info.experiment_id], "metrics.test_error < 0.3 and tags.a='b'")
    assert ours.info.run_id in [run.info.run_id for run in found]


def test_a_run_whose_rows_are_refused_is_not_there(store, monkeypatch):
    folder, _ = store
    tracker = Tracker(folder, "refused")
    monkeypatch.setattr("deepclaims.tracking.rows._number", lambda value: {"value": None})
    with pytest.raises(Exception, match="NOT NULL"):
        tracker.log(TrackedRun("k", "k", {}, {"error": 1.0}, (1,)))
    assert Index(folder, "refused").runs() == {}
