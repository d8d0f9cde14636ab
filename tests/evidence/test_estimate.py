import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from deepclaims.evidence import statistics
from deepclaims.evidence.estimate import Estimate, Relation, exact, undecided
from deepclaims.evidence.law import Binomial

SAMPLE = np.array([0.3, 1.1, 0.7, 1.9, 0.2, 0.9])


def every_kind() -> list[Estimate]:
    rng = np.random.default_rng(5)
    return [
        exact(3.0),
        undecided("t", 1),
        statistics.mean_interval(SAMPLE),
        statistics.ratio_interval(SAMPLE, SAMPLE[::-1] + 0.1),
        statistics.proportion_interval(3, 11),
        statistics.proportion_interval(0, 11),
        statistics.proportion_difference(9, 12, 4, 15),
        statistics.bootstrap(np.mean, rng.normal(size=22), draws=499),
        Estimate(1.0, 0.4, 2.0, 7, "from a paper"),
        statistics.mean_interval(SAMPLE).at(0.99, family=5),
    ]


@pytest.mark.parametrize("estimate", every_kind(), ids=lambda each: each.method)
def test_an_estimate_survives_json(estimate):
    again = Estimate.from_dict(json.loads(json.dumps(estimate.to_dict(), allow_nan=False)))
    assert again.to_dict() == estimate.to_dict()
    for bound in (-0.5, 0.2, 0.7):
        assert again.p_value("above", bound) == estimate.p_value("above", bound)


@pytest.mark.parametrize("estimate", every_kind(), ids=lambda each: each.method)
@pytest.mark.parametrize("bound", [-0.31, 0.04, 0.2, 0.55, 0.93, 1.4, 3.3])
def test_interval_and_p_value_agree(estimate, bound):
    tail = (1 - 0.95) / 2 if estimate.family == 1 else (1 - estimate.level) / 2 * estimate.family
    for relation in ("above", "below"):
        assert (estimate.satisfies(relation, bound) is True) == (
            estimate.p_value(relation, bound) <= tail
        )
        assert (estimate.satisfies(relation, bound) is False) == (
            estimate.p_against(relation, bound) <= tail
        )
    pair = [bound - 0.5, bound + 0.5]
    assert (estimate.satisfies("within", pair) is True) == (
        estimate.p_value("within", pair) <= tail
    )
    assert (estimate.satisfies("outside", pair) is True) == (
        estimate.p_value("outside", pair) <= 2 * tail  # pays for choosing its side
    )


def test_p_values_of_a_mean_are_scipys():
    for bound in (0.0, 0.5, 0.85, 2.0):
        expected = stats.ttest_1samp(SAMPLE, bound, alternative="greater").pvalue
        assert statistics.mean_interval(SAMPLE).p_value("above", bound) == pytest.approx(expected)


def test_p_values_of_a_proportion_are_scipys():
    estimate = statistics.proportion_interval(7, 20)
    expected = stats.binomtest(7, 20, 0.6, alternative="less").pvalue
    assert estimate.p_value("below", 0.6) == pytest.approx(expected)


def test_equivalence_is_two_one_sided_tests():
    low, high = 0.0, 1.5
    expected = max(
        stats.ttest_1samp(SAMPLE, low, alternative="greater").pvalue,
        stats.ttest_1samp(SAMPLE, high, alternative="less").pvalue,
    )
    assert statistics.mean_interval(SAMPLE).p_value("within", [low, high]) == pytest.approx(
        expected
    )


@given(
    value=st.floats(-5, 5),
    half=st.floats(0.01, 3),
    bound=st.floats(-5, 5),
)
def test_a_relation_and_its_opposite_never_both_hold(value, half, bound):
    estimate = Estimate(value, value - half, value + half, 9, "made")
    pair = [bound, bound + 1]
    for relation, against in ((Relation.ABOVE, bound), (Relation.WITHIN, pair)):
        says = estimate.satisfies(relation, against)
        denies = estimate.satisfies(relation.opposite, against)
        if says is True:
            assert denies is False
        if denies is True:
            assert says is False


def test_strictness_on_the_bound_itself():
    assert exact(60).satisfies("within", [60, 60]) is True
    assert exact(60).p_value("within", [60, 60]) == 0
    assert exact(0).satisfies("above", 0) is False
    assert exact(0).p_value("above", 0) == 1
    assert exact(0).p_against("above", 0) == 0
    assert exact(61).satisfies("outside", [60, 60]) is True


@pytest.mark.parametrize("relation", ["above", "below", "within", "outside"])
def test_nan_and_single_units_decide_nothing(relation):
    bound = [-1.0, 1.0] if relation in ("within", "outside") else 0.0
    for estimate in (
        exact(math.nan),
        statistics.mean_interval([1.0]),
        statistics.mean_interval([1.0, math.nan, 2.0]),
        statistics.mean_interval([]),
        Estimate(math.nan, 0.0, 1.0, 3, "made"),
    ):
        assert estimate.satisfies(relation, bound) is None
        assert estimate.p_value(relation, bound) == 1
        assert (estimate.low, estimate.high) == (-math.inf, math.inf)


def test_wrong_bounds_and_relations_are_refused():
    with pytest.raises(ValueError, match="one number"):
        exact(1).satisfies("above", [0, 1])
    with pytest.raises(ValueError, match=r"\[low, high\]"):
        exact(1).p_value("within", 0.0)
    with pytest.raises(ValueError, match="over"):
        exact(1).satisfies("over", 0.0)
    with pytest.raises(ValueError, match="wrong way round"):
        Estimate(0.0, 1.0, -1.0, 3, "made")


def test_a_given_interval_is_read_as_a_normal_one():
    z = stats.norm.ppf(0.975)
    estimate = Estimate(1.0, 1.0 - z, 1.0 + z, 50, "from a paper")
    assert estimate.p_value("above", 0.0) == pytest.approx(stats.norm.sf(1.0))
    assert estimate.at(0.99).low == pytest.approx(1.0 - stats.norm.ppf(0.995))


@pytest.mark.parametrize("k", [0, 3, 22])
def test_a_proportions_law_is_scipys_exact_one(k):
    law, asked = Binomial(k, 22), stats.binomtest(k, 22)
    assert law.interval(k / 22, 0.95) == pytest.approx(tuple(asked.proportion_ci(0.95)), abs=1e-12)
    for bound in (0.0, 0.1, 0.5, 0.93, 1.0):
        above, below = (stats.binomtest(k, 22, bound, alternative=a) for a in ("greater", "less"))
        assert law.p_above(k / 22, bound) == pytest.approx(above.pvalue, abs=1e-12)
        assert law.p_below(k / 22, bound) == pytest.approx(below.pvalue, abs=1e-12)
    assert (law.p_above(0, 1.1), law.p_below(0, 1.1)) == (1.0, 0.0)  # nothing exceeds 1
    assert (law.p_above(0, -0.1), law.p_below(0, -0.1)) == (0.0, 1.0)
