import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from deepclaims.data.manifest import manifest
from deepclaims.data.prepared import read_meta
from deepclaims.data.source import SourceRecord, write_source
from deepclaims.errors import ConfigError, DataError, StageError, StorageError
from deepclaims.pipeline.fetch import fetch
from deepclaims.pipeline.prepare import prepare, run
from deepclaims.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty folder: neither configs nor an MLflow store are needed here."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    return Project(root)


@pytest.mark.parametrize(("dataset", "raw"), [("mnist", "mnist"), ("ecg", "mitdb")])
def test_before_fetch_the_command_is_named(project, dataset, raw):
    with pytest.raises(StageError, match=f"run `deepclaims fetch dataset={raw}` first"):
        prepare(project, dataset)


def test_what_is_prepared_says_what_it_is_made_of(stand_in_data):
    for dataset, raw in (("mnist", "mnist"), ("ecg", "mitdb")):
        meta = read_meta(stand_in_data / "prepared" / dataset, dataset)
        source = json.loads((stand_in_data / "raw" / raw / "source.json").read_text())
        assert meta["source"] == "embedded"
        assert meta["raw_fingerprint"] == source["fingerprint"]
        assert meta["fingerprint"] != source["fingerprint"]
        assert meta["counts"]


def test_prepared_again_it_is_the_same_to_the_byte(project, stand_in_data):
    fetch(project, "mnist", "embedded")
    prepare(project, "mnist")
    before = stand_in_data / "prepared" / "mnist"
    after = project.prepared("mnist")
    assert {p.name for p in before.iterdir()} == {p.name for p in after.iterdir()}
    for path in before.iterdir():
        assert path.read_bytes() == (after / path.name).read_bytes()


def test_a_new_version_of_the_preparation_is_a_new_fingerprint(project, monkeypatch):
    from deepclaims.data import mnist_files

    fetch(project, "mnist", "embedded")
    one = prepare(project, "mnist")
    monkeypatch.setattr(mnist_files, "VERSION", mnist_files.VERSION + 1)
    two = prepare(project, "mnist")
    assert one["raw_fingerprint"] == two["raw_fingerprint"]
    assert one["fingerprint"] != two["fingerprint"]


def test_it_is_replaced_whole_or_not_at_all(project, monkeypatch):
    fetch(project, "mnist", "embedded")
    prepare(project, "mnist")
    meta = (project.prepared("mnist") / "meta.json").read_bytes()

    def full(*_, **__) -> None:
        raise OSError(28, "No space left on device", "disk")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StorageError, match="cannot write disk: No space left on device"):
        prepare(project, "mnist")
    assert (project.prepared("mnist") / "meta.json").read_bytes() == meta
    assert [p.name for p in project.prepared("mnist").parent.iterdir()] == ["mnist"]


def test_a_damaged_stand_in_is_refused_by_name(project):
    fetch(project, "mnist", "embedded")
    digits = project.raw("mnist") / "mnist_5k.csv.gz"
    content = bytearray(digits.read_bytes())
    content[5000] ^= 0xFF
    digits.write_bytes(content)
    with pytest.raises(DataError, match=r"mnist_5k\.csv\.gz is damaged"):
        prepare(project, "mnist")


@pytest.mark.parametrize("name", ["101.hea", "101.dat", "101.atr"])
def test_a_missing_record_is_named(project, stand_in_data, name):
    shutil.copytree(stand_in_data / "raw" / "mitdb", project.raw("mitdb"))
    (project.raw("mitdb") / name).unlink()
    with pytest.raises(DataError, match=rf"{name} is missing: run `deepclaims fetch"):
        prepare(project, "ecg")


def test_official_files_are_read_once_more(project):
    raw = project.raw("mitdb")
    raw.mkdir(parents=True)
    write_source(raw, SourceRecord("mitdb", "official", "0" * 16))
    first = next(iter(manifest("mitdb")))
    with pytest.raises(DataError, match=f"{first} is missing"):
        prepare(project, "ecg")
    (raw / first).write_bytes(b"not a record")
    with pytest.raises(DataError, match=f"{first} is not what its sha256 says"):
        prepare(project, "ecg")


def test_a_record_that_cannot_be_parsed_is_named(project, stand_in_data):
    shutil.copytree(stand_in_data / "raw" / "mitdb", project.raw("mitdb"))
    (project.raw("mitdb") / "103.hea").write_text("nonsense\n")
    with pytest.raises(DataError, match=r"the header .*103\.hea is damaged"):
        prepare(project, "ecg")


def test_unpublished_counts_are_refused(stand_in_data):
    from deepclaims.data.ecg_files import ecg_arrays

    with pytest.raises(DataError, match="45866"):
        ecg_arrays(stand_in_data / "raw" / "mitdb", "official")


def test_the_verb(project, capsys):
    with pytest.raises(ConfigError, match="known: all, mnist, ecg"):
        run(["dataset=mitdb"])
    fetch(project, "mnist", "embedded")
    capsys.readouterr()
    run(["dataset=mnist"])
    out = capsys.readouterr().out
    assert out == "mnist: prepared from the embedded files; train 3500, validation 500, test 1000\n"
