"""Data of one's own from files: against files written by NumPy, pandas and by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.data.arrays import class_names, own_statistics
from deepclaims.data.files import content_fingerprint
from deepclaims.data.registry import load
from deepclaims.errors import ConfigError, DataError


def loaded(name, path, **options):
    return load({"name": name, "path": str(path), **options}, 0)


def test_an_npz_is_split_by_rule_and_scaled_by_what_is_trained_on(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(3, 2, (100, 5)), rng.integers(0, 3, 100)
    np.savez(tmp_path / "a.npz", inputs=x, targets=y)
    splits = loaded("arrays", tmp_path / "a.npz")
    assert [len(splits.train), len(splits.validation), len(splits.test)] == [70, 10, 20]
    assert (splits.task, splits.outputs, splits.input_shapes) == ("classification", 3, ((5,),))
    assert torch.allclose(splits.train.inputs[0].mean(0), torch.zeros(5), atol=1e-5)
    assert torch.allclose(splits.train.inputs[0].std(0, correction=0), torch.ones(5), atol=1e-5)
    again = load({"name": "arrays", "path": str(tmp_path / "a.npz")}, 1)
    assert torch.equal(again.test.inputs[0], splits.test.inputs[0])


def test_given_parts_and_groups_are_kept(tmp_path):
    x = np.arange(60.0).reshape(30, 2)
    part = np.repeat(["train", "validation", "test"], 10)
    np.savez(tmp_path / "a.npz", x=x, y=x[:, :1], part=part)
    splits = loaded("arrays", tmp_path / "a.npz", standardise="none")
    assert splits.task == "regression"
    assert torch.equal(splits.test.inputs[0], torch.tensor(x[20:], dtype=torch.float32))
    np.savez(tmp_path / "b.npz", x_train=x[:20], y_train=x[:20, 0], x_test=x[20:], y_test=x[20:, 0])
    assert len(loaded("arrays", tmp_path / "b.npz", validation=0.25).validation) == 5
    np.savez(tmp_path / "c.npz", x=x, y=x[:, 0] > 9, groups=np.repeat(np.arange(10), 3))
    splits = loaded("arrays", tmp_path / "c.npz")
    in_each = [set(s.groups.tolist()) for s in (splits.train, splits.validation, splits.test)]
    assert sum(map(len, in_each)) == len(set.union(*in_each)) == 10


def test_a_csv_has_its_target_by_name(tmp_path):
    file = tmp_path / "a.csv"
    frame = pd.DataFrame({"a": range(40), "b": 1.0, "kind": ["cat", "dog"] * 20, "who": range(40)})
    frame.to_csv(file, index=False)
    splits = loaded("csv", file, target="kind", group="who")
    assert (splits.input_shapes, splits.outputs) == (((2,),), 2)
    names = class_names({"name": "csv", "path": str(file), "target": "kind", "group": "who"})
    assert names == ["cat", "dog"]
    with pytest.raises(ConfigError, match="has no column 'price'; it has a, b, kind, who"):
        loaded("csv", file, target="price")
    with pytest.raises(DataError, match="kind hold words"):
        loaded("csv", file, target="who")


def test_idx_files_of_mnists_kind(tmp_path):
    for stem, count in (("train", 50), ("t10k", 10)):
        images = np.random.default_rng(count).integers(0, 255, (count, 4, 4), dtype=np.uint8)
        labels = (np.arange(count) % 5).astype(np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            head = bytes((0, 0, 8, array.ndim))
            sizes = b"".join(int(n).to_bytes(4, "big") for n in array.shape)
            (tmp_path / f"{stem}-{kind}-ubyte").write_bytes(head + sizes + array.tobytes())
    splits = loaded("idx", tmp_path, task="classification", standardise="none")
    assert [len(splits.train), len(splits.validation), len(splits.test)] == [45, 5, 10]
    assert splits.input_shapes == ((1, 4, 4),)
    assert torch.equal(splits.test.inputs[0][:, 0], torch.tensor(images, dtype=torch.float32))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"words")
    with pytest.raises(DataError, match="no IDX file"):
        loaded("idx", tmp_path)


def test_what_is_wrong_with_a_file_is_said(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((5, 2)))
    with pytest.raises(DataError, match="has no targets"):
        loaded("arrays", tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", x=np.full((50, 2), np.nan), y=np.arange(50))
    with pytest.raises(DataError, match="no finite number"):
        loaded("arrays", tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", x=np.zeros((50, 2)), y=np.arange(50))
    whole = (tmp_path / "a.npz").read_bytes()
    zeroed = whole[:200] + b"\1" * 40 + whole[240:]
    for damaged in (b"nothing", whole[: len(whole) // 2], zeroed):
        (tmp_path / "a.npz").write_bytes(damaged)
        with pytest.raises(DataError, match=r"cannot be read as \.npz"):
            loaded("arrays", tmp_path / "a.npz")


@pytest.mark.parametrize("shape", [(80,), (80, 3)])
def test_a_network_had_again_scales_to_the_bit_as_it_was_trained(tmp_path, shape):
    x = np.random.default_rng(0).normal(12345.678, 0.1, shape)  # doubles, rounded by float32
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(80) % 2)
    said = {"name": "arrays", "path": str(tmp_path / "a.npz")}
    mean, std = own_statistics(said)
    read = x.astype(np.float32).reshape(80, -1)
    seen = loaded("arrays", tmp_path / "a.npz").train.inputs[0].numpy()
    scaled = {row.tobytes() for row in (read - mean) / std}
    assert {row.tobytes() for row in seen} <= scaled


def test_a_fingerprint_is_of_the_content(tmp_path):
    said = {"name": "arrays", "path": str(tmp_path / "a.npz")}
    (tmp_path / "a.npz").write_bytes(b"one")
    first = content_fingerprint(said)
    (tmp_path / "b.npz").write_bytes(b"one")
    assert content_fingerprint({**said, "path": str(tmp_path / "b.npz")}) == first
    (tmp_path / "a.npz").write_bytes(b"two")
    assert content_fingerprint(said) != first


def test_a_folder_of_wfdb_records_is_prepared_as_mit_bih_is(small_ecg, project):
    raw, prepared = small_ecg
    options = {"second": "auto", "test_records": ["100", 103], "validation": 0.0}
    with pytest.raises(ConfigError, match="no record 999"):
        loaded("wfdb", raw, leave_out=[999])
    splits = loaded("wfdb", raw, **options)
    assert splits.group_names == ("100", "101", "103", "114", "116")
    official = load({"name": "ecg", "protocol": "inter", "use_validation": False}, 0, prepared)
    assert splits.input_shapes == official.input_shapes
    for mine, theirs in zip(splits.test.inputs, official.test.inputs, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-3)
    assert torch.equal(splits.test.targets, official.test.targets)
