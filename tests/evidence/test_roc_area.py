import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from deepclaims.evidence.roc_area import area, count_pairs, read_pairs


def samples(seed, n=400):
    rng = np.random.default_rng(seed)
    record = rng.choice(["100", "101", "102", "103"], n, p=[0.1, 0.2, 0.3, 0.4])
    true = (rng.random(n) < np.where(record == "103", 0.0, 0.4)).astype(int)  # none in 103
    return np.round(true + rng.normal(0, 1.0, n), 1), true, record


def test_the_area_of_any_resample_of_patients_is_scikit_learns():
    score, true, record = samples(1)
    counts = read_pairs(count_pairs(score, true, record).assign(seed=0)).counts[0]
    for drawn in ([0, 1, 2, 3], [0, 0, 2, 3], [1, 1, 1, 2], [0, 3, 3, 3]):
        rows = np.concatenate([np.flatnonzero(record == str(100 + k)) for k in drawn])
        expected = roc_auc_score(true[rows], score[rows])
        assert area(counts[np.ix_(drawn, drawn)].sum(axis=(0, 1))) == pytest.approx(expected)


def test_seeds_and_patients_keep_their_places():
    each = [count_pairs(*samples(seed)).assign(seed=seed) for seed in (5, 2)]
    found = read_pairs(pd.concat(each).sample(frac=1, random_state=1))
    assert found.counts.shape == (2, 4, 4, 2)
    for row, seed in zip(found.counts, (2, 5), strict=True):
        score, true, _ = samples(seed)
        assert area(row.sum(axis=(0, 1))) == pytest.approx(roc_auc_score(true, score))


def test_nothing_to_put_in_order_is_neither_better_nor_worse_than_chance():
    assert area(np.zeros((3, 2))).tolist() == [0.5, 0.5, 0.5]
