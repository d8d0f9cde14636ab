import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from deepclaims.evidence.ranking import area_under_roc


def test_the_area_is_scikit_learns():
    rng = np.random.default_rng(0)
    true, score = rng.integers(0, 2, 300), rng.integers(0, 20, 300) / 20
    assert area_under_roc(score, true) == pytest.approx(roc_auc_score(true, score))
    assert np.isnan(area_under_roc(score, np.zeros(300)))
