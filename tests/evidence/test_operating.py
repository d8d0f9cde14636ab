import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence.chances import distance_power
from deepclaims.evidence.check import Check
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.power import level_to_survive
from deepclaims.evidence.statistics import distance_interval, mean_interval, median_interval

VALUES = np.array([0.31, 0.52, 0.18, 0.35, 0.44, 0.29])
SAYS = {"es": "gana", "en": "it gains"}


def found(estimate, role="claim", **more):
    check = {"role": role, "relation": "above", "bound": 0.0, "says": SAYS, **more}
    return Check.of("gain", check).find(estimate)


def simulated(effect, sd, n, p, worlds=200_000):
    """The share of experiments with n normal units in which Student's test rejects at p."""
    rng = np.random.default_rng(0)
    values = rng.normal(effect, sd, size=(worlds, n))
    t = values.mean(axis=1) / (values.std(axis=1, ddof=1) / np.sqrt(n))
    return np.mean(stats.t.sf(t, n - 1) <= p)


def test_power_is_that_of_students_test_at_the_level_of_catalogue_and_attempt():
    of = Operating.of(found(mean_interval(VALUES), relevant=0.5), attempt=2, family=10)
    p = 0.05 / (6 * 10)  # a second attempt has a sixth of α, the first of ten a tenth of that
    assert of.power == pytest.approx(simulated(0.5, VALUES.std(ddof=1), 6, p), abs=0.005)
    assert of.false_support == pytest.approx(p)
    assert of.false_refutation == pytest.approx(p)


def test_of_several_that_must_all_hold_each_has_its_share():
    several = found([mean_interval(VALUES), mean_interval(VALUES + 1)], relevant=0.5)
    assert Operating.of(several, 1, 1).false_support == pytest.approx(0.025 / 2)


@pytest.mark.parametrize(
    "nothing",
    [
        found(exact(1.0), relevant=0.5),
        found(mean_interval([0.1 + 0.2, 0.3]), relevant=0.5),
        found(mean_interval(VALUES)),
        found(mean_interval(VALUES), role="control", relevant=0.5),
        found(median_interval([30.0] * 8 + [68.0, 385.0]), relevant=0.5),
        found(distance_interval(0.02, 900), relation="below", bound=0.1, relevant=0.05),
    ],
)
def test_where_nothing_is_at_stake_there_is_nothing_to_say(nothing):
    assert Operating.of(nothing, 1, 10) is None


def test_what_is_written_is_read():
    of = Operating.of(found(mean_interval(VALUES), relevant=0.5), 1, 10)
    assert Operating.from_dict(of.to_dict()) == of


def test_power_of_a_distance_is_that_of_samples_of_the_very_law():
    near = found(distance_interval(0.0028, 400_000), relation="below", bound=0.01, relevant=0.0)
    of = Operating.of(near, attempt=2, family=10)
    level = level_to_survive(10, 2)
    assert of.power == distance_power(400_000, 0.01, level) > 0.99
    assert 0 < of.false_support == of.false_refutation <= (1 - level) / 2
