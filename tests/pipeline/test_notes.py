"""What MLflow shows of a claim after `publish`."""

import shutil

import pytest
from mlflow import MlflowClient

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.record import EvidenceRecord, FigureNote, Finding, MlflowRuns
from deepclaims.pipeline.notes import are_missed, write_notes
from deepclaims.tracking.outbox import outbox_of
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.settings import Tracking
from deepclaims.tracking.store import Tracker, uri

BOTH = {"es": "texto", "en": "what it means"}


@pytest.fixture
def record(project):
    parent = Tracker(project.mlflow, "signals").parent(TrackedRun("c", "dead-relu", {}, {}, ()))
    folder = project.drawn("signals/dead-relu")
    folder.mkdir(parents=True)
    (folder / "sweep.en.png").write_bytes(b"PNG")
    finding = Finding("gain", "claim", "above", 0.0, BOTH, Estimate(0.2, 0.1, 0.3, 5, "t"), True)
    return EvidenceRecord(
        claim={"id": "dead-relu", "chapter": "signals", "title": BOTH, "statement": BOTH},
        verdict="supported", reason={"es": "por qué", "en": "why it is so"},
        findings=(finding,), figures=(FigureNote("sweep", BOTH),), mlflow=MlflowRuns(parent),
    )  # fmt: skip


def test_the_parents_run_has_verdict_takeaway_figures_and_page(project, record):
    assert write_notes(project, [record]) == 1
    client, parent = MlflowClient(uri(project.mlflow)), record.mlflow.parent
    tags = client.get_run(parent).data.tags
    assert tags["deepclaims.verdict"] == "supported"
    note = tags["mlflow.note.content"]
    assert note.startswith("**supported**: why it is so")
    assert "gain: 0.2 [0.1, 0.3]. what it means" in note
    assert (project.reports / "en").as_uri() in note
    assert [each.path for each in client.list_artifacts(parent, "figures")] == [
        "figures/sweep.en.png"
    ]


def test_a_server_hears_of_it_once(project, record, tmp_path, empty_store, monkeypatch):
    (tmp_path / "server").mkdir()
    shutil.copy(empty_store, tmp_path / "server")
    monkeypatch.chdir(tmp_path / "server")
    tracking = Tracking(uri(tmp_path / "server"))
    outbox, parent = outbox_of(project.mlflow, tracking.server), record.mlflow.parent
    run = TrackedRun("c", "dead-relu", {}, {}, ())
    outbox.put_run(parent, "signals", run, project.mlflow / "artifacts" / "signals" / parent)
    write_notes(project, [record], tracking)
    assert outbox.waiting() == []
    client, remote = MlflowClient(tracking.server), outbox.sent(parent)["remote"]
    assert client.get_run(remote).data.tags["deepclaims.verdict"] == "supported"
    assert len(client.list_artifacts(remote, "figures")) == 1
    outbox.put_news("other", {})
    before = outbox.waiting()
    monkeypatch.setattr(type(outbox), "send", lambda self: 0)
    write_notes(project, [record], tracking)
    assert outbox.waiting() == before


def test_without_a_store_there_is_nothing_to_note_and_it_is_missed(project, record):
    assert not are_missed(project, [record])
    shutil.rmtree(project.mlflow)
    assert write_notes(project, [record]) == 0
    assert are_missed(project, [record])
    assert not project.mlflow.exists()
