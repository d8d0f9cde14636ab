import numpy as np
import pandas as pd
import pytest

from deepclaims.evidence.patient_errors import PatientErrors, error_contrast, error_rate
from deepclaims.evidence.patients import over_seeds_and_patients


def counted(rng, seeds=(7, 3), records=("208", "106", "100"), n=40, error=0.3):
    """True and given classes of each sample, and the counts that training would write."""
    rows = []
    for seed in seeds:
        for record in records:
            true = rng.integers(0, 2, n)
            given = np.where(rng.random(n) < error, 1 - true, true)
            rows.append(pd.DataFrame({"seed": seed, "record": record, "true": true,
                                      "predicted": given}))  # fmt: skip
    samples = pd.concat(rows)
    keys = ["seed", "record", "true", "predicted"]
    return samples, samples.groupby(keys).size().rename("count").reset_index()


def test_the_rate_is_that_of_all_samples_of_a_seed():
    samples, table = counted(np.random.default_rng(1))
    errors = PatientErrors.read(table.sample(frac=1, random_state=2))
    assert errors.seeds == (3, 7)
    assert errors.records == ("100", "106", "208")
    wrong = samples["true"] != samples["predicted"]
    expected = 100 * wrong.groupby(samples["seed"]).mean()
    np.testing.assert_allclose(error_rate(errors.counts.sum(axis=1)), expected)
    assert error_contrast([errors], [1.0], draws=99).value == pytest.approx(expected.mean())


def test_a_patient_without_errors_counts_as_answered():
    table = pd.DataFrame({"seed": 1, "record": ["100", "101"], "true": [0, 1],
                          "predicted": [0, 0], "count": [9, 3]})  # fmt: skip
    np.testing.assert_array_equal(PatientErrors.read(table).counts, [[[0, 9], [3, 3]]])


def test_a_contrast_is_paired_and_over_seeds_and_patients():
    rng = np.random.default_rng(3)
    one, other, third = (PatientErrors.read(counted(rng, error=e)[1]) for e in (0.4, 0.2, 0.1))
    found = error_contrast([one, other, third], [0.5, 0.5, -1.0], draws=199)
    rates = [error_rate(each.counts.sum(axis=1)) for each in (one, other, third)]
    assert found.value == pytest.approx((0.5 * rates[0] + 0.5 * rates[1] - rates[2]).mean())
    assert (found.n, found.method) == (3, "studentised bootstrap, seeds × patients")
    alone = error_contrast([one, other], [1.0, -1.0], draws=199)
    by_hand = over_seeds_and_patients(
        lambda a, b: 100 * (a[..., 0] / a[..., 1] - b[..., 0] / b[..., 1]),
        one.counts, other.counts, span=(-100.0, 100.0), draws=199,
    )  # fmt: skip
    assert (alone.low, alone.high) == pytest.approx((by_hand.low, by_hand.high))


def test_what_only_one_patient_shows_is_left_open():
    """All seeds agree, and Student's t over them is sure; six patients of seven show nothing."""
    rng = np.random.default_rng(4)
    wrong = np.tile([0.9, *[0.2] * 6], (10, 1)) * 100 + rng.integers(-2, 3, (10, 7))
    other = np.tile([0.2] * 7, (10, 1)) * 100 + rng.integers(-2, 3, (10, 7))
    seeds, records = tuple(range(10)), tuple(map(str, range(7)))
    both = [
        PatientErrors(np.stack([each, np.full_like(each, 100)], axis=-1), seeds, records)
        for each in (wrong, other)
    ]
    assert error_contrast(both, [1.0, -1.0], draws=999).satisfies("above", 0.0) is None


def test_arms_of_other_patients_are_refused():
    rng = np.random.default_rng(5)
    one = PatientErrors.read(counted(rng)[1])
    other = PatientErrors.read(counted(rng, records=("100", "106"))[1])
    with pytest.raises(ValueError, match="seeds or records"):
        error_contrast([one, other], [1.0, -1.0])
