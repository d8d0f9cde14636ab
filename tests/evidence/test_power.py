"""Operating characteristics against scipy's laws, textbook numbers and simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from deepclaims.evidence import chances, power, statistics
from deepclaims.evidence.check import Check, Finding
from deepclaims.evidence.estimate import Estimate, exact, undecided
from deepclaims.evidence.law import Student
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.sentence import Ruling
from deepclaims.evidence.verdict import verdict

PILOT = np.array([0.3, 1.1, 0.7, 1.9, 0.2, 0.9, 0.4, 1.2])
MEAN = statistics.mean_interval(PILOT)
KNOWN = Estimate.of(0.0, Student(0.5, math.inf), 16, "made")


def test_at_the_bound_a_check_errs_as_often_as_its_level_says():
    for relation in ("above", "below"):
        made = power.characteristics(MEAN, relation, 0.5, 0.5)
        assert made.false_support == pytest.approx(0.025)
        assert made.false_refutation == pytest.approx(0.025)
    wide = power.characteristics(MEAN, "within", [0.0, 50.0], 25.0)
    assert wide.false_support == pytest.approx(0.025)
    assert power.characteristics(MEAN, "above", 0.5, 0.5, level=0.99).power == pytest.approx(0.005)


def test_sample_size_of_a_textbook():
    """Two-sided 5 %, power 90 %, effect of one standard deviation: 13 pairs (Lehr, and G*Power)."""
    unit = statistics.mean_interval([-1.0, 1.0, -1.0, 1.0, 0.0])  # standard deviation 1
    assert power.needed(unit, "above", 0.0, 1.0) == 13
    assert chances.chances(unit, "above", 0.0, 1.0, n=12).holds < 0.9
    assert power.needed(unit, "above", 0.0, 0.5) == 44
    with pytest.raises(ValueError, match="not above"):
        power.needed(unit, "above", 0.0, -1.0)


def test_a_proportion_errs_by_the_exact_binomial_law():
    pilot = statistics.proportion_interval(7, 10)
    made = power.characteristics(pilot, "above", 0.5, 0.95, n=20)
    least = next(k for k in range(21) if stats.binom.sf(k - 1, 20, 0.5) <= 0.025)
    assert made.false_support == pytest.approx(stats.binom.sf(least - 1, 20, 0.5))
    assert made.power == pytest.approx(stats.binom.sf(least - 1, 20, 0.95))
    # Even ten of ten do not show more than 0.75.
    assert chances.chances(pilot, "above", 0.75, 1.0).holds == 0


def test_of_the_bootstrap_the_draws_are_the_experiments():
    pilot = statistics.patient_mean(np.random.default_rng(9).normal(0, 1, 60), draws=4999)
    at_bound = power.characteristics(pilot, "above", 0.3, 0.9)
    assert at_bound.false_support == pytest.approx(0.0125, abs=0.001)  # caution: half of 0.025
    normal = stats.norm.sf(stats.norm.ppf(1 - 0.0125) - 0.6 / pilot.law.se)
    assert at_bound.power == pytest.approx(normal, abs=0.03)
    more = chances.chances(pilot, "above", 0.3, 0.5, n=240).holds
    assert more > chances.chances(pilot, "above", 0.3, 0.5).holds


def test_of_distances_the_very_law_and_the_bound_are_known():
    pilot = statistics.distance_interval(0.02, 900)
    at = power.characteristics(pilot, "below", 0.085, 0.0)
    assert at.power == chances.distance_power(900, 0.085)
    # A mixture that is 0.085 away from the uniform law: so much of it is at 0.
    rng, n = np.random.default_rng(11), 900
    held = []
    for _ in range(400):
        sample = np.where(rng.random(n) < 0.085, 0.0, rng.random(n))
        distance = stats.kstest(sample, "uniform").statistic
        held.append(statistics.distance_interval(distance, n).satisfies("below", 0.085))
    assert held.count(True) / 400 <= at.false_support + 0.01
    assert held.count(False) / 400 <= at.false_refutation + 0.01
    assert at.false_support == at.false_refutation == pytest.approx(0.025, rel=0.1)


def test_what_has_no_luck_and_what_is_not_known():
    assert chances.chances(exact(3.0), "above", 2.0, 2.5) == chances.Chances(1.0, 0.0)
    assert chances.chances(exact(3.0), "outside", [2.0, 3.0], 2.5) == chances.Chances(0.0, 1.0)
    assert chances.chances(undecided("t", 5), "above", 2.0, 2.5) == chances.Chances(0.0, 0.0)
    with pytest.raises(ValueError, match="kolmogorov"):
        chances.chances(statistics.distance_interval(0.1, 50), "below", 0.2, 0.1)
    with pytest.raises(ValueError, match="one number"):
        power.characteristics(MEAN, "above", [0.0, 1.0], 2.0)


@pytest.mark.parametrize(("claims", "attempt", "checks"), [(1, 1, 1), (60, 1, 1), (60, 3, 4)])
def test_a_check_at_the_level_to_survive_is_just_settled(claims, attempt, checks):
    """Against `settle`: with the p-value of that level it stands, with a bit more it does not."""
    p = (1 - power.level_to_survive(claims, attempt, checks)) / 2 * checks
    says = {"es": "", "en": ""}
    written = {"role": "claim", "relation": "above", "bound": 0.0, "says": says}
    gain = Check.of("gain", written)
    for factor, survives in ((0.999, True), (1.001, False)):
        law = Student(1.0, math.inf)
        seen = Finding.of(gain, Estimate.of(-stats.norm.ppf(factor * p), law, 2, "t"))
        mine = verdict([seen], {})
        found = settle({"mine": mine}, {"mine": attempt}, family=claims)["mine"]
        assert (found.ruling is Ruling.SUPPORTED) == survives
    with pytest.raises(ValueError, match="1 at least"):
        power.level_to_survive(0)


def test_power_at_the_level_to_survive_is_the_noncentral_ts():
    level = power.level_to_survive(60, attempt=2)
    tail = 0.05 / 60 / 6
    expected = stats.nct.sf(stats.t.ppf(1 - tail, 7), 7, 3.0 / stats.sem(PILOT))
    assert chances.chances(MEAN, "above", 0.0, 3.0, level=level).holds == pytest.approx(expected)
    at_bound = power.characteristics(MEAN, "above", 0.0, 3.0, level=level)
    assert at_bound.false_support == pytest.approx(tail)


def test_a_median_errs_by_the_binomial_law_of_the_sign_test():
    pilot = statistics.median_interval(stats.norm.ppf((np.arange(2001) + 0.5) / 2001))
    made = power.characteristics(pilot, "above", 0.0, 1.0, n=15)
    assert made.false_support == pytest.approx(stats.binom.cdf(3, 15, 0.5), abs=0.01)
    # The fourth smallest of 15 must exceed 0: so must twelve at least.
    assert made.power == pytest.approx(stats.binom.sf(11, 15, stats.norm.cdf(1.0)), abs=0.03)
    assert chances.chances(pilot, "above", 0.0, 1.0, n=5) == chances.Chances(0.0, 0.0)


def test_values_most_of_which_are_at_an_end_say_nothing_of_another_median():
    at_most = [30.0] * 12 + [68.0, 385.0] + [1e12] * 4
    for values in (at_most, [-each for each in at_most], [1.0] * 8):
        with pytest.raises(ValueError, match="at an end"):
            power.characteristics(statistics.median_interval(values), "above", 0.5, 2.0)
