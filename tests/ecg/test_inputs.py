import numpy as np
import pytest
import torch

from deepclaims.data.ecg import EcgOptions, load_ecg
from deepclaims.data.ecg_files import read_record
from deepclaims.ecg.inputs import (
    feature_columns,
    record_inputs,
    training_beats,
    with_leads,
)


def of_record(splits, number):
    """The inputs that the data set has of one of its test records."""
    rows = splits.test.groups == splits.group_names.index(str(number))
    return [x[rows] for x in splits.test.inputs]


@pytest.mark.parametrize(
    "options",
    [
        {"features": "offline"},
        {"features": "causal", "sequence_length": 50},
        {"features": "none", "waveform": "raw"},
        {"features": "offline", "protocol": "swap"},
    ],
)
def test_a_record_comes_out_bit_for_bit_as_the_data_set_has_it(small_ecg, options):
    raw, prepared = small_ecg
    options = {"use_validation": False, **options}
    splits = load_ecg(options, 0, prepared)
    number = 101 if options.get("protocol") == "swap" else 103
    signal, samples, _ = read_record(raw, number)
    chosen = EcgOptions(**options)
    mine = record_inputs(signal, samples, chosen, training_beats(prepared, chosen, 2))
    for ours, theirs in zip(mine, of_record(splits, number), strict=True):
        assert ours.dtype == theirs.dtype
        assert torch.equal(ours, theirs)


def test_one_lead_is_seen_as_the_first_of_two(small_ecg):
    raw, prepared = small_ecg
    options = EcgOptions(use_validation=False)
    splits = with_leads(load_ecg({"use_validation": False}, 0, prepared), options, 1)
    assert splits.input_shapes == tuple(tuple(x.shape[1:]) for x in splits.train.inputs)
    assert splits.input_shapes == ((64, 1, 108), (64, 9))
    signal, samples, _ = read_record(raw, 103)
    mine = record_inputs(signal[:, :1], samples, options, training_beats(prepared, options, 1))
    theirs = of_record(splits, 103)
    assert torch.equal(mine[0], theirs[0])
    assert torch.allclose(mine[1], theirs[1], atol=1e-5)  # sums of one lead round otherwise


def test_what_is_remembered_is_of_the_training_records_alone(small_ecg):
    _, prepared = small_ecg
    training = training_beats(prepared, EcgOptions(use_validation=False), 2)
    assert training.records == (101, 114, 116)
    record = np.load(prepared / "records.npy")[np.load(prepared / "beat_record.npy")]
    own = np.load(prepared / "offline.npy")[np.isin(record, training.records)]
    assert np.allclose(training.mean, own.mean(axis=0), atol=1e-5)
    assert np.allclose(training.sd, own.std(axis=0), atol=1e-5)


def test_features_of_the_second_lead_are_the_ones_left_out():
    assert feature_columns("offline", 2) == [*range(11)]
    assert feature_columns("offline", 1) == [0, 1, 2, 3, 4, 5, 6, 7, 9]
    assert feature_columns("causal", 1) == [0, 1, 2, 3, 4, 5, 7]
