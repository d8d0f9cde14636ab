import json
import shutil

import pandas as pd
import pytest

from deepclaims.errors import StageError, StorageError
from deepclaims.evidence.record import DIGITS
from deepclaims.pipeline import deposit, seal
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline.judge import judge
from deepclaims.pipeline.publish import publish
from deepclaims.pipeline.restore import restore, run

pytestmark = pytest.mark.slow

NAME = "convolution/lenet-parameters"
BOTH = ("convolution/convolution-arithmetic", NAME)


def contents(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def measured(project, name):
    """A claim's tables, and what is said of them."""
    found = contents(project.tables(name))
    about = json.loads(found.pop("about.json"))
    about.pop("restored", None)
    computed = about["computed"]
    computed["seconds"] = float(f"{computed['seconds']:.{DIGITS}g}")  # as far as it is published
    return about, found


def nothing(*_):
    raise AssertionError("drawn again")


def test_a_clone_publishes_the_same_report_and_draws_nothing(published, clone, monkeypatch):
    before = contents(clone.reports)
    assert restore(clone, BOTH) == list(BOTH)
    monkeypatch.setattr(judging, "draw_one", nothing)
    judge(clone)
    publish(clone)
    assert contents(clone.reports) == before
    for name in BOTH:
        assert measured(clone, name) == measured(published, name)


def test_a_changed_word_needs_no_tables_but_these(clone, monkeypatch):
    file = clone.conf / "claim" / f"{NAME}.yaml"
    file.write_text(file.read_text().replace("LeNet's parameters", "What LeNet has", 1))
    restore(clone, BOTH)
    monkeypatch.setattr(judging, "draw_one", nothing)
    judge(clone)
    publish(clone)
    assert "What LeNet has" in (clone.reports / "en" / f"{NAME}.html").read_text()


def test_what_was_measured_here_is_left_alone(published, clone, capsys):
    shutil.copytree(published.tables(NAME), clone.tables(NAME))
    (clone.tables(NAME) / "mark").touch()
    run([])
    assert (clone.tables(NAME) / "mark").is_file()
    assert capsys.readouterr().out.startswith("1 of 2 claims restored from ")
    assert restore(clone, BOTH) == []


@pytest.mark.parametrize("path", [f"tables/{NAME}/layers.parquet", "provenance.json"])
def test_a_damaged_report_is_refused_by_name(clone, path):
    (clone.reports / path).write_bytes(b"x")
    with pytest.raises(StorageError, match=f"{path} was changed after it was published"):
        restore(clone, BOTH)
    assert not clone.results.exists()


def test_no_report_is_said(clone):
    shutil.rmtree(clone.reports)
    with pytest.raises(StageError, match="there is no"):
        restore(clone, BOTH)


def forge(project):
    """Another number in the report's tables, with sums that fit."""
    file = project.published_tables(NAME) / "layers.parquet"
    table = pd.read_parquet(file)
    table["parameters"] += 1
    table.to_parquet(file, index=False)
    (project.reports / seal.SUMS).write_text(seal.sums(project.reports))


def test_numbers_that_no_look_saw_are_refused(clone):
    forge(clone)
    restore(clone, BOTH)
    with pytest.raises(StorageError, match=f"{NAME}: its tables, restored .* no look of its"):
        judge(clone)
    assert not clone.record(NAME).exists()


def test_a_figure_that_a_deposit_cannot_draw_stays_as_published(clone, monkeypatch, capsys):
    restore(clone, BOTH)
    file = clone.tables(NAME) / "about.json"
    about = json.loads(file.read_text())
    hashes = deposit.hashes(clone.tables(NAME))
    file.write_text(json.dumps({**about, "whole": {"all": "0"}, "deposited": hashes}))
    monkeypatch.setattr(judging, "draw_one", lacking)
    judge(clone)
    said = capsys.readouterr().err
    assert f"{NAME}, layers: stays as published" in said
    assert f"deepclaims measure claim={NAME}" in said
    publish(clone)


def test_drawings_that_are_gone_are_asked_for_and_restored(clone, monkeypatch):
    restore(clone, BOTH)
    shutil.rmtree(clone.drawn(NAME))
    monkeypatch.setattr(judging, "draw_one", lacking)
    with pytest.raises(StageError, match=f"layers: .*`deepclaims restore claim={NAME}`"):
        judge(clone)
    assert restore(clone, BOTH) == [NAME]
    judge(clone)
    assert restore(clone, BOTH) == []


def lacking(measured, folder, figure):
    raise KeyError("probabilities")


def test_evidence_has_the_same_bytes_judged_anew_and_from_what_was_kept(clone):
    restore(clone, BOTH)
    judge(clone)
    anew = contents(clone.evidence)
    judge(clone)
    assert contents(clone.evidence) == anew
