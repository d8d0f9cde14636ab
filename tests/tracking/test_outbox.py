"""A second store stands for the server: what it gets, and what is kept while it is away."""

import shutil

import pytest
from mlflow import MlflowClient

from deepclaims.errors import ConfigError
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.logbook import Logbook, LogEntry, Parent
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.unit import Unit
from deepclaims.tracking import outbox as outboxes
from deepclaims.tracking.index import Index
from deepclaims.tracking.outbox import AwayError, outbox_of
from deepclaims.tracking.settings import Tracking
from deepclaims.tracking.store import uri


@pytest.fixture
def folder(tmp_path, empty_store):
    (tmp_path / "mlflow").mkdir()
    shutil.copy(empty_store, tmp_path / "mlflow")
    return tmp_path / "mlflow"


@pytest.fixture
def server(tmp_path, empty_store, monkeypatch):
    """Its address; artifacts go where its experiments say, beside it."""
    (tmp_path / "server").mkdir()
    shutil.copy(empty_store, tmp_path / "server")
    monkeypatch.chdir(tmp_path / "server")
    return uri(tmp_path / "server")


@pytest.fixture
def cell(toy):
    return Cell({"x": 1}, f"{toy}:double", {"digits": "0123"}, axes={"x": 1})


def log(folder, cell, seeds, tracking):
    """As a sweep of so many seeds does."""
    runs = folder.parent / "runs"
    run_sweep([Unit(cell, seed, {}) for seed in seeds], runs, LocalOptions(workers=0))
    entry = LogEntry(cell, "test", cell.key, None, Parent("claim", "claim"))
    with Logbook(folder, runs, [entry], [], tracking=tracking) as logbook:
        pass
    return logbook.run(entry), logbook.parent(entry)


def of_server(server, name="test"):
    client = MlflowClient(server)
    experiment = client.get_experiment_by_name(name)
    return client, client.search_runs([experiment.experiment_id]) if experiment else []


def test_a_server_gets_what_the_store_has_once(folder, server, cell):
    tracking = Tracking(server, tags={"team": "vision"})
    for _ in range(2):
        here, parent = log(folder, cell, (0, 1), tracking)
    client, runs = of_server(server)
    there = {run.data.tags["deepclaims.run"]: run for run in runs}
    assert set(there) == {here.run_id, parent}
    run, ours = there[here.run_id], MlflowClient(uri(folder)).get_run(here.run_id)
    assert run.data.metrics == ours.data.metrics
    assert run.data.params == ours.data.params
    assert run.data.tags["team"] == ours.data.tags["team"] == "vision"
    assert run.data.tags["mlflow.parentRunId"] == there[parent].info.run_id
    assert run.inputs.to_dictionary() == ours.inputs.to_dictionary()
    assert run.info.end_time == ours.info.end_time
    paths = [each.path for each in client.list_artifacts(run.info.run_id, "tables")]
    assert paths == ["tables/counts.parquet", "tables/replicas.parquet"]
    experiment = client.get_experiment(run.info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"
    assert outbox_of(folder, server).waiting() == []


def test_the_variable_names_it_and_a_name_of_ones_own_its_experiment(
    folder, server, cell, monkeypatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    here, _ = log(folder, cell, (0,), Tracking(experiment="mine"))
    assert Index(folder, "mine").find(cell.key) == here
    assert Index(folder, "test").runs() == {}
    assert len(of_server(server, "mine")[1]) == 2


def test_while_it_is_away_runs_are_kept_and_sent_later(folder, server, cell, monkeypatch, capsys):
    def away(server):
        raise AwayError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(outboxes, "require_answer", away)
        here, _ = log(folder, cell, (0,), Tracking(server))
        assert "2 runs and notes are kept" in capsys.readouterr().err
        assert of_server(server)[1] == []
    assert Index(folder, "test").find(cell.key) == here
    log(folder, cell, (0,), Tracking(server))
    assert len(of_server(server)[1]) == 2
    assert outbox_of(folder, server).waiting() == []


def test_what_broke_off_on_the_way_is_sent_again_whole(folder, server, cell, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_artifacts", lambda *_: 1 / 0)
        log(folder, cell, (0,), Tracking(server))
        assert "did not take 1 runs and notes (division by zero)" in capsys.readouterr().err
    here, parent = log(folder, cell, (0,), Tracking(server))
    _, runs = of_server(server)
    assert sorted(run.data.tags["deepclaims.run"] for run in runs) == sorted((here.run_id, parent))
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_more_seeds_are_another_run_there_that_names_the_first(folder, server, cell):
    first, _ = log(folder, cell, (0,), Tracking(server))
    before = outbox_of(folder, server).sent(first.run_id)["remote"]
    second, _ = log(folder, cell, (0, 1), Tracking(server))
    assert second.run_id == first.run_id
    client, runs = of_server(server)
    (run,) = (run for run in runs if run.data.tags["deepclaims.run"] == first.run_id)
    assert run.data.tags["deepclaims.replaces"] == before
    assert client.get_run(before).data.tags["deepclaims.replaced_by"] == run.info.run_id
    assert run.data.metrics["y"] == 2.5


def test_a_store_that_forgot_what_it_sent_does_not_send_again(folder, server, cell):
    """As one that was deleted and made again from the runs."""
    log(folder, cell, (0,), Tracking(server))
    shutil.rmtree(folder / "servers")
    log(folder, cell, (0,), Tracking(server))
    assert len(of_server(server)[1]) == 2


def test_news_is_sent_where_it_is_news(folder, server, cell):
    _, parent = log(folder, cell, (0,), Tracking(server))
    outbox, figure = outbox_of(folder, server), folder / "artifacts" / "figures" / "a.png"
    figure.parent.mkdir()
    figure.write_bytes(b"PNG")
    for _ in range(2):
        outbox.put_news(parent, {"deepclaims.verdict": "supported"}, [figure])
    assert len(outbox.waiting()) == 1
    assert outbox.send() == 0
    client, remote = MlflowClient(server), outbox.sent(parent)["remote"]
    assert client.get_run(remote).data.tags["deepclaims.verdict"] == "supported"
    assert [each.path for each in client.list_artifacts(remote, "figures")] == ["figures/a.png"]


def test_the_projects_own_store_is_no_server(folder):
    assert outbox_of(folder, uri(folder)) is None
    assert outbox_of(folder, "") is None


def test_an_address_that_is_none_is_refused(folder):
    with pytest.raises(ConfigError, match="is no address of MLflow"):
        outbox_of(folder, "localhost:5000")


def test_a_server_that_does_not_answer_costs_seconds(folder, capsys):
    outbox = outbox_of(folder, "http://127.0.0.1:9")
    outbox.put_news("a", {"b": "c"})
    assert outbox.send() == 1
    assert "cannot be had (ConnectionError)" in capsys.readouterr().err
