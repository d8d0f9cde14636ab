import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from deepclaims.evidence.class_scores import (
    CLASSES,
    Confusions,
    f1,
    macro_f1,
    of_class,
    positive_predictivity,
    resampled,
    sensitivity,
)


@pytest.fixture
def beats():
    """True and predicted classes of 3 records and 2 seeds, drawn at random."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "seed": np.repeat([1000, 1001], 300),
            "record": np.tile(np.repeat([232, 202, 100], 100), 2),
            "true": rng.choice(CLASSES, 600, p=[0.7, 0.1, 0.15, 0.05]),
            "predicted": rng.choice(CLASSES, 600, p=[0.6, 0.2, 0.15, 0.05]),
        }
    )


def counted(beats):
    """What training writes: classes by number, records by name."""
    counts = beats.groupby(["seed", "record", "true", "predicted"]).size()
    table = counts.rename("count").reset_index()
    numbers = {name: number for number, name in enumerate(CLASSES)}
    return table.replace({"true": numbers, "predicted": numbers}).astype({"record": str})


def test_scores_are_scikit_learns(beats):
    pooled = Confusions.read(counted(beats)).counts.sum(axis=(0, 1))
    asked = {"labels": list(CLASSES), "average": None, "zero_division": 0}
    true, predicted = beats["true"], beats["predicted"]
    np.testing.assert_allclose(sensitivity(pooled), recall_score(true, predicted, **asked))
    np.testing.assert_allclose(
        positive_predictivity(pooled), precision_score(true, predicted, **asked)
    )
    np.testing.assert_allclose(f1(pooled), f1_score(true, predicted, **asked))


def test_macro_f1_of_a_seed_is_over_all_its_patients(beats):
    scores = macro_f1(Confusions.read(counted(beats)).counts)
    for score, (_, rows) in zip(scores, beats.groupby("seed"), strict=True):
        expected = f1_score(
            rows["true"], rows["predicted"], labels=["N", "S", "V"], average="macro"
        )
        assert score == pytest.approx(expected)


def test_records_keep_their_place_and_can_be_left_out(beats):
    confusions = Confusions.read(counted(beats).sample(frac=1.0, random_state=3))
    assert confusions.records == (100, 202, 232)
    rows = beats[(beats["seed"] == 1001) & (beats["record"] == 232)]
    hits = ((rows["true"] == "N") & (rows["predicted"] == "S")).sum()
    assert confusions.counts[1, 2, 0, 1] == hits
    rest = confusions.without({232, 202})
    assert rest.records == (100,)
    np.testing.assert_array_equal(rest.counts[:, 0], confusions.counts[:, 0])


def test_combinations_that_never_occur_are_zeros():
    table = pd.DataFrame(
        {"seed": [1], "record": [100], "true": [1], "predicted": [0], "count": [4]}
    )
    counts = Confusions.read(table).counts
    assert counts.shape == (1, 1, 4, 4)
    assert counts.sum() == counts[0, 0, 1, 0] == 4


def test_majority_calls_everything_normal(beats):
    baseline = Confusions.read(counted(beats)).majority()
    pooled = baseline.counts.sum(axis=(0, 1))
    assert sensitivity(pooled)[0] == 1
    assert not sensitivity(pooled)[1:].any()
    share = (beats["true"] == "N").mean()
    assert positive_predictivity(pooled)[0] == pytest.approx(share)


def test_a_class_without_beats_scores_zero_not_nan():
    assert not np.isnan(f1(np.zeros((4, 4)))).any()


def test_a_difference_is_paired_and_resamples_what_there_are_several_of(beats):
    both = Confusions.read(counted(beats))
    one = Confusions.read(counted(beats[beats["seed"] == 1000]))
    found = resampled(macro_f1, both, both.majority(), draws=99)
    expected = macro_f1(both.counts) - macro_f1(both.majority().counts)
    assert found.value == pytest.approx(expected.mean())
    assert "seeds" in found.method
    alone = resampled(of_class(sensitivity, "V"), one, draws=99)
    assert alone.value == pytest.approx(sensitivity(one.counts.sum(axis=(0, 1)))[2])
    assert alone.method == "bootstrap (BCa)"
    with pytest.raises(ValueError, match="differ in their seeds or records"):
        resampled(macro_f1, both, both.without({232}))
