import json
import math

import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import Pairs, over_patients, over_seeds_and_patients, patient_mean
from deepclaims.evidence.resampling import bootstrap, resamples
from deepclaims.evidence.statistics import proportion_interval

RNG = np.random.default_rng(11)
COUNTS = RNG.integers(0, 30, (12, 2)).astype(float)
CROSSED = RNG.integers(1, 30, (4, 9, 2)).astype(float)


def share(total):
    return total[..., 0] / total.sum(axis=-1)


def pooled_share(counts):
    return float(counts[:, 0].sum() / counts.sum())


def mean_share(counts):
    return float(np.mean(share(counts.sum(axis=1))))


def gain(a, b):
    return share(a) - share(b)


def test_of_a_mean_it_is_the_textbooks_bootstrap_t():
    """Efron & Tibshirani, section 12.5: the error of a resampled mean is s/√n, in closed form."""
    x = RNG.exponential(size=15)
    estimate = patient_mean(x, draws=499, seed=7)
    (indices,) = resamples([15], 499, 7)
    t = (x[indices].mean(axis=1) - x.mean()) / stats.sem(x[indices], axis=1)
    assert estimate.se == pytest.approx((estimate.high - estimate.low) / 2 / stats.norm.ppf(0.975))
    assert estimate.law.se == pytest.approx(stats.sem(x))
    assert estimate.law.draws == pytest.approx(np.sort(t), abs=1e-5)


@pytest.mark.parametrize("seeds", [2, 5])
def test_the_pigeonhole_bootstrap_has_owens_variance(seeds):
    """Owen 2007: rows and columns drawn apart, so the variance of a resampled mean is closed."""
    table = RNG.normal(size=(seeds, 1)) + RNG.normal(size=(1, 8)) + RNG.normal(size=(seeds, 8))
    rows, columns = resamples([seeds, 8], 40_000, 3)
    made = table[rows[:, :, None], columns[:, None, :]].mean(axis=(1, 2))
    row_share, column_share = 1 - 1 / seeds, 1 - 1 / 8
    second = (
        (table**2).sum()
        + column_share * (table.sum(axis=1) ** 2).sum()
        + row_share * (table.sum(axis=0) ** 2).sum()
        + row_share * column_share * table.sum() ** 2
    ) / table.size**2
    assert made.var() == pytest.approx(second - table.mean() ** 2, rel=0.03)
    error = math.sqrt(table.mean(axis=1).var(ddof=1) / seeds + table.mean(axis=0).var(ddof=1) / 8)
    assert patient_mean(table, crossed=True, draws=99).law.se == pytest.approx(error)


def test_all_resamples_at_once_are_those_one_by_one():
    fast = over_patients(share, COUNTS, draws=199, seed=2)
    slow = bootstrap(pooled_share, COUNTS, draws=199, seed=2)
    assert fast.to_dict() == slow.to_dict()
    fast = over_seeds_and_patients(share, CROSSED, draws=99, seed=2)
    slow = bootstrap(mean_share, CROSSED, across=2, draws=99, seed=2)
    assert fast.law.draws == pytest.approx(slow.law.draws, abs=1e-5)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), rel=1e-6)
    assert fast.method == slow.method


def test_blocks_of_resamples_make_no_difference(monkeypatch):
    whole = over_seeds_and_patients(share, CROSSED, draws=99)
    monkeypatch.setattr("deepclaims.evidence.patients.BLOCK", 100)
    assert over_seeds_and_patients(share, CROSSED, draws=99) == whole


def test_arms_stay_paired():
    better = COUNTS + np.array([3.0, 0.0])
    paired = over_patients(gain, better, COUNTS, draws=499)
    assert paired.value == share(better.sum(axis=0)) - share(COUNTS.sum(axis=0))
    apart = over_patients(gain, better[::-1], COUNTS, draws=499)
    assert paired.law.se < 0.5 * apart.law.se


def test_seeds_that_stay_are_averaged_within_the_patient():
    """The unit is the patient: as many seeds as one likes make no more patients."""
    table = RNG.normal(size=(3, 10))
    within = patient_mean(table, draws=199)
    for same in (table.mean(axis=0), np.repeat(table, 4, axis=0)):
        again = patient_mean(same, draws=199)
        assert (again.low, again.high) == pytest.approx((within.low, within.high))
        assert again.n == 10
    counts = over_patients(share, CROSSED, seeds=True, draws=199)
    assert counts.value == pytest.approx(mean_share(CROSSED))
    assert counts.law.se < over_seeds_and_patients(share, CROSSED, draws=199).law.se


def test_a_single_seed_leaves_patients_alone():
    one = over_seeds_and_patients(share, CROSSED[:1], draws=199)
    assert one.law == over_patients(share, CROSSED[0], draws=199).law
    assert bootstrap(mean_share, CROSSED[:1], across=2, draws=49).law.draws == pytest.approx(
        bootstrap(pooled_share, CROSSED[0], draws=49).law.draws, abs=1e-5
    )


def test_resamples_are_reproducible():
    assert patient_mean(COUNTS[:, 0], draws=99) == patient_mean(COUNTS[:, 0], draws=99)
    assert patient_mean(COUNTS[:, 0], draws=99) != patient_mean(COUNTS[:, 0], draws=99, seed=1)


def test_one_patient_nan_and_no_spread_decide_nothing():
    for values in ([1.0], [1.0, math.nan, 2.0], np.zeros(22), np.full(7, 0.3)):
        estimate = patient_mean(values, draws=99)
        assert estimate.satisfies("above", -9.0) is None
        assert estimate.p_value("above", -9.0) == 1
    assert bootstrap(np.mean, [1.0]).satisfies("above", 0) is None
    assert bootstrap(np.mean, [1.0, math.nan, 2.0]).satisfies("above", 0) is None
    with pytest.raises(ValueError, match="units differ"):
        bootstrap(lambda a, b: 0.0, [1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="patients differ"):
        over_patients(gain, COUNTS, COUNTS[:5])


def test_patients_who_agree_are_no_certainty():
    """All of 22 perfect: the exact law of 22 successes of 22."""
    perfect = patient_mean(np.ones(22), span=(0.0, 1.0), draws=99)
    exact = proportion_interval(22, 22)
    assert (perfect.low, perfect.high) == pytest.approx((exact.low, exact.high))
    for bound in (0.5, 0.9, 1.0):
        for relation in ("above", "below"):
            assert perfect.p_value(relation, bound) == pytest.approx(exact.p_value(relation, bound))
    none = patient_mean(np.zeros(22), span=(-1.0, 1.0), draws=99)
    assert none.p_value("below", 0.05) == pytest.approx(0.95**22)
    assert none.satisfies("below", 0.05) is None
    assert none.satisfies("below", 0.2) is True
    assert (none.low, none.high) == pytest.approx((0.025 ** (1 / 22) - 1, 1 - 0.025 ** (1 / 22)))
    assert Estimate.from_dict(json.loads(json.dumps(none.to_dict()))) == none


def test_any_statistic_of_units_that_agree_keeps_a_p_value_above_nothing():
    estimate = bootstrap(np.mean, np.zeros(22), draws=99)
    assert (estimate.low, estimate.high) == (0.0, 0.0)
    assert estimate.p_value("below", 0.05) == pytest.approx(0.02)


def test_large_numbers_in_few_patients_leave_the_upper_end_open():
    """One in ten resamples has none of the two: how far up it may go nobody knows."""
    values = np.zeros(22)
    values[[3, 8]] = 4.0, 9.0
    estimate = patient_mean(values, draws=1999)
    assert estimate.high == math.inf
    assert 0 > estimate.low > -1
    assert over_patients(
        lambda x, n: x / n, values, np.ones(22), span=(0.0, 10.0), draws=1999
    ).high == pytest.approx(10.0)


def test_undefined_scores_decide_nothing():
    counts = np.zeros((8, 2))
    counts[0] = 3.0, 1.0  # resamples without the first patient have no beats at all
    with np.errstate(invalid="ignore"):
        estimate = over_patients(share, counts, draws=199)
    assert estimate.value == 0.75
    assert estimate.satisfies("above", 0.0) is None


@pytest.mark.parametrize("across", [1, 2])
def test_pairs_of_patients_are_weighed_by_how_often_both_were_drawn(across):
    """Against the statistic of any kind, asked resample by resample."""
    seeds, n = (3, 6) if across == 2 else (1, 6)
    pairs = RNG.uniform(0.2, 1.0, (seeds, n, n, 2)).cumsum(axis=-1)
    places = np.stack(np.meshgrid(np.arange(seeds), np.arange(n), indexing="ij"), axis=-1)

    def total(chosen):
        seed, patient = chosen[:, 0, 0], chosen[0, :, 1]
        return pairs[seed][:, patient][:, :, patient].sum(axis=(1, 2))

    def part(total):
        return total[..., 0] / total[..., 1]

    if across == 2:
        fast = over_seeds_and_patients(part, Pairs(pairs), draws=49, seed=3)
        slow = bootstrap(lambda c: part(total(c)).mean(), places, across=2, draws=49, seed=3)
    else:
        fast = over_patients(part, Pairs(pairs[0]), draws=49, seed=3)
        slow = bootstrap(lambda c: part(total(c[None])).mean(), places[0], draws=49, seed=3)
    assert fast.value == pytest.approx(slow.value)
    assert fast.law.se == pytest.approx(slow.law.se)
    assert fast.law.draws == pytest.approx(slow.law.draws, abs=1e-5)
