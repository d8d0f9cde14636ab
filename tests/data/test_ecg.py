import numpy as np
import pytest
import torch

from deepclaims.data.aami import CLASSES, DS1, DS2, FOLDS, PUBLISHED, VALIDATION
from deepclaims.data.ecg import EcgOptions, divide
from deepclaims.data.ecg_segments import SegmentOptions
from deepclaims.data.prepared import read_array, read_meta
from deepclaims.data.registry import load
from deepclaims.errors import ConfigError, DataError


@pytest.fixture(scope="module")
def folder(stand_in_data):
    return stand_in_data / "prepared" / "ecg"


def ecg(folder, seed=0, **options):
    return load({"name": "ecg", **options}, seed, folder)


def records(splits, split) -> set[int]:
    return {int(splits.group_names[g]) for g in split.groups}


def class_counts(split) -> list[int]:
    return torch.bincount(split.targets[split.targets >= 0], minlength=4).tolist()


def test_no_patient_is_in_two_splits(folder):
    splits = ecg(folder)
    assert records(splits, splits.test) == set(DS2)
    assert records(splits, splits.validation) == set(VALIDATION)
    assert records(splits, splits.train) == set(DS1) - set(VALIDATION)
    assert splits.source == "embedded"


def test_every_beat_is_in_one_sequence(folder):
    splits = ecg(folder)
    published = read_meta(folder, "ecg")["counts"]
    assert class_counts(splits.test) == [published["DS2"][name] for name in CLASSES[:4]]
    both = np.add(class_counts(splits.train), class_counts(splits.validation))
    assert both.tolist() == [published["DS1"][name] for name in CLASSES[:4]]


def test_shapes_and_padding(folder):
    splits = ecg(folder, sequence_length=50)
    assert splits.input_shapes == ((50, 2, 108), (50, 11))
    assert (splits.task, splits.outputs) == ("tagging", 4)
    wave, features = splits.test.inputs
    assert wave.shape[1:] == (50, 2, 108)
    padded = splits.test.targets == -1
    assert padded.any()
    assert wave[padded].abs().sum() == features[padded].abs().sum() == 0
    # Padding is at the end of a sequence, and only in a record's last one.
    assert (padded.int().diff(dim=1) >= 0).all()
    assert int(padded.any(dim=1).sum()) <= len(DS2)


def test_a_sequence_is_consecutive_beats_of_one_record(folder):
    splits = ecg(folder, waveform="raw", features="none", sequence_length=16)
    record = read_array(folder, "beat_record", "ecg")
    number = list(read_array(folder, "records", "ecg")).index(100)
    kinds = read_array(folder, "beat_class", "ecg")[record == number]
    mine = splits.test.targets[splits.test.groups == number].flatten()
    assert mine[: len(kinds)].tolist() == kinds.tolist()
    signal, sample = (read_array(folder, n, "ecg") for n in ("signal", "beat_sample"))
    at = sample[record == number][20]
    window = splits.test.inputs[0][splits.test.groups == number].flatten(0, 1)[20]
    assert np.array_equal(window.numpy(), signal[at - 48 : at + 60].T.astype(np.float32))


def test_the_difference_is_to_the_records_reference_beat(folder):
    raw, difference = (ecg(folder, waveform=w).test for w in ("raw", "difference"))
    reference = torch.from_numpy(np.array(read_array(folder, "reference", "ecg")))
    filled = raw.targets >= 0
    expected = raw.inputs[0] - reference[raw.groups][:, None]
    assert torch.allclose(difference.inputs[0][filled], expected[filled], atol=1e-6)


@pytest.mark.parametrize(("name", "count"), [("offline", 11), ("causal", 9)])
def test_features_are_standardised_by_the_training_beats(folder, name, count):
    splits = ecg(folder, features=name)
    train = splits.train.inputs[1][splits.train.targets >= 0]
    assert train.shape[1] == count
    assert train.mean(dim=0).abs().max() < 0.05
    assert (train.std(dim=0) - 1).abs().max() < 0.3  # cut off at 5 standard deviations
    assert splits.test.inputs[1].abs().max() <= 5


def test_without_features_the_waveform_is_alone(folder):
    assert len(ecg(folder, features="none").train.inputs) == 1


def test_swapped_and_without_validation(folder):
    swapped = ecg(folder, protocol="swap", use_validation=False)
    assert swapped.validation is None
    assert records(swapped, swapped.train) == set(DS2)
    assert records(swapped, swapped.test) == set(DS1)


def test_the_folds_part_ds1_by_patient(folder):
    assert sorted(sum(FOLDS, ())) == sorted(DS1)
    tested = []
    for fold in range(len(FOLDS)):
        splits = ecg(folder, protocol="folds", fold=fold)
        test, held_out = records(splits, splits.test), records(splits, splits.validation)
        assert test == set(FOLDS[fold])
        assert records(splits, splits.train) | held_out == set(DS1) - test
        assert held_out
        assert not records(splits, splits.train) & held_out
        tested += class_counts(splits.test)
    everything = ecg(folder, use_validation=False).train
    assert np.reshape(tested, (-1, 4)).sum(axis=0).tolist() == class_counts(everything)


def test_intra_has_every_tested_patient_on_both_sides_but_no_beat():
    everybody = (*DS1, *DS2)
    record, place = np.repeat(everybody, 640), np.tile(np.arange(640), len(everybody))
    masks = divide(record, place, EcgOptions(protocol="intra"))
    assert set(record[masks["test"]]) == set(DS2)
    assert all(set(record[masks[part]]) == set(everybody) for part in ("train", "validation"))
    times = sum(mask.astype(int) for mask in masks.values())
    assert np.array_equal(times[np.isin(record, DS2)], np.ones(640 * len(DS2)))
    # As many beats to learn from as DS1 has.
    assert masks["train"].sum() + masks["validation"].sum() == 640 * len(DS1)
    # In whole sequences: pieces of 64 beats.
    assert all(
        (np.diff(mask.reshape(-1, 64).astype(int), axis=1) == 0).all() for mask in masks.values()
    )


def test_shuffled_labels_stay_in_their_record_and_in_training(folder):
    plain, shuffled = (ecg(folder, shuffle_labels=s) for s in (False, True))
    assert torch.equal(plain.test.targets, shuffled.test.targets)
    assert torch.equal(plain.validation.targets, shuffled.validation.targets)
    assert not torch.equal(plain.train.targets, shuffled.train.targets)
    for group in plain.train.groups.unique():
        mine = plain.train.groups == group
        a, b = plain.train.targets[mine], shuffled.train.targets[mine]
        assert torch.equal(a.flatten().sort().values, b.flatten().sort().values)
    again = ecg(folder, seed=1, shuffle_labels=True)
    assert not torch.equal(again.train.targets, shuffled.train.targets)


def test_q_is_neither_learnt_nor_scored(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    classes = np.load(tmp_path / "beat_class.npy")
    before = ecg(tmp_path).test
    record, numbers = np.load(tmp_path / "beat_record.npy"), np.load(tmp_path / "records.npy")
    first = np.flatnonzero(numbers[record] == 100)[0]
    classes[first] = CLASSES.index("Q")
    np.save(tmp_path / "beat_class.npy", classes)
    after = ecg(tmp_path).test
    assert (after.targets >= 0).sum() == (before.targets >= 0).sum() - 1
    assert torch.equal(after.inputs[0], before.inputs[0])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"split": "inter"}, "no option split; known: protocol"),
        ({"protocol": "random"}, "may be inter, swap, intra, folds"),
        ({"protocol": "folds", "fold": 5}, "may be 0, 1, 2, 3, 4"),
        ({"fold": True}, "fold=True is not possible"),
        ({"features": "all"}, "may be offline, causal, none"),
        ({"sequence_length": None}, "whole number > 0"),
    ],
)
def test_what_is_not_possible_is_refused(folder, options, says):
    with pytest.raises(ConfigError, match=says):
        ecg(folder, **options)


def test_options_and_configs_agree(checkout):
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.load(checkout / "conf/data/ecg.yaml"))
    assert config.pop("name") == "ecg"
    assert EcgOptions(**config) == EcgOptions()
    assert set(config) == set(vars(EcgOptions()))


def test_segments_say_where_a_ventricular_beat_is(folder):
    splits = load({"name": "ecg_segments", "test_seconds": 6.0}, 0, folder)
    everyone = [records(splits, s) for s in (splits.train, splits.validation, splits.test)]
    assert set.union(*everyone) == set(DS1)
    assert sum(map(len, everyone)) == len(DS1)
    assert splits.train.inputs[0].shape[1:] == (1, 180)
    assert splits.test.inputs[0].shape[1:] == (1, 360)
    # Against the beats themselves: 5 minutes are 100 segments of 3 s.
    number = list(read_array(folder, "records", "ecg")).index(118)
    record, kind = (read_array(folder, n, "ecg") for n in ("beat_record", "beat_class"))
    start = read_array(folder, "extent", "ecg")[number, 0]
    sample = read_array(folder, "beat_sample", "ecg")[(record == number) & (kind == 2)] - start
    expected = {int(s) // 360 for s in sample}
    found = splits.validation.targets[splits.validation.groups == number]
    assert len(found) == 100
    assert set(found.nonzero().flatten().tolist()) == expected
    assert 0 < len(expected) < 100


def test_segments_of_impossible_length_are_refused(folder):
    with pytest.raises(ConfigError, match=r"seconds=0\.1"):
        load({"name": "ecg_segments", "seconds": 0.1}, 0, folder)


def test_drawn_segments_are_nested_stratified_and_whole(folder):
    whole = load({"name": "ecg_segments"}, 0, folder).train
    some, more, other = (
        load({"name": "ecg_segments", "n_train": n}, seed, folder).train
        for n, seed in ((100, 1), (200, 1), (100, 2))
    )
    assert torch.equal(some.inputs[0], more.inputs[0][:100])
    assert torch.equal(some.groups, more.groups[:100])
    assert not torch.equal(some.inputs[0], other.inputs[0])
    share = whole.targets.double().mean()
    assert abs(some.targets.double().mean() - share) < 0.01
    everything = load({"name": "ecg_segments", "n_train": len(whole)}, 1, folder).train
    assert torch.equal(everything.inputs[0], whole.inputs[0])


def test_balanced_segments_have_v_in_half_of_each_split(folder):
    plain = load({"name": "ecg_segments"}, 1, folder)
    one, two = (load({"name": "ecg_segments", "balanced": True}, seed, folder) for seed in (1, 2))
    for name in ("train", "validation", "test"):
        found, all_there = getattr(one, name).targets, getattr(plain, name).targets
        assert found.sum() == len(found) - found.sum() == all_there.sum()
    assert not torch.equal(one.train.inputs[0], two.train.inputs[0])
    assert torch.equal(one.validation.inputs[0], two.validation.inputs[0])
    assert torch.equal(one.test.inputs[0], two.test.inputs[0])


def test_the_rest_of_the_training_segments_can_validate(folder):
    config = {"name": "ecg_segments", "n_train": 250, "balanced": True}
    splits = load({**config, "validation": "rest"}, 1, folder)
    patients = load(config, 1, folder)
    assert torch.equal(splits.train.inputs[0], patients.train.inputs[0])
    assert torch.equal(splits.test.inputs[0], patients.test.inputs[0])
    assert records(splits, splits.validation) <= records(splits, splits.train)
    together = torch.cat([splits.train.inputs[0], splits.validation.inputs[0]]).flatten(1)
    whole = load({"name": "ecg_segments", "balanced": True}, 1, folder).train.inputs[0].flatten(1)
    assert torch.equal(together.unique(dim=0), whole.unique(dim=0))
    assert len(together) == len(whole)
    assert len(splits.validation) > 50  # the stand-in too leaves some over


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n_train": 1101}, r"n_train=1101, but there are 1100 such segments"),
        ({"n_train": 0}, "whole number > 0, or null for all"),
        ({"n_train": 2.5}, "whole number > 0, or null for all"),
        ({"balanced": 1}, "may be False, True"),
        ({"validation": "none"}, "may be patients, rest"),
        ({"validation": "rest"}, "needs a data.n_train that leaves"),
        ({"validation": "rest", "n_train": 1100}, "needs a data.n_train that leaves"),
    ],
)
def test_impossible_draws_of_segments_are_refused(folder, options, says):
    with pytest.raises(ConfigError, match=says):
        load({"name": "ecg_segments", **options}, 0, folder)


def test_options_and_configs_of_segments_agree(checkout):
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.load(checkout / "conf/data/ecg_segments.yaml"))
    assert config.pop("name") == "ecg_segments"
    assert SegmentOptions(**config) == SegmentOptions()
    assert set(config) == set(vars(SegmentOptions()))


@pytest.mark.slow
@pytest.mark.real_data
def test_the_published_counts_come_out_of_the_official_files(mirror):
    from deepclaims.data.ecg_files import ecg_arrays

    arrays, facts = ecg_arrays(mirror / "mitdb/1.0.0", "official")
    assert facts["counts"] == PUBLISHED
    assert len(arrays["beat_class"]) == len(arrays["offline"]) == len(arrays["causal"]) == 100_733
    assert all(np.isfinite(arrays[name]).all() for name in ("signal", "offline", "causal"))


@pytest.mark.real_data
def test_mlii_comes_first_in_114_too(mirror):
    import wfdb

    from deepclaims.data.ecg_files import read_record

    raw = mirror / "mitdb/1.0.0"
    signal, _, _ = read_record(raw, 114)
    record = wfdb.rdrecord(str(raw / "114"))
    assert record.sig_name == ["V5", "MLII"]
    assert np.allclose(signal[:, 0], record.p_signal[:, 1])
    with pytest.raises(DataError, match=r"record .*102 has no lead MLII"):
        read_record(raw, 102)
