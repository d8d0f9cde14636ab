"""Operating characteristics against scipy's laws, textbook numbers and simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence import chances, power, statistics
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.law import Student

PILOT = np.array([0.3, 1.1, 0.7, 1.9, 0.2, 0.9, 0.4, 1.2])
MEAN = statistics.mean_interval(PILOT)
KNOWN = Estimate.of(0.0, Student(0.5, math.inf), 16, "made")


def simulated(truth, relation, bound, n, worlds=4000):
    rng = np.random.default_rng(n)
    draws = rng.normal(truth, PILOT.std(ddof=1), (worlds, n))
    found = [statistics.mean_interval(row).satisfies(relation, bound) for row in draws]
    return found.count(True) / worlds, found.count(False) / worlds


def test_power_above_a_bound_is_the_noncentral_ts():
    se = stats.sem(PILOT)
    expected = stats.nct.sf(stats.t.ppf(0.975, 7), 7, 0.8 / se)
    assert chances.chances(MEAN, "above", 0.2, 1.0).holds == pytest.approx(expected)
    assert chances.chances(MEAN, "below", 0.2, -0.6).holds == pytest.approx(expected)
    assert chances.chances(MEAN, "below", 0.2, 1.0).fails == pytest.approx(expected)


def test_power_with_a_known_error_is_normal():
    expected = stats.norm.sf(stats.norm.ppf(0.975) - 1.2 / 0.25)
    assert chances.chances(KNOWN, "above", 0.0, 1.2, n=64).holds == pytest.approx(expected)
    z = stats.norm.ppf(0.975)
    both = 2 * stats.norm.cdf(2 / 0.5 - z) - 1
    assert chances.chances(KNOWN, "within", [-2.0, 2.0], 0.0).holds == pytest.approx(both)
    assert chances.chances(KNOWN, "within", [-0.9, 0.9], 0.0).holds == 0  # the interval is wider


@pytest.mark.parametrize(
    ("relation", "bound", "truth", "n"),
    [
        ("above", 0.2, 0.9, 8),
        ("below", 0.7, 0.3, 12),
        ("within", [-0.7, 0.7], 0.1, 12),
        ("within", [-0.5, 0.5], 0.9, 20),
        ("outside", [-0.2, 0.2], 0.8, 10),
    ],
)
def test_students_checks_come_out_as_in_simulation(relation, bound, truth, n):
    made = chances.chances(MEAN, relation, bound, truth, n=n)
    holds, fails = simulated(truth, relation, bound, n)
    assert made.holds == pytest.approx(holds, abs=0.03)
    assert made.fails == pytest.approx(fails, abs=0.03)


def test_the_logarithms_of_ratios_are_what_is_compared():
    ratios = statistics.ratio_interval(np.exp(PILOT))
    for relation, bound, truth in (("above", 1.5, 3.0), ("within", [0.4, 2.5], 1.1)):
        logs = np.log(bound).tolist()
        expected = chances.chances(MEAN, relation, logs, math.log(truth))
        assert chances.chances(ratios, relation, bound, truth) == expected


def test_a_difference_of_proportions_comes_out_as_in_simulation():
    pilot = statistics.proportion_difference(9, 12, 4, 15)
    rng = np.random.default_rng(8)
    second = 4 / 15
    pairs = zip(rng.binomial(12, second + 0.4, 500), rng.binomial(15, second, 500), strict=True)
    found = [
        statistics.proportion_difference(a, 12, b, 15).satisfies("above", 0.0) for a, b in pairs
    ]
    expected = found.count(True) / 500
    assert chances.chances(pilot, "above", 0.0, 0.4).holds == pytest.approx(expected, abs=0.09)


def test_samples_of_the_law_itself():
    rng, n = np.random.default_rng(10), 900
    found = [
        statistics.distance_from_law(rng.random(n), stats.uniform.cdf).satisfies("below", 0.085)
        for _ in range(600)
    ]
    assert chances.distance_power(n, 0.085) == pytest.approx(found.count(True) / 600, abs=0.07)
    assert chances.distance_power(n, 0.03) == 0


TIMES = np.exp(np.linspace(-1.2, 1.5, 21))
SHARES = np.array([-0.02, -0.01, -0.01, 0.0, 0.01, 0.02, 0.02, 0.03, 0.05])
PLACES = np.array([0.811] * 8 + [0.997] * 11 + [1.245])
"""Where a peak was found, in units of where it should be, on a grid of widths."""


def resampled(moved, relation, bound, worlds=2000):
    """How often a check of medians holds and fails in experiments with units drawn from these."""
    rng = np.random.default_rng(3)
    found = [
        statistics.median_interval(rng.choice(moved, len(moved))).satisfies(relation, bound)
        for _ in range(worlds)
    ]
    return found.count(True) / worlds, found.count(False) / worlds


@pytest.mark.parametrize(
    ("values", "relation", "bound", "truth"),
    [
        (TIMES, "above", 2.0, 4.0),
        (TIMES, "below", 2.0, 3.0),
        (TIMES, "within", [1.0, 9.0], 3.0),
        (TIMES, "within", [1.0, 2.0], 3.5),
        (TIMES, "outside", [1.0, 2.0], 5.0),
        (PLACES, "within", [0.5, 2.0], 1.9),
        (PLACES, "below", 1.15, 1.1),
        (SHARES, "above", -0.01, 0.01),
        (SHARES, "within", [-0.03, 0.05], 0.02),
    ],
)
def test_a_median_is_moved_by_a_factor_or_where_there_are_signs_by_a_difference(
    values, relation, bound, truth
):
    pilot = statistics.median_interval(values)
    made = chances.chances(pilot, relation, bound, truth)
    middle = np.median(values)
    moved = values * (truth / middle) if values.min() > 0 else values + (truth - middle)
    holds, fails = resampled(moved, relation, bound)
    assert made.holds == pytest.approx(holds, abs=0.04)
    assert made.fails == pytest.approx(fails, abs=0.04)


def test_a_value_that_moving_brings_to_the_bound_is_on_it():
    pilot = statistics.median_interval([0.1, 0.3, 0.3, 0.3, 0.3, 0.5, 0.7, 0.7, 0.9])
    assert 0.7 * (0.24 / 0.3) < 0.56  # by rounding
    made = chances.chances(pilot, "below", 0.56, 0.24)
    assert made.holds == pytest.approx(stats.binom.cdf(1, 9, 3 / 9))
    assert made.fails == pytest.approx(stats.binom.cdf(1, 9, 6 / 9))


def test_tied_or_not_a_median_errs_as_often_at_most_as_a_coin():
    """The sign test at the bound: k tails or fewer of n, whichever way the values are moved."""
    coin = stats.binom.cdf(5, 20, 0.5)  # the sixth of 20 is where the interval of 95 % begins
    for relation, bound, effect in (("within", [0.5, 2.0], 1.0), ("above", 0.5, 1.0)):
        made = power.characteristics(statistics.median_interval(PLACES), relation, bound, effect)
        assert made.false_support == pytest.approx(coin)
        assert made.false_refutation == pytest.approx(coin)
        assert made.power == pytest.approx(1.0)
    for outside, inside in ((2.0 + 1e-6, 2.0 - 1e-6), (0.5 - 1e-6, 0.5 + 1e-6)):
        assert resampled(PLACES / 0.997 * outside, "within", [0.5, 2.0])[0] <= coin
        assert resampled(PLACES / 0.997 * inside, "within", [0.5, 2.0])[1] <= coin


@pytest.mark.parametrize("tail", [0.01, 1e-4])
def test_of_many_samples_the_tail_is_the_exact_one_within_a_hundredth(tail):
    n = chances.MANY
    distance = stats.kstwo.isf(tail, n)
    assert chances._strays(n, distance) == pytest.approx(tail, rel=0.01)
    assert chances._strays(n - 1, distance) == stats.kstwo.sf(distance, n - 1)
