import json

import pytest

from deepclaims import cli
from deepclaims.claims import claim as claims
from deepclaims.errors import StageError, StorageError
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline import publish, whereabouts
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions

NAMES = ("optimisation/backpropagation", "convolution/lenet-parameters")


@pytest.fixture
def measured(project):
    """A project whose catalogue is two quick claims, both measured."""
    for name in set(claims.catalogue(project.conf)) - set(NAMES):
        (project.conf / "claim" / f"{name}.yaml").unlink()
    for name in NAMES:
        folder = project.root / "results"
        measure(project, Request((name,), folder, profile="smoke", options=LocalOptions(workers=0)))
    return project


def test_two_claims_are_judged_drawn_and_recorded(measured):
    found = {record.name: record for record in judging.judge(measured)}
    assert {name: found[name].verdict for name in NAMES} == dict.fromkeys(NAMES, "supported")
    for record in found.values():
        folder = measured.evidence(record.chapter)
        assert EvidenceRecord.read(folder / f"{record.id}.json").to_dict() == record.to_dict()
        assert record.post_hoc == ()
        assert min(record.seeds) >= 1000
        assert record.command.startswith(f"deepclaims measure claim={record.name}")
        for figure in record.figures:
            for language in ("es", "en"):
                for ending in ("svg", "png"):
                    assert (folder / record.id / f"{figure.name}.{language}.{ending}").is_file()


def test_a_criterion_changed_after_the_run_is_marked(measured):
    file = measured.conf / "claim" / "optimisation" / "backpropagation.yaml"
    text = file.read_text()
    bound = "bound: 1.0e-12"
    assert bound in text
    file.write_text(text.replace(bound, "bound: 1.0e-30"))
    record = next(each for each in judging.judge(measured) if each.id == "backpropagation")
    assert record.post_hoc == ("criterion",)
    assert record.verdict == "refuted"


def test_a_grid_changed_after_the_run_is_named(measured):
    file = measured.conf / "claim" / "optimisation" / "backpropagation.yaml"
    text = file.read_text()
    assert "  chain:\n" in text
    file.write_text(text.replace("  chain:\n", "  links:\n"))
    told = r"another grid .*: run `deepclaims measure chapter=optimisation` first"
    with pytest.raises(StageError, match=told):
        judging.judge(measured)


def test_what_was_published_is_told(measured, capsys):
    judging.judge(measured)
    publish.publish(measured)
    capsys.readouterr()
    whereabouts.run([])
    shown = capsys.readouterr().out
    assert "2 claims: 2 supported" in shown
    assert "index.html" in shown
    published = json.loads((measured.reports / "claims.json").read_text())
    assert len(published) == 2


def test_a_claim_that_was_not_measured_is_named(project):
    with pytest.raises(StageError, match="has not been measured: run `deepclaims measure chapter="):
        judging.judge(project)


def test_a_damaged_table_is_named(measured):
    file = measured.results("optimisation") / "backpropagation" / "replicas.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(StorageError, match=r"replicas\.parquet is damaged"):
        judging.judge(measured)
    assert not measured.evidence("optimisation").exists()


def test_the_stand_in_is_told():
    line = whereabouts.data_line([{"data_sources": {"mnist": "embedded", "ecg": "official"}}])
    assert "STAND-IN for mnist" in line
    assert "official files of ecg" in whereabouts.data_line([{"data_sources": {"ecg": "official"}}])


def test_judging_alone_runs_no_training(measured, monkeypatch, capsys):
    monkeypatch.setattr("deepclaims.sweep.executor.run_sweep", None)
    with pytest.raises(SystemExit) as ended:
        cli.main(["judge"])
    assert ended.value.code == 0
