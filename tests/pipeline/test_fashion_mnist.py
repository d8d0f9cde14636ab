"""Fashion-MNIST from a mirror to a training: small made files take the place of the published."""

import gzip
import hashlib
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from deepclaims.data import manifest, mnist_files
from deepclaims.data.prepared import read_meta
from deepclaims.data.registry import folder_of, load
from deepclaims.data.source import SourceRecord, read_source, write_source
from deepclaims.errors import ConfigError, DataError, StageError
from deepclaims.pipeline import fetch as fetch_module
from deepclaims.pipeline import prepare as prepare_module
from deepclaims.pipeline.fetch import fetch
from deepclaims.pipeline.prepare import prepare
from deepclaims.sweep.compose import Composer
from deepclaims.training.replicas import train_in_stack
from deepclaims.training.task import train

NAME = "fashion_mnist"
TRAIN, TEST, VALIDATION = 300, 100, 50
FILES = [
    f"{part}-{kind}-ubyte.gz"
    for part in ("t10k", "train")
    for kind in ("images-idx3", "labels-idx1")
]


def idx(array: np.ndarray) -> bytes:
    return (
        bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    ) + array.tobytes()


def made(seed: int) -> dict[str, bytes]:
    """The unpacked files of a small set: each class is a bright bar at its own height."""
    rng = np.random.default_rng(seed)
    files = {}
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        labels = rng.permutation(np.arange(count, dtype=np.uint8) % 10)
        images = rng.integers(0, 100, (count, 28, 28))
        images[np.arange(count), 2 * labels + 4] += 150
        files[f"{part}-images-idx3-ubyte.gz"] = idx(images.astype(np.uint8))
        files[f"{part}-labels-idx1-ubyte.gz"] = idx(labels)
    return files


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The unpacked files, which the manifest of this data set lists; nobody serves any data."""
    files = made(0)
    lists = tmp_path / "manifests"
    shutil.copytree(manifest.MANIFESTS, lists)
    listed = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in FILES]
    (lists / f"{NAME}.txt").write_text("\n".join(listed) + "\n")
    monkeypatch.setattr(manifest, "MANIFESTS", lists)
    monkeypatch.setattr(mnist_files, "PUBLISHED", {"train": TRAIN, "test": TEST})
    monkeypatch.setattr(mnist_files, "HELD_OUT", {"official": VALIDATION, "embedded": 500})
    for dataset, published in list(manifest.PUBLISHED.items()):
        nowhere = manifest.Published(
            dataset, published.folder, "http://127.0.0.1:9/", published.unpacked
        )
        monkeypatch.setitem(manifest.PUBLISHED, dataset, nowhere)
    monkeypatch.delenv("DEEPCLAIMS_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clear()
    yield files
    clear()


def clear() -> None:
    manifest.manifest.cache_clear()
    manifest.official_fingerprint.cache_clear()


@pytest.fixture
def served(content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror of this data set."""
    folder = tmp_path / "mirror" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name, unpacked in content.items():
        (folder / name).write_bytes(gzip.compress(unpacked))
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(folder.parent))
    return folder


@pytest.fixture
def prepared(project, served):
    fetch(project, NAME)
    prepare(project, NAME)
    return project


def test_its_files_however_compressed_are_one_data_set(project, served, content):
    first = fetch(project, NAME, "mirror")
    shutil.rmtree(project.raw(NAME))
    for name, unpacked in content.items():
        (served / name).write_bytes(gzip.compress(unpacked, 1, mtime=7))
    again = fetch(project, NAME, "mirror")
    assert again == first == SourceRecord(NAME, "official", first.fingerprint)
    for name in FILES:
        held = (project.raw(NAME) / name).read_bytes()
        assert held == (served / name).read_bytes()
        assert gzip.decompress(held) == content[name]


def test_other_content_is_refused_by_name(project, served, content, capsys):
    name = "train-labels-idx1-ubyte.gz"
    wrong = content[name][:-1] + bytes(((content[name][-1] + 1) % 10,))
    (served / name).write_bytes(gzip.compress(wrong))
    with pytest.raises(DataError, match=rf"^{NAME}: 1 official files .*\({name}\).*refused"):
        fetch(project, NAME, "mirror")
    found, expected = (hashlib.sha256(each).hexdigest()[:12] for each in (wrong, content[name]))
    said = f"damaged, refused: {name} (sha256 {found}…, expected {expected}…)"
    assert said in capsys.readouterr().out
    assert not project.raw(NAME).exists()


def test_a_file_that_ends_too_early_is_refused_and_only_it_is_asked_for_again(
    project, served, capsys
):
    name = "t10k-images-idx3-ubyte.gz"
    whole = (served / name).read_bytes()
    (served / name).write_bytes(whole[:-20])
    with pytest.raises(DataError, match=rf"{name} \(no whole gzip file, expected"):
        fetch(project, NAME)
    (served / name).write_bytes(whole)
    capsys.readouterr()
    assert fetch(project, NAME).kind == "official"
    assert "asking for 1 of 4 files" in capsys.readouterr().out


def test_a_held_file_that_is_damaged_is_named_and_fetched_again(project, served, content):
    fetch(project, NAME)
    path = project.raw(NAME) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=f"{path.name} is not what its sha256 says: run "):
        prepare(project, NAME)
    fetch(project, NAME)
    assert gzip.decompress(path.read_bytes()) == content[path.name]


@pytest.mark.parametrize("source", ["auto", "official"])
def test_where_it_cannot_be_had_nothing_takes_its_place(project, content, source):
    with pytest.raises(DataError, match=r"check the network, or name .*fashion-mnist/") as error:
        fetch(project, NAME, source)
    assert "stand-in" not in str(error.value)
    assert "\n" not in str(error.value)
    assert not project.raw(NAME).exists()
    with pytest.raises(StageError, match=f"run `deepclaims fetch dataset={NAME}` first"):
        prepare(project, NAME)


def test_a_stand_in_that_is_asked_for_is_refused(project, content):
    with pytest.raises(DataError, match=f"{NAME} has no stand-in"):
        fetch(project, NAME, "embedded")
    assert not project.raw(NAME).exists()


@pytest.mark.parametrize("source", ["auto", "embedded"])
def test_all_goes_on_without_it_and_says_so(project, content, monkeypatch, capsys, source):
    monkeypatch.setattr(fetch_module, "make_embedded", lambda *_: None)
    fetch_module.run([f"data.source={source}"])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("left out, the pipeline does not need it") for line in lines) == 1
    assert lines[-1].startswith(NAME)
    for dataset in ("mnist", "mitdb"):
        assert read_source(project.raw(dataset), dataset).kind == "embedded"
    assert not project.raw(NAME).exists()


def test_all_still_fails_for_what_the_pipeline_needs(project, served):
    with pytest.raises(DataError, match=r"(?s)^mnist: 4 official .*mitdb: 144 official") as error:
        fetch_module.run(["data.source=mirror"])
    assert NAME not in str(error.value)
    assert read_source(project.raw(NAME), NAME).kind == "official"


def test_all_that_is_prepared_is_what_was_fetched(project, served, monkeypatch, capsys):
    monkeypatch.setitem(prepare_module.RAW, "ecg", "mnist")  # any that need not be made here
    fetch(project, "mnist", "embedded")
    monkeypatch.setattr(prepare_module, "_builder", lambda _: (lambda *_: ({}, {"counts": {}}), 1))
    prepare_module.run([])
    assert "fashion_mnist has not been fetched" in capsys.readouterr().out
    fetch(project, NAME)
    prepare_module.run([])
    assert "fashion_mnist: prepared from the official files" in capsys.readouterr().out


def test_it_is_cut_like_mnist_and_loads_with_mnists_options(prepared, content):
    meta = read_meta(prepared.prepared(NAME), NAME)
    assert meta["counts"] == {"train": TRAIN - VALIDATION, "validation": VALIDATION, "test": TEST}
    assert meta["source"] == "official"
    config = {"name": NAME, "n_train": 100, "pool": 2, "label_noise": 0.1, "standardise": "none"}
    splits = load(config, 3, folder_of(config))
    assert splits.source == "official"
    assert (splits.outputs, splits.input_shape) == (10, (1, 14, 14))
    clean = load({**config, "label_noise": 0.0}, 3, folder_of(config)).train.targets
    assert torch.bincount(clean).tolist() == [10] * 10
    assert (clean != splits.train.targets).sum() == 10
    # Test is as published, in its order: read here by hand, past the headers of 16 and 8 bytes.
    images = np.frombuffer(content["t10k-images-idx3-ubyte.gz"][16:], np.uint8)
    blocks = images.reshape(TEST, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    assert np.allclose(splits.test.inputs[0].squeeze(1).numpy(), blocks, atol=1e-6)
    labels = np.frombuffer(content["t10k-labels-idx1-ubyte.gz"][8:], np.uint8)
    assert splits.test.targets.tolist() == labels.tolist()


def test_what_is_refused_is_refused_in_its_name(prepared, tmp_path):
    folder = prepared.prepared(NAME)
    with pytest.raises(ConfigError, match=f"data={NAME} has no option noise"):
        load({"name": NAME, "noise": 1}, 0, folder)
    with pytest.raises(StageError, match=f"{NAME} is not prepared.*prepare dataset={NAME}` first"):
        load({"name": NAME}, 0, tmp_path / "nowhere")
    (folder / "train_images.npy").unlink()
    with pytest.raises(StageError, match=rf"train_images.*prepare dataset={NAME}` again"):
        load({"name": NAME}, 0, folder)


def test_mnist_never_passes_for_it_nor_the_other_way_round(prepared, stand_in_data):
    digits = stand_in_data / "prepared" / "mnist"
    with pytest.raises(DataError, match=f"{digits} holds mnist, and not {NAME}"):
        load({"name": NAME}, 0, digits)
    with pytest.raises(DataError, match=f"holds {NAME}, and not mnist"):
        load({"name": "mnist"}, 0, prepared.prepared(NAME))


def test_raw_digits_in_its_folder_are_refused(project, content, stand_in_data):
    shutil.copytree(stand_in_data / "raw" / "mnist", project.raw(NAME))
    with pytest.raises(DataError, match=f"holds a stand-in.*run `deepclaims fetch dataset={NAME}`"):
        prepare(project, NAME)
    for name, unpacked in made(1).items():
        (project.raw(NAME) / name).write_bytes(gzip.compress(unpacked))
    write_source(project.raw(NAME), SourceRecord(NAME, "official", "0" * 16))
    with pytest.raises(DataError, match="is not what its sha256 says"):
        prepare(project, NAME)


@pytest.mark.parametrize("train", [train, train_in_stack])
def test_a_net_learns_it(prepared, train):
    config = Composer(prepared.conf).cell(
        [f"data={NAME}14", "model=mlp", "model.width=16", "fit.steps=200", "fit.batch_size=50"]
    )
    assert train(config, 0).metrics["test_error"] < 0.2  # guessing: 0.9


@pytest.mark.slow
@pytest.mark.real_data
def test_the_published_files_are_had_from_a_mirror(project, mirror, monkeypatch):
    if not (mirror / "fashion-mnist").is_dir():
        pytest.skip("needs Fashion-MNIST in DEEPCLAIMS_MIRROR: it has no folder fashion-mnist/")
    monkeypatch.setenv("DEEPCLAIMS_MIRROR", str(mirror))
    assert fetch(project, NAME, "mirror").kind == "official"
    meta = prepare(project, NAME)
    assert meta["counts"] == {"train": 55_000, "validation": 5_000, "test": 10_000}
    # The 0.2860 and 0.3530 that everybody standardises it by are of all 60 000.
    numbers = meta["statistics"]["pool1"]
    assert numbers["mean"] == pytest.approx(0.2860, abs=5e-4)
    assert numbers["std"] == pytest.approx(0.3530, abs=5e-4)
    splits = load({"name": NAME}, 0, project.prepared(NAME))
    # As published: 6 000 images a class to train, 1 000 to test.
    whole = torch.cat([splits.train.targets, splits.validation.targets])
    assert torch.bincount(whole).tolist() == [6_000] * 10
    assert torch.bincount(splits.test.targets).tolist() == [1_000] * 10
