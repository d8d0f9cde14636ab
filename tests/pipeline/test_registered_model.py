"""The networks of `annotate` in MLflow's model registry: put there, and had from there."""

import shutil

import numpy as np
import pandas as pd
import pytest
import wfdb
from matplotlib.figure import Figure
from mlflow import MlflowClient

from deepclaims.data.ecg_files import read_record
from deepclaims.ecg import files, registered
from deepclaims.ecg.options import read_options
from deepclaims.ecg.trained_labeller import trained_networks
from deepclaims.errors import ConfigError, StorageError
from deepclaims.pipeline import annotate, evaluate, publish
from deepclaims.project import Project
from deepclaims.tracking.store import create, uri

pytestmark = pytest.mark.slow

CHAMPION = "models:/deepclaims-ecg@champion"


@pytest.fixture(autouse=True)
def _no_picture(monkeypatch):
    monkeypatch.setattr(files, "draw_annotated", lambda *_: Figure(figsize=(1, 1)))


@pytest.fixture(scope="module")
def publisher(kept, tmp_path_factory):
    """A project whose networks are registered once."""
    root = tmp_path_factory.mktemp("publisher") / "project"
    shutil.copytree(kept, root, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCLAIMS_ROOT", str(root))
        here = read_options(["103", "executor.workers=0"], Project(root)).executor
        trained_networks(Project(root), 1, here)
        publish.run(["model=deepclaims-ecg"])
    return root


@pytest.fixture
def reader(publisher, small_ecg, tmp_path, monkeypatch):
    """Another project, moved from there: it has the store, and neither networks nor data."""
    root = tmp_path / "reader % of #1"
    root.mkdir()
    for name in ("conf", ".mlflow"):
        shutil.copytree(publisher / name, root / name)
    shutil.copy(publisher / "dvc.yaml", root)
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "mitdb").symlink_to(small_ecg[0])
    monkeypatch.chdir(root)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    return Project(root)


def labels(name, extension):
    notes = wfdb.rdann(f"annotated/{name}", extension)
    return notes.sample.tolist(), notes.symbol, notes.num.tolist()


@pytest.mark.parametrize("leads", [(), ("second=none",)])
def test_a_registered_model_gives_the_labels_of_the_networks_it_was_made_of(
    publisher, reader, capsys, monkeypatch, leads
):
    annotate.run(["103", f"model={CHAMPION}", *leads])
    said = capsys.readouterr().out
    assert f"{CHAMPION}, version 1 of deepclaims-ecg" in said
    assert "trained on 3 records of the STAND-IN" in said
    assert "other code" not in said
    theirs = labels("103", "deep")
    monkeypatch.chdir(publisher)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(publisher))
    annotate.run(["103", *leads])
    assert labels("103", "deep") == theirs
    assert len(set(theirs[1])) > 2


def test_it_is_scored_as_the_networks_it_was_made_of(publisher, reader, monkeypatch):
    words = ["103", "114", "start=0", "out=scores.csv"]
    evaluate.run([*words, f"model={CHAMPION}"])
    theirs = (reader.root / "scores.csv").read_text()
    monkeypatch.chdir(publisher)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(publisher))
    evaluate.run(words)
    assert (publisher / "scores.csv").read_text() == theirs


def test_the_same_networks_are_one_version(publisher, monkeypatch, capsys):
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(publisher))
    publish.run(["model=deepclaims-ecg", "alias=second"])
    assert "models:/deepclaims-ecg@second is version 1" in capsys.readouterr().out
    client = MlflowClient(uri(publisher / ".mlflow"))
    (version,) = client.search_model_versions("name='deepclaims-ecg'")
    assert version.tags["deepclaims.source"] == "embedded"
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert 0 <= run.data.metrics["sensitivity/V/2"] <= 1


def test_a_version_whose_files_are_gone_is_said_and_registered_anew(
    publisher, tmp_path, monkeypatch, small_ecg, capsys
):
    root = tmp_path / "copy"
    shutil.copytree(publisher, root, symlinks=True)
    monkeypatch.chdir(root)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    (weights,) = root.glob(
        ".mlflow/artifacts/annotate/*/artifacts/model/data/*/2/0/weights.parquet"
    )
    content = weights.read_bytes()
    weights.write_bytes(content[:-1])
    with pytest.raises(StorageError, match=r"2/0/weights\.parquet is missing or damaged"):
        annotate.run(["103", f"model={CHAMPION}"])
    for folder in root.glob(".mlflow/artifacts/annotate/*/artifacts/model"):
        shutil.rmtree(folder)
    with pytest.raises(StorageError, match=r"version 1 of .* its files are not in .* again"):
        annotate.run(["103", f"model={CHAMPION}"])
    publish.run(["model=deepclaims-ecg"])
    assert "is version 2" in capsys.readouterr().out
    annotate.run(["103", "model=models:/deepclaims-ecg/2"])


def test_what_is_not_there_is_said(reader, tmp_path, monkeypatch):
    for model, said in (
        (
            "models:/deepclaims-ecg@best",
            r"no models:/deepclaims-ecg@best; it has models:/deepcl.*@ch",
        ),
        ("models:/deepclaims-ecg/7", r"has no models:/deepclaims-ecg/7; it has .*deepclaims-ecg/1"),
        ("models:/another@champion", r"store .*\.mlflow has no model another"),
        ("deepclaims-ecg", r"'deepclaims-ecg' is no address of a registered model"),
    ):
        with pytest.raises(ConfigError, match=said):
            annotate.run(["103", f"model={model}"])
    with pytest.raises(StorageError, match=r"http://127\.0\.0\.1:9 cannot be had"):
        annotate.run(["103", f"model={CHAMPION}", "tracking.uri=http://127.0.0.1:9"])
    with pytest.raises(ConfigError, match="name one of them"):
        evaluate.run(["103", "test=atr", f"model={CHAMPION}"])
    shutil.rmtree(reader.root / ".mlflow")
    with pytest.raises(StorageError, match=r"there is no MLflow's store .*, hence no models:/"):
        annotate.run(["103", f"model={CHAMPION}"])
    assert not (reader.root / ".mlflow").exists()


def test_a_model_of_somebody_elses_is_no_labeller(reader):
    create(reader.mlflow)  # it is told where it is now
    client = MlflowClient(uri(reader.root / ".mlflow"))
    run = client.create_run(client.get_experiment_by_name("annotate").experiment_id)
    client.log_dict(run.info.run_id, {"flavors": {}}, "model/MLmodel.json")
    client.create_registered_model("other")
    client.create_model_version("other", f"{run.info.artifact_uri}/model", run.info.run_id)
    with pytest.raises(StorageError, match="holds no networks of `deepclaims annotate`"):
        annotate.run(["103", "model=models:/other/1"])


def test_networks_of_other_code_are_said_to_be(reader, monkeypatch, capsys):
    monkeypatch.setattr("deepclaims.ecg.ensembles.code_fingerprint", lambda _: "of later code")
    annotate.run(["103", f"model={CHAMPION}"])
    assert registered.OTHER_CODE in capsys.readouterr().out


def test_mlflow_itself_loads_it(reader, small_ecg, monkeypatch):
    import mlflow

    before = mlflow.get_tracking_uri()
    annotate.run(["103", f"model={CHAMPION}"])
    mlflow.set_tracking_uri(uri(reader.root / ".mlflow"))
    try:
        served = mlflow.pyfunc.load_model(CHAMPION)
    finally:
        mlflow.set_tracking_uri(before)
    signal, sample, _ = read_record(small_ecg[0], 103)
    record = pd.DataFrame(signal, columns=["MLII", "V1"]).assign(beat=False)
    record.loc[sample, "beat"] = True
    given = served.predict(record)
    assert given["sample"].tolist() == sample.tolist()
    called = np.array(list("NSVF"))[given[["N", "S", "V", "F"]].to_numpy().argmax(axis=1)]
    assert called.tolist() == labels("103", "deep")[1][1:]
