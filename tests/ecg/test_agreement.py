import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from deepclaims.ecg.agreement import agreement


def test_the_same_beats_are_scored_as_scikit_learn_does():
    rng = np.random.default_rng(0)
    at, true, called = np.arange(300) * 300, rng.integers(0, 4, 300), rng.integers(0, 4, 300)
    found = agreement((at, true), (at, called), 54, 4)
    assert (found.counts == confusion_matrix(true, called)).all()
    assert np.allclose(found.sensitivity, recall_score(true, called, average=None))
    assert np.allclose(found.positive_predictivity, precision_score(true, called, average=None))


def test_missed_and_extra_beats_count_against_their_class():
    reference = (np.array([100, 400, 700, 1000]), np.array([0, 2, 2, 4]))
    found = (np.array([110, 690, 850, 1001]), np.array([0, 0, 2, 1]))
    result = agreement(reference, found, 54, 4)
    assert result.counts.sum() == 2  # the last is of no class that is scored
    assert result.missed.tolist() == [0, 0, 1, 0]
    assert result.extra.tolist() == [0, 0, 1, 0]
    assert result.sensitivity[:3] == pytest.approx([1.0, np.nan, 0.0], nan_ok=True)
    assert result.positive_predictivity[:3] == pytest.approx([0.5, np.nan, 0.0], nan_ok=True)
