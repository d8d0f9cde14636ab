import numpy as np
import pytest

from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.family import hardest
from deepclaims.evidence.statistics import mean_interval, pooled_mean

A = np.random.default_rng(0).normal(3.0, 1.0, 7)


def test_it_pays_for_every_look():
    family = [mean_interval(A + shift) for shift in (0.0, -1.0, 2.0)]
    member = hardest(family, "above", 2.9)
    assert member.value == family[1].value
    assert member.level == pytest.approx(1 - 0.05 / 3)
    p = family[1].p_value("above", 2.9)
    assert member.p_value("above", 2.9) == pytest.approx(min(1.0, 3 * p))


def test_an_open_member_does_not_hide_a_failing_one():
    """[−1 ± 5.4, −0.5 ± 0.13] above 0: the first reaches lower, the second has failed."""
    wide, narrow = (
        Estimate(value, value - half, value + half, 5, "made")
        for value, half in ((-1.0, 5.4), (-0.5, 0.13))
    )
    member = hardest([wide, narrow], "above", 0.0)
    assert member.value == -0.5
    assert member.satisfies("above", 0.0) is False


def test_an_open_member_comes_before_one_that_holds():
    is_open = mean_interval([1.0])
    assert hardest([exact(5.0), is_open], "above", 0.0).satisfies("above", 0.0) is None
    assert hardest([exact(5.0), is_open, exact(-1.0)], "above", 0.0).value == -1.0


def test_among_its_like_the_margin_decides():
    assert hardest([exact(0.0), exact(0.9)], "within", [-1, 1]).value == 0.9
    assert hardest([exact(9.0), exact(1.5)], "outside", [-1, 1]).value == 1.5


def test_it_has_the_largest_p_value_of_the_family():
    """A small error near the bound and a large one far from it: the p-value decides."""
    near = pooled_mean([1.0], [1.0 + 1e-6], 1000)
    far = pooled_mean([0.9], [0.81 + 2.0], 1000)
    member = hardest([near, far], "below", 1.05)
    assert member.value == pytest.approx(0.9)
    assert member.p_value("below", 1.05) == max(
        2 * each.p_value("below", 1.05) for each in (near, far)
    )


def test_an_empty_family_has_no_member():
    with pytest.raises(ValueError, match="empty"):
        hardest([], "above", 0.0)
