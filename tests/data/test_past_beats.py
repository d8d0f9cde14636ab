import numpy as np
import pytest
import torch

from deepclaims.data.aami import DS1, DS2, FOLDS, VALIDATION, halves
from deepclaims.data.past_beats import (
    AFTER,
    FORGETTING,
    KEPT,
    PastOptions,
    described,
    running,
)
from deepclaims.data.prepared import read_array, read_meta
from deepclaims.data.registry import load
from deepclaims.errors import ConfigError


@pytest.fixture(scope="module")
def folder(stand_in_data):
    return stand_in_data / "prepared" / "ecg"


def past(folder, **options):
    return load({"name": "ecg_past", **options}, 0, folder)


def records(splits, split) -> set[int]:
    return {int(splits.group_names[g]) for g in split.groups}


@pytest.fixture
def tape():
    """A made record: signal, samples of the beats, their features."""
    rng = np.random.default_rng(3)
    sample = np.cumsum(rng.integers(70, 130, 60)) + 60
    causal = rng.normal(size=(60, 9))
    return rng.normal(size=(sample[-1] + 200, 2)), sample, causal


@pytest.mark.parametrize("beat", [0, 1, 17, 40])
def test_nothing_that_follows_a_beat_changes_what_is_said_of_it(tape, beat):
    signal, sample, causal = tape
    before = described(signal, sample, causal)
    later = signal.copy()
    later[sample[beat] + AFTER :] += 50.0
    features = causal.copy()
    features[beat + 1 :] += 1.0
    after = described(later, sample, features)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one[: beat + 1], other[: beat + 1])
        assert not np.array_equal(one[beat + 1 :], other[beat + 1 :])


def test_the_scale_of_a_record_does_not_matter(tape):
    """What the prepared data divided it by is a constant of the whole record."""
    signal, sample, causal = tape
    scaled = causal.copy()
    scaled[:, 5:7] *= 3.0  # the spreads of P are in units of the signal
    for one, other in zip(
        described(signal, sample, causal), described(3.0 * signal, sample, scaled), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_a_running_mean_weighs_the_past_less_and_skips_what_does_not_count():
    values = np.array([[1.0], [5.0], [2.0], [9.0]])
    found = running(values, np.array([True, False, True, False]))
    both = (2.0 + FORGETTING * 1.0) / (1 + FORGETTING)
    np.testing.assert_allclose(found[:, 0], [1.0, 1.0, both, both])
    np.testing.assert_allclose(running(values, np.full(4, False))[:, 0], 1.0)


def test_shapes_counts_and_padding(folder):
    splits = past(folder, sequence_length=50)
    assert splits.input_shapes == ((50, 2, 36), (50, 7)) == ((50, 2, 36), (50, len(KEPT)))
    published = read_meta(folder, "ecg")["counts"]["DS2"]
    counts = torch.bincount(splits.test.targets[splits.test.targets >= 0], minlength=4)
    assert counts.tolist() == [published[name] for name in "NSVF"]
    waves, features = splits.test.inputs
    record = np.asarray(read_array(folder, "beat_record", "ecg"))
    rows, beats = np.unique(record, return_counts=True)
    for row, n in zip(rows, beats, strict=True):
        mine = splits.test.groups == int(row)
        if mine.any():
            assert int(mine.sum()) == -(-n // 50)
            filled = n - 50 * (int(mine.sum()) - 1)
            assert waves[mine][-1, filled:].abs().sum() == 0
            assert features[mine][-1, filled:].abs().sum() == 0
            assert (splits.test.targets[mine][-1, filled:] == -1).all()


@pytest.mark.parametrize(
    ("protocol", "known", "tested"),
    [("inter", DS1, DS2), ("swap", DS2, DS1),
     ("folds", tuple(set(DS1) - set(FOLDS[1])), FOLDS[1])],
)  # fmt: skip
def test_patients_are_divided_as_for_the_whole_beats(folder, protocol, known, tested):
    splits = past(folder, protocol=protocol, fold=1, use_validation=False)
    assert splits.validation is None
    assert records(splits, splits.train) == set(known)
    assert records(splits, splits.test) == set(tested)


def test_what_is_tried_out_sees_none_of_those_to_be_tested_on(folder):
    splits = past(folder, locked=True, use_validation=False)
    tested = halves(VALIDATION)[1]
    assert records(splits, splits.test) == set(tested)
    assert records(splits, splits.train) == set(DS1) - set(tested)


def test_options_and_config_agree(checkout):
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.load(checkout / "conf/data/ecg_past.yaml"))
    assert config.pop("name") == "ecg_past"
    assert PastOptions(**config) == PastOptions()
    assert set(config) == set(vars(PastOptions()))


def test_impossible_options_are_refused(folder):
    with pytest.raises(ConfigError, match="protocol"):
        past(folder, protocol="intra")
