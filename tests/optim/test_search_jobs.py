import itertools

import numpy as np
import pytest

from deepclaims.errors import ConfigError
from deepclaims.optim.search_jobs import METHODS, Axis, points
from deepclaims.sweep.compose import parse

LR = "optimizer.lr=tag(log, interval(1e-4, 1))"
SPACE = (LR, "init=he,glorot,lecun", "model.depth=range(1,9)", "model.width=int(interval(4,64))")


def axes(*overrides):
    return [Axis.of(override) for override in parse(overrides)]


def first(count, *overrides, method="sobol", seed=0):
    return list(itertools.islice(points(axes(*overrides), method, seed), count))


@pytest.mark.parametrize("method", METHODS)
def test_a_larger_budget_begins_with_the_smaller_one(method):
    assert first(200, *SPACE, method=method)[:37] == first(37, *SPACE, method=method)
    assert first(20, *SPACE, method=method, seed=1) != first(20, *SPACE, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_every_point_is_in_the_space_and_no_two_are_the_same(method):
    found = first(300, *SPACE, method=method)
    assert len(set(found)) == 300
    for lr, init, depth, width in found:
        assert 1e-4 <= float(lr) <= 1
        assert init in ("he", "glorot", "lecun")
        assert depth in map(str, range(1, 9))
        assert width in map(str, range(4, 65))
    assert {init for _, init, _, _ in found} == {"he", "glorot", "lecun"}
    assert {int(width) for *_, width in found} >= {4, 64}


def test_a_logarithmic_interval_is_searched_by_order_of_magnitude():
    logs = np.log10([float(lr) for (lr,) in first(256, LR)])
    counts, _ = np.histogram(logs, bins=4, range=(-4, 0))
    assert counts == pytest.approx([64] * 4, abs=1)


def test_sobol_covers_a_square_better_than_chance():
    from scipy.stats import qmc

    space = ("a=interval(0,1)", "b=interval(0,1)")

    def discrepancy(method):
        return qmc.discrepancy(np.array(first(128, *space, method=method), dtype=float))

    assert discrepancy("sobol") < 0.2 * discrepancy("random")
    assert discrepancy("halton") < 0.5 * discrepancy("random")


@pytest.mark.parametrize("method", METHODS)
def test_a_finite_space_is_exhausted(method):
    assert sorted(first(100, "a=1,2,3", "b=x,y", method=method)) == sorted(
        itertools.product("123", "xy")
    )


@pytest.mark.parametrize(
    "override", ["a=interval(1,1)", "a=interval(2,1)", "a=tag(log, interval(0,1))"]
)
def test_an_interval_without_inside_is_refused(override):
    with pytest.raises(ConfigError, match=r"it takes interval\(low, high\)"):
        axes(override)


def test_an_unknown_method_is_refused():
    with pytest.raises(ConfigError, match="no search method 'grid'; known: sobol"):
        first(1, "a=1,2", method="grid")


def test_a_key_keeps_its_plus_and_shuffled_values_their_order():
    (added,) = parse(["+fit.patience=1,2"])
    assert Axis.of(added).key == "+fit.patience"
    (shuffled,) = parse(["model.width=shuffle(1,2,3,4,5,6,7,8,9)"])
    assert Axis.of(shuffled).values == tuple("123456789")
    (ranged,) = parse(["model.width=shuffle(range(1,9))"])
    assert Axis.of(ranged).values == tuple("12345678")
