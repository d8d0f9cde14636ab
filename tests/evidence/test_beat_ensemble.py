import numpy as np
import pandas as pd
import pytest

from deepclaims.data.aami import DS2
from deepclaims.data.registry import load
from deepclaims.evidence.beat_ensemble import (
    EVERY_PIECE,
    LENGTH,
    ODD_PIECES,
    Ensemble,
    calibration,
    reliability,
    unweighted,
)


def kept_by_training(splits, seeds=(0, 1)):
    """The table that training keeps of the test split, with random probabilities."""
    targets = splits.test.targets
    known = (targets >= 0).flatten().numpy()
    records = splits.test.groups[:, None].expand_as(targets).flatten().numpy()[known]
    tables = []
    for seed in seeds:
        p = np.random.default_rng(seed).dirichlet(np.ones(4), known.sum())
        frame = pd.DataFrame(p, columns=[f"p_{k}" for k in range(4)])
        tables.append(
            frame.assign(
                sample=np.flatnonzero(known),
                true=targets.flatten().numpy()[known],
                record=[splits.group_names[r] for r in records],
                seed=seed,
            )
        )
    return tables


@pytest.mark.parametrize(("protocol", "pieces"), [("inter", EVERY_PIECE), ("intra", ODD_PIECES)])
def test_every_beat_keeps_its_place_in_its_record(stand_in_data, protocol, pieces):
    folder = stand_in_data / "prepared" / "ecg"
    splits = load({"name": "ecg", "protocol": protocol}, 0, folder)
    net = Ensemble.read(pd.concat(kept_by_training(splits)), pieces)
    numbers, owner, classes = (
        np.load(folder / f"{name}.npy") for name in ("records", "beat_record", "beat_class")
    )
    assert set(net.record) <= set(DS2)
    for record in np.unique(net.record):
        mine = net.record == record
        kinds = classes[numbers[owner] == record]
        assert np.array_equal(net.true[mine], kinds[net.place[mine]])
        if protocol == "intra":
            assert (net.place[mine] // LENGTH % 2 == 1).all()
        else:
            assert np.array_equal(np.sort(net.place[mine]), np.flatnonzero(kinds < 4))


def test_it_is_the_mean_over_seeds_however_the_rows_are_ordered(stand_in_data):
    splits = load({"name": "ecg"}, 0, stand_in_data / "prepared" / "ecg")
    tables = kept_by_training(splits, (0, 1, 2))
    mean = np.mean([table[[f"p_{k}" for k in range(4)]].to_numpy() for table in tables], axis=0)
    shuffled = pd.concat(tables).sample(frac=1, random_state=0)
    net = Ensemble.read(shuffled)
    np.testing.assert_allclose(net.p, mean, atol=1e-12)
    counts = net.confusions()
    assert counts.counts.sum() == len(net.true)
    index = counts.records.index(100)
    mine = net.record == 100
    table = pd.crosstab(net.true[mine], net.predicted[mine])
    found = counts.counts[0, index][np.ix_(table.index, table.columns)]
    assert np.array_equal(found, table.to_numpy())


def test_undoing_the_weights_gives_back_bayes():
    rng = np.random.default_rng(3)
    honest, weights = rng.dirichlet(np.ones(4), 500), [1.0, 8.0, 2.0, 1.0]
    biased = honest * weights
    biased /= biased.sum(axis=1, keepdims=True)
    assert np.abs(biased - honest).max() > 0.3
    np.testing.assert_allclose(unweighted(biased, weights), honest, atol=1e-12)


def test_a_calibrated_forecast_lies_on_the_diagonal():
    rng = np.random.default_rng(4)
    n = 40_000
    p = rng.random(n)
    true = np.where(rng.random(n) < p, 2, 0)
    beats = Ensemble(rng.integers(100, 110, n), np.arange(n), true, np.zeros((n, 4)))
    sums = reliability(beats, p, 2, np.linspace(0, 1, 11))
    assert sums.shape == (10, 10, 3)
    assert sums[..., 0].sum() == n
    beats_in, of_p, hits = sums.sum(axis=0).T
    np.testing.assert_allclose(hits / beats_in, of_p / beats_in, atol=0.03)
    np.testing.assert_allclose(of_p / beats_in, np.arange(0.05, 1, 0.1), atol=0.01)


def test_probability_one_falls_into_the_last_bin():
    one = Ensemble(np.array([100]), np.array([0]), np.array([1]), np.array([[0, 1.0, 0, 0]]))
    assert reliability(one, one.p[:, 1], 1, np.linspace(0, 1, 11))[0, 9].tolist() == [1, 1, 1]


def test_a_bin_of_one_patient_or_of_few_beats_is_left_out():
    p = np.concatenate([np.full(30, 0.25), np.full(30, 0.65), np.full(5, 0.95)])
    record = np.concatenate([np.tile([100, 101], 15), np.full(30, 100), np.tile([100], 5)])
    true = np.where(np.arange(65) % 3 == 0, 1, 0)
    beats = Ensemble(record, np.arange(65), true, np.zeros((65, 4)))
    said, found = calibration(beats, p, 1, draws=99)
    assert said == pytest.approx([0.25])
    assert [each.value for each in found] == pytest.approx([1 / 3])


def test_answers_are_the_classes_of_largest_probability():
    p = np.array([[0.1, 0.7, 0.2, 0.0], [0.6, 0.1, 0.2, 0.1]])
    beats = Ensemble(np.array([100, 101]), np.array([3, 0]), np.array([2, 0]), p)
    told = beats.answers()
    assert told.loc[(100, 3)].tolist() == [2, 1, 0.7]
    assert told.loc[(101, 0)].tolist() == [0, 0, 0.6]
