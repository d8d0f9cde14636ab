"""A pilot reads nothing of what is to be tested on: the test arrays are taken away here."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deepclaims.claims.claim import load as load_claim
from deepclaims.data import ecg, ecg_segments
from deepclaims.data.aami import DS1, DS2, FOLDS, VALIDATION, halves
from deepclaims.data.locked import LOCKED, is_locked, locked
from deepclaims.data.registry import load
from deepclaims.project import Project
from deepclaims.sweep.cell import cell_of
from deepclaims.sweep.compose import Composer


@pytest.fixture
def without_test(stand_in_data, tmp_path):
    """The prepared stand-in of MNIST with its test arrays gone."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for file in (stand_in_data / "prepared" / "mnist").iterdir():
        if not file.name.startswith("test_"):
            (folder / file.name).symlink_to(file)
    return folder


def test_mnists_test_images_are_not_read(without_test, stand_in_data):
    open_ = load({"name": "mnist"}, 0, stand_in_data / "prepared" / "mnist")
    shut = load({"name": "mnist", "locked": True}, 0, without_test)
    with pytest.raises(Exception, match="test_"):
        load({"name": "mnist"}, 0, without_test)
    for split, half in ((shut.validation, slice(0, None, 2)), (shut.test, slice(1, None, 2))):
        assert torch.equal(split.inputs[0], open_.validation.inputs[0][half])
        assert torch.equal(split.targets, open_.validation.targets[half])
    assert torch.equal(shut.train.targets, open_.train.targets)


def test_counts_are_of_the_halves(without_test):
    few = load(
        {"name": "mnist", "locked": True, "n_validation": 60, "n_test": 9999}, 0, without_test
    )
    assert (len(few.validation), len(few.test)) == (60, 250)


@pytest.mark.parametrize("protocol", ["inter", "swap", "folds", "intra"])
def test_no_patient_to_be_tested_on_is_read(protocol):
    record = np.repeat(np.array((*DS1, *DS2)), 1280)
    place = np.tile(np.arange(1280), len((*DS1, *DS2)))
    masks = ecg.divide(record, place, ecg.EcgOptions(protocol=protocol, locked=True))
    reads = {part: set(record[mask].tolist()) for part, mask in masks.items()}
    forbidden = {"swap": DS1, "folds": FOLDS[0]}.get(protocol, DS2)
    assert not set.union(*reads.values()) & set(forbidden)
    assert all(reads.values())
    assert not (masks["train"] & masks["test"]).any()
    if protocol != "intra":
        assert not reads["test"] & (reads["train"] | reads["validation"])


def test_segments_of_the_seven_are_not_read(monkeypatch, stand_in_data):
    read = []
    whole = ecg_segments._segments

    def watched(folder, numbers, *rest):
        read.extend(numbers)
        return whole(folder, numbers, *rest)

    monkeypatch.setattr(ecg_segments, "_segments", watched)
    folder = stand_in_data / "prepared" / "ecg"
    shut = load({"name": "ecg_segments", "locked": True}, 0, folder)
    assert not set(read) & set(ecg_segments.TEST)
    names = [{shut.group_names[group] for group in split.groups.tolist()}
             for split in (shut.validation, shut.test)]  # fmt: skip
    assert [{int(name) for name in each} for each in names] <= [set(h) for h in halves(VALIDATION)]


def test_a_config_is_locked_wherever_it_names_data():
    config = {"data": {"name": "mnist", "pool": 2}, "model": {"name": "mlp"}, "steps": 3}
    assert locked(config)["data"] == {"name": "mnist", "pool": 2, LOCKED: True}
    assert locked(config)["model"] == config["model"]
    assert locked({"data": {"name": "curve"}}) == {"data": {"name": "curve"}}
    assert not is_locked(config)


def locks(composer: Composer, home: Path, name: str, **pilot) -> dict[str, bool]:
    """Of each part of a claim that reads data, whether its test split is locked."""
    claim = load_claim(composer.conf, name, **pilot)
    found = {}
    for part in claim.parts:
        arm, axes = next(part.points())
        cell = cell_of(claim, part, arm, axes, composer, Project(home))
        if cell.data:
            found[part.name] = is_locked(cell.config) or is_locked(cell.config.get("data", {}))
    return found


@pytest.mark.parametrize("name", ["regularisation/dropout", "recurrence/bidirectional-ecg"])
@pytest.mark.parametrize(
    "pilot",
    [{"profile": "smoke"}, {"changes": {"seeds.count": 3}}, {"changes": {"seeds.first": 7}}],
)
def test_pilots_are_locked_and_what_is_registered_is_not(composer, stand_in_data, name, pilot):
    home = stand_in_data.parent
    assert set(locks(composer, home, name).values()) == {False}
    assert set(locks(composer, home, name, **pilot).values()) == {True}
