import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from deepclaims import cli
from deepclaims.claims import claim as claims
from deepclaims.errors import StageError, StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import Kind
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline import publish, report
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request, read_request
from deepclaims.sweep.options import LocalOptions

NAME = "convolution/lenet-parameters"


@pytest.fixture
def measured(project):
    """A project whose catalogue is one quick claim, measured."""
    for name in set(claims.catalogue(project.conf)) - {NAME}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    request = Request((NAME,), project.results, "smoke", LocalOptions(workers=0))
    measure(project, request)
    return project


@pytest.fixture
def judged(measured, sketched):
    """The same, judged, with sketches for figures."""
    judging.judge(measured)
    return measured


@pytest.fixture
def idle(monkeypatch):
    """Called, it leaves judging without anybody to do anything."""
    return lambda: monkeypatch.setattr(judging, "judging_pool", lambda tasks: nullcontext())


def written(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in files}


def rewrite(project, before: str, after: str) -> None:
    file = project.conf / "claim" / f"{NAME}.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


@pytest.mark.slow
@pytest.mark.judging_pool
def test_a_claim_is_judged_drawn_and_recorded(measured):
    (record,) = judging.judge(measured)
    assert record.verdict == "supported"
    assert EvidenceRecord.read(measured.record(NAME)).to_dict() == record.to_dict()
    assert record.post_hoc == ()
    assert min(record.seeds) >= 1000
    assert record.command.startswith(f"deepclaims measure claim={NAME}")
    assert record.chapter_title["en"] == "Convolutional networks"
    for figure in record.figures:
        for language in ("es", "en"):
            for ending in ("svg", "narrow.svg", "json"):
                assert (measured.drawn(NAME) / f"{figure.name}.{language}.{ending}").is_file()


def test_nothing_is_judged_twice(judged, idle):
    before = written(judged.evidence)
    idle()
    judging.judge(judged)
    assert written(judged.evidence) == before


def test_a_changed_caption_is_neither_judged_nor_drawn(judged, idle):
    before = written(judged.evidence)
    rewrite(judged, "Shape and parameters of every layer", "Every layer")
    idle()
    (record,) = judging.judge(judged)
    assert record.figures[0].caption["en"].startswith("Every layer")
    after = written(judged.evidence)
    assert [name for name in after if after[name] != before[name]] == [f"{NAME}.json"]


def test_a_criterion_changed_after_the_run_is_judged_again_and_marked(judged):
    rewrite(judged, "bound: [60, 60]", "bound: [61, 61]")
    (record,) = judging.judge(judged)
    assert record.post_hoc == ("criterion",)
    assert record.verdict == "refuted"


def test_a_grid_changed_after_the_run_is_named(measured, sketched):
    rewrite(measured, "grid: {kernel: [3, 5]}", "grid: {kernel: [3, 7]}")
    (record,) = judging.judge(measured)
    assert record.post_hoc == ("grid",)


def test_what_is_no_longer_a_figure_goes(judged):
    (judged.drawn(NAME) / "old.es.svg").write_text("<svg/>")
    (judged.evidence / "convolution" / "gone.json").write_text("{}")
    judging.judge(judged)
    assert not (judged.drawn(NAME) / "old.es.svg").exists()
    assert not (judged.evidence / "convolution" / "gone.json").exists()


@pytest.mark.slow
def test_with_nothing_to_judge_nothing_heavy_is_imported(judged):
    code = (
        "import sys; from deepclaims.pipeline.judge import run; run([]); "
        "print(*{'torch', 'pandas', 'matplotlib', 'mlflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.slow
def test_a_rehearsal_has_folders_of_its_own(judged, monkeypatch):
    before = written(judged.evidence)
    words = [f"claim={NAME}", "profile=full", "executor.workers=0"]
    request = read_request(words, judged)
    assert request.rehearsal
    measure(judged, request)
    cli.importlib.import_module("deepclaims.pipeline.judge").run([f"claim={NAME}", "--rehearsal"])
    publish.run([f"claim={NAME}", "--rehearsal"])
    assert (judged.root / "rehearsal" / "reports" / "en" / f"{NAME}.html").is_file()
    assert written(judged.evidence) == before
    assert not judged.reports.exists()
    assert not ledger.read(judged.root, NAME).of(Kind.PILOT)  # `full` sees the test split


@pytest.mark.slow
def test_what_was_published_is_told(measured, capsys):
    judging.judge(measured)
    publish.publish(measured)
    capsys.readouterr()
    report.run([])
    shown = capsys.readouterr().out
    assert "1 claims: 1 supported" in shown
    assert "index.html" in shown
    published = json.loads((measured.reports / "claims.json").read_text())
    assert len(published) == 1


def test_a_claim_that_was_not_measured_is_named(project):
    with pytest.raises(StageError, match="has not been measured: run `deepclaims measure claim="):
        judging.judge(project, [NAME])
    with pytest.raises(StageError, match="nothing has been measured here: `dvc repro judge`"):
        judging.judge(project)


def test_a_damaged_table_is_named(measured):
    file = measured.tables(NAME) / "replicas.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(StorageError, match=r"replicas\.parquet is damaged"):
        judging.judge(measured)
    assert not measured.record(NAME).exists()


def test_the_stand_in_is_told():
    line = report.data_line([{"data_sources": {"mnist": "embedded", "ecg": "official"}}])
    assert "STAND-IN for mnist" in line
    assert "official files of ecg" in report.data_line([{"data_sources": {"ecg": "official"}}])


def test_judging_alone_runs_no_training(measured, monkeypatch, capsys):
    monkeypatch.setattr("deepclaims.sweep.executor.run_sweep", None)
    with pytest.raises(SystemExit) as ended:
        cli.main(["judge"])
    assert ended.value.code == 0
