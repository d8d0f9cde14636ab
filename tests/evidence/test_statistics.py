import math

import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence import statistics
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.law import wilson
from deepclaims.evidence.outcome import moments

RNG = np.random.default_rng(11)
A = RNG.normal(3.0, 1.0, 7)
B = RNG.normal(2.0, 2.0, 7) ** 2 + 0.5


def ends(estimate):
    return pytest.approx((estimate.low, estimate.high), rel=1e-9, abs=1e-12)


def test_mean_interval_is_scipys():
    expected = stats.ttest_1samp(A, 0.0).confidence_interval(0.95)
    assert (expected.low, expected.high) == ends(statistics.mean_interval(A))


def test_paired_difference_is_scipys():
    expected = stats.ttest_rel(A, B).confidence_interval(0.9)
    assert (expected.low, expected.high) == ends(statistics.paired_difference(A, B, level=0.9))


def test_difference_is_welchs():
    test = stats.ttest_ind(A, B[:5], equal_var=False)
    expected = test.confidence_interval(0.95)
    estimate = statistics.difference(A, B[:5])
    assert (expected.low, expected.high) == ends(estimate)
    assert 2 * min(estimate.p_value("above", 0), estimate.p_value("below", 0)) == pytest.approx(
        test.pvalue
    )


def test_ratio_interval_is_t_on_logarithms():
    expected = stats.ttest_1samp(np.log(A / B), 0.0).confidence_interval(0.95)
    estimate = statistics.ratio_interval(A, B)
    assert (math.exp(expected.low), math.exp(expected.high)) == ends(estimate)
    assert estimate.value == pytest.approx(stats.gmean(A / B))
    assert estimate.p_value("below", 1.0) == pytest.approx(
        stats.ttest_1samp(np.log(A / B), 0.0, alternative="less").pvalue
    )
    assert statistics.ratio_interval(A / B).value == pytest.approx(estimate.value)
    assert statistics.ratio_interval([1.0, -2.0], [1.0, 1.0]).satisfies("above", 0.5) is None


def test_power_law_is_the_slope_of_logarithms_seed_by_seed():
    random = np.random.default_rng(12)
    x, own = np.array([1.0, 2.0, 4.0, 8.0]), np.exp(random.normal(size=(5, 4)))
    y = 3 * x**1.5 * np.exp(0.1 * random.normal(size=(5, 4)))
    for across in (x, own):
        lines = [
            stats.linregress(np.log(a), np.log(b)).slope
            for a, b in zip(np.broadcast_to(across, y.shape), y, strict=True)
        ]
        found, expected = statistics.power_law(across, y), statistics.mean_interval(lines)
        assert found.value == pytest.approx(expected.value)
        assert (expected.low, expected.high) == ends(found)


def test_slope_interval_is_scipys():
    x = np.arange(6.0)
    y = 2 * x + RNG.normal(size=6)
    line = stats.linregress(x, y)
    half = stats.t.ppf(0.975, 4) * line.stderr
    assert (line.slope - half, line.slope + half) == ends(statistics.slope_interval(x, y))


def test_slopes_by_seed_are_averaged():
    x = np.tile(np.arange(4.0), 3)
    groups = np.repeat([5, 6, 7], 4)
    y = np.repeat([1.0, 2.0, 4.0], 4) * x + np.repeat([9.0, -3.0, 0.0], 4)
    expected = statistics.mean_interval([1.0, 2.0, 4.0])
    estimate = statistics.slope_interval(x, y, groups)
    assert (expected.low, expected.high) == ends(estimate)
    assert estimate.n == 3


def test_each_of_them_is_scipys_to_the_bit():
    rng = np.random.default_rng(0)
    x, y, groups = rng.lognormal(size=60), rng.normal(size=60), np.arange(60) % 12
    lines = [stats.linregress(x[groups == g], y[groups == g]).slope for g in range(12)]
    expected = statistics.mean_interval(lines)
    found = statistics.slope_interval(x, y, groups)
    assert (found.value, found.low, found.high) == (expected.value, expected.low, expected.high)
    assert statistics.slope_interval(np.ones(60), y, groups).satisfies("above", 0.0) is None


def test_two_points_fix_a_line_but_not_its_error():
    estimate = statistics.slope_interval([0.0, 1.0], [0.0, 2.0])
    assert estimate.value == 2.0
    assert estimate.satisfies("above", 0.0) is None


@pytest.mark.parametrize(("k", "n"), [(0, 5), (3, 10), (10, 10)])
def test_proportion_interval_is_clopper_and_pearsons(k, n):
    low = stats.beta.ppf(0.025, k, n - k + 1) if k else 0.0
    high = stats.beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    assert (low, high) == ends(statistics.proportion_interval(k, n))


def test_ten_of_ten_is_no_certainty():
    estimate = statistics.share_interval(np.ones(10))
    assert estimate == statistics.proportion_interval(10, 10)
    assert estimate.low == pytest.approx(0.025 ** (1 / 10))
    for bound in (0.5, 0.9):
        expected = stats.binomtest(10, 10, bound, alternative="greater").pvalue
        assert estimate.p_value("above", bound) == pytest.approx(expected)
    assert estimate.satisfies("above", 0.75) is None


def test_a_seed_that_diverged_has_not_succeeded():
    assert statistics.share_interval([True, math.nan, False]).value == pytest.approx(1 / 3)
    assert statistics.share_interval([]).satisfies("above", 0.1) is None
    with pytest.raises(ValueError, match="yes and no"):
        statistics.share_interval([0.0, 0.5])
    with pytest.raises(ValueError, match="11 successes of 10"):
        statistics.proportion_interval(11, 10)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((10, 10, 0, 10), 0.6075, 1.0),
        ((0, 10, 0, 10), -0.2775, 0.2775),
    ],
)
def test_proportion_difference_is_newcombes(counts, low, high):
    estimate = statistics.proportion_difference(*counts)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=6e-5)


def test_pooled_moments_equal_pooled_data():
    data = RNG.exponential(size=(4, 300))
    estimate = statistics.pooled_mean(data.mean(axis=1), (data**2).mean(axis=1), 300)
    expected = stats.ttest_1samp(data.ravel(), 0.0).confidence_interval(0.95)
    assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), rel=1e-6)
    assert estimate.n == 1200


def test_rank_correlation_by_seed_and_over_points():
    x = np.tile(np.arange(5.0), 4)
    noise = RNG.normal(scale=0.7, size=20)
    groups = np.repeat(np.arange(4), 5)
    expected = [
        stats.spearmanr(x[groups == g], (x + noise)[groups == g]).statistic for g in range(4)
    ]
    assert statistics.rank_correlation(x, x + noise, groups).value == pytest.approx(
        np.mean(expected)
    )
    over_points = statistics.rank_correlation(x, x + noise)
    assert over_points.value == pytest.approx(stats.spearmanr(x, x + noise).statistic)
    assert over_points.satisfies("above", 0.2) is True


def test_trend_is_pages():
    rows = RNG.normal(size=(30, 5)) + 0.3 * np.arange(5)
    expected = stats.page_trend_test(rows, method="asymptotic").pvalue
    assert statistics.trend(rows).p_value("above", 0) == pytest.approx(expected, rel=1e-6)
    assert statistics.trend(-rows).value == pytest.approx(-statistics.trend(rows).value)


def test_slope_through_known_errors_propagates_them():
    x, errors = np.array([0.0, 1.0, 3.0]), np.array([0.1, 0.2, 0.1])
    slopes = [stats.linregress(x, 2 * x + RNG.normal(0, errors)).slope for _ in range(4000)]
    estimate = statistics.slope_through(x, 2 * x, errors)
    assert estimate.value == pytest.approx(2.0)
    assert estimate.se == pytest.approx(np.std(slopes), rel=0.05)
    assert statistics.slope_through([1.0], [1.0], [0.1]).satisfies("above", 0) is None


def test_standard_errors():
    assert statistics.mean_interval(A).se == pytest.approx(stats.sem(A))
    assert exact(3).se == 0
    assert statistics.mean_interval([1.0]).se == math.inf


def test_moments_of_seeds_pool_to_the_mean_of_all_trajectories():
    values = np.random.default_rng(0).normal(2.0, 1.0, (3, 50))
    each = [moments("x", row) for row in values]
    found = statistics.pooled_mean([m["x"] for m in each], [m["x_square"] for m in each], 50)
    assert found.value == pytest.approx(values.mean())
    assert found.se == pytest.approx(values.std(ddof=1) / np.sqrt(150))


@pytest.mark.parametrize("n", [6, 8, 15, 40])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_a_median_has_the_interval_and_p_values_of_the_sign_test(n, level):
    """Thompson's interval is what the sign test, scipy's binomial one, does not reject."""
    x = np.random.default_rng(n).normal(1.0, 1.0, n)
    estimate = statistics.median_interval(x, level)
    assert estimate.value == np.median(x)
    for bound in (-0.5, 0.4, 1.0, 1.6, 2.5):
        expected = stats.binomtest(int((x > bound).sum()), n, alternative="greater").pvalue
        assert estimate.p_value("above", bound) == pytest.approx(expected)
        for relation in ("above", "below"):
            shown = estimate.p_value(relation, bound) <= (1 - level) / 2
            assert (estimate.satisfies(relation, bound) is True) == shown


def test_seeds_that_agree_on_a_place_are_no_certainty():
    place = statistics.median_interval([1.0] * 8)
    assert (place.low, place.high) == (1.0, 1.0)
    assert place.p_value("within", [0.95, 1.05]) == pytest.approx(2**-8)
    assert statistics.median_interval([1.0] * 5).satisfies("within", [0.95, 1.05]) is None
    assert statistics.median_interval([1.0] * 7 + [math.nan]).satisfies("above", 0.0) is None
    assert type(place).from_dict(place.to_dict()) == place


def test_a_median_is_covered_by_no_less_than_it_says():
    worlds = np.random.default_rng(5).exponential(size=(2000, 9))
    found = [statistics.median_interval(row) for row in worlds]
    share = np.mean([each.low <= np.log(2) <= each.high for each in found])
    assert share == pytest.approx(stats.binom.cdf(7, 9, 0.5) - stats.binom.cdf(1, 9, 0.5), abs=0.02)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_wilsons_interval_is_scipys(level):
    for n in (1, 7, 40):
        low, high = wilson(np.arange(n + 1), n, level)
        for k in range(n + 1):
            expected = stats.binomtest(k, n).proportion_ci(level, method="wilson")
            assert (low[k], high[k]) == pytest.approx(tuple(expected), abs=1e-14)
