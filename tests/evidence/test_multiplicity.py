import re

import numpy as np
import pytest

from deepclaims.evidence.check import findings
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.multiplicity import holm, settle
from deepclaims.evidence.sentence import Ruling
from deepclaims.evidence.statistics import mean_interval
from deepclaims.evidence.verdict import verdict

CHECK = {"gain": {"role": "claim", "relation": "above", "bound": 0.0, "says": {"es": "", "en": ""}}}


def rule(estimate):
    return verdict(findings(CHECK, {"gain": estimate}), {})


def test_holm_on_a_known_example():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_is_monotone_capped_and_harmless_alone():
    p = np.random.default_rng(0).uniform(size=30)
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert adjusted.max() <= 1
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert holm([0.03]) == pytest.approx([0.03])


def test_a_weak_claim_does_not_survive_its_catalogue_and_a_strong_one_does():
    weak = mean_interval([0.4, 0.9, 1.6, 0.2, 1.1])
    strong = mean_interval([1.01, 1.02, 0.99, 1.0, 0.98])
    catalogue = {"weak": rule(weak), "strong": rule(strong)}
    catalogue |= {f"open_{i}": rule(undecided("t")) for i in range(20)}
    settled = settle(catalogue)
    assert catalogue["weak"].ruling == "supported"
    assert settled["weak"].ruling == "inconclusive"
    assert re.search(r"p = 0,\d+, corregido \S+ > 0,05", settled["weak"].reason["es"])
    assert re.search(r"p = 0\.\d+, corrected \S+ > 0\.05", settled["weak"].reason["en"])
    assert settled["strong"].ruling == "supported"
    assert settled["strong"].p_adjusted == pytest.approx(22 * 2 * catalogue["strong"].p)
    assert settle({"weak": catalogue["weak"]})["weak"].ruling == "supported"


def test_sentences_that_nobody_measured_are_in_the_family():
    strong = rule(mean_interval([1.01, 1.02, 0.99, 1.0, 0.98]))
    alone, among = (settle({"a": strong}, family=size)["a"] for size in (1, 120))
    assert among.p_adjusted == pytest.approx(120 * alone.p_adjusted)


def test_each_sentence_of_a_claim_is_corrected_for_itself():
    sentences = {name: {"reading": "literal"} for name in ("weak", "strong")}
    checks = {name: CHECK["gain"] | {"sentence": name} for name in sentences}
    estimates = {
        "weak": mean_interval([0.4, 0.9, 1.6, 0.2, 1.1]),
        "strong": mean_interval([1.01, 1.02, 0.99, 1.0, 0.98]),
    }
    claim = verdict(findings(checks, estimates), {"sentences": sentences})
    settled = settle({"claim": claim}, family=40)["claim"]
    assert settled.rulings == {"weak": "inconclusive", "strong": "supported"}
    assert settled.ruling is Ruling.INCONCLUSIVE


def test_exact_claims_cost_the_others_nothing():
    p = rule(mean_interval([1.0, 1.3, 0.8, 1.1])).p
    catalogue = {"measured": rule(mean_interval([1.0, 1.3, 0.8, 1.1]))}
    catalogue |= {f"arithmetic_{i}": rule(exact(1.0)) for i in range(50)}
    assert settle(catalogue)["measured"].p_adjusted == pytest.approx(2 * p)


def test_an_attempt_may_use_its_share_of_the_level_only():
    strong = rule(mean_interval([1.01, 1.02, 0.99, 1.0, 0.98]))
    for attempt, factor in ((1, 2), (2, 6), (3, 12), (13, 182)):
        (settled,) = settle({"again": strong}, {"again": attempt}).values()
        assert settled.p_adjusted == pytest.approx(factor * strong.p)
    some = rule(mean_interval([1.0, 1.3, 0.8, 1.1]))  # p about 0.001
    assert settle({"again": some}, {"again": 3})["again"].ruling == "supported"
    late = settle({"again": some}, {"again": 13})["again"]
    assert late.ruling == "inconclusive"
    assert "at attempt 13" in late.reason["en"]


def test_refutations_are_corrected_too():
    catalogue = {f"claim_{i}": rule(mean_interval([-0.4, -0.9, -1.3, -0.6])) for i in range(30)}
    assert catalogue["claim_0"].ruling == "refuted"
    assert {each.ruling for each in settle(catalogue).values()} == {Ruling.INCONCLUSIVE}


def test_an_empty_catalogue_is_settled():
    assert settle({}) == {}


def test_wrong_rulings_anywhere_in_a_catalogue_are_rare():
    """Forty claims of which thirty have no effect at all: support of any of those is an error."""
    rng = np.random.default_rng(4)
    raw = corrected = found = 0
    for _ in range(150):
        means = np.r_[np.zeros(30), np.full(10, 3.0)]
        catalogue = {
            str(i): rule(mean_interval(rng.normal(mean, 0.5, 8))) for i, mean in enumerate(means)
        }
        settled = settle(catalogue)
        null = [str(i) for i in range(30)]
        raw += any(catalogue[name].ruling == "supported" for name in null)
        corrected += any(settled[name].ruling == "supported" for name in null)
        found += sum(settled[str(i)].ruling == "supported" for i in range(30, 40))
    assert raw / 150 > 0.35  # what the correction is for: 1 - 0.975^30 = 0.53
    assert corrected / 150 < 0.05 + 3 * (0.05 * 0.95 / 150) ** 0.5
    assert found / 1500 > 0.95


def test_holms_error_rate_with_dependent_tests():
    rng = np.random.default_rng(9)
    shared, own = rng.normal(size=(4000, 1)), rng.normal(size=(4000, 20))
    from scipy.stats import norm

    p = norm.sf(0.7 * shared + (1 - 0.49) ** 0.5 * own)
    errors = np.mean([holm(row).min() <= 0.05 for row in p])
    assert errors <= 0.05 + 3 * (0.05 * 0.95 / 4000) ** 0.5
