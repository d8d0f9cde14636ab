"""Is this the law? The Kolmogorov distance with the interval of Dvoretzky, Kiefer and Wolfowitz."""

import math

import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence import statistics
from deepclaims.evidence.law import Kolmogorov


def test_the_distance_is_that_of_the_kolmogorov_smirnov_test():
    sample = np.random.default_rng(1).normal(0.2, 1.0, 300)
    estimate = statistics.distance_from_law(sample, stats.norm.cdf)
    assert estimate.value == pytest.approx(stats.kstest(sample, "norm").statistic)
    reach = math.sqrt(math.log(2 / 0.025) / 600)
    assert estimate.high == pytest.approx(estimate.value + reach)
    assert estimate.low == pytest.approx(max(estimate.value - reach, 0.0))


@pytest.mark.parametrize("n", [50, 500, 50_000])
@pytest.mark.parametrize("tail", [0.025, 1e-4])
def test_the_inequality_is_tight_and_on_the_safe_side(n, tail):
    """Against the exact law of the statistic, which scipy has."""
    exact = stats.kstwo.sf(Kolmogorov(n).reach(tail), n)
    assert 0.55 * tail < exact <= tail


@pytest.mark.parametrize("bound", [0.0, 0.03, 0.08, 0.2, 1.0])
@pytest.mark.parametrize("n", [40, 4000])
def test_interval_and_p_value_agree(bound, n):
    estimate = statistics.distance_interval(0.06, n)
    for relation in ("above", "below"):
        assert (estimate.satisfies(relation, bound) is True) == (
            estimate.p_value(relation, bound) <= 0.025
        )


def test_a_wrong_law_is_not_called_right_more_often_than_promised():
    """A t law, 0.0376 from the normal at the farthest: the bound stands where the truth is."""
    rng, law = np.random.default_rng(2), stats.t(3, scale=0.8)
    grid = np.linspace(-10, 10, 20001)
    truth = float(np.abs(law.cdf(grid) - stats.norm.cdf(grid)).max())
    found = [
        statistics.distance_from_law(law.rvs(2000, random_state=rng), stats.norm.cdf)
        for _ in range(400)
    ]
    assert np.mean([each.satisfies("below", truth) is True for each in found]) <= 0.025
    assert np.mean([each.low <= truth <= each.high for each in found]) >= 0.95


def test_a_test_that_does_not_reject_proves_nothing_but_many_samples_do():
    rng = np.random.default_rng(3)
    few = stats.t(4).rvs(60, random_state=rng)
    assert stats.kstest(few, "norm").pvalue > 0.05
    assert statistics.distance_from_law(few, stats.norm.cdf).satisfies("below", 0.05) is None
    many = rng.normal(size=20_000)
    assert statistics.distance_from_law(many, stats.norm.cdf).satisfies("below", 0.02) is True


def test_nothing_is_decided_without_samples():
    assert statistics.distance_interval(math.nan, 10).satisfies("below", 0.5) is None
    assert statistics.distance_from_law([], stats.norm.cdf).satisfies("below", 0.5) is None
    assert statistics.distance_from_law([0.0, math.nan], stats.norm.cdf).high == math.inf
