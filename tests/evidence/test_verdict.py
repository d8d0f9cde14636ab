import itertools

import numpy as np
import pytest

from deepclaims.errors import ClaimError
from deepclaims.evidence.check import findings
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.sentence import Ruling
from deepclaims.evidence.statistics import mean_interval
from deepclaims.evidence.verdict import Verdict, verdict


def outcome(holds, i=0):
    """An estimate, its own each time, that is above 0, below it, or undecided."""
    return {True: exact(2.0 + i), False: exact(-2.0 - i), None: undecided("t")}[holds]


def written(role, relation="above", bound=0.0):
    says = {"es": "gana", "en": "it gains"}
    return {"role": role, "relation": relation, "bound": bound, "says": says}


def rule(claim=(), repair=(), control=()):
    """The verdict when checks of each role come out so."""
    checks, estimates = {}, {}
    for role, outcomes in (("claim", claim), ("repair", repair), ("control", control)):
        for i, holds in enumerate(outcomes):
            checks[f"{role}_{i}"] = written(role)
            estimates[f"{role}_{i}"] = outcome(holds, len(estimates))
    return verdict(findings(checks, estimates), {})


@pytest.mark.parametrize(
    ("claim", "repair", "control", "ruling"),
    [
        ([True, True], [], [True], "supported"),
        ([True], [], [], "supported"),
        ([True], [False], [True], "supported"),
        ([True, None], [], [True], "inconclusive"),
        ([None], [True], [True], "inconclusive"),
        ([True, False], [], [True], "refuted"),
        ([False, None], [], [True], "refuted"),
        ([False], [True, True], [True], "corrected"),
        ([False, True], [True], [True], "corrected"),
        ([False, None], [True], [True], "refuted"),
        ([False], [True, None], [True], "refuted"),
        ([False], [True, False], [True], "refuted"),
        ([True], [], [True, None], "inconclusive"),
        ([True], [], [False], "inconclusive"),
        ([False], [True], [False], "inconclusive"),
    ],
)
def test_the_table_of_rulings(claim, repair, control, ruling):
    assert rule(claim, repair, control).ruling == ruling


def test_no_ruling_but_inconclusive_survives_a_control_that_does_not_hold():
    three = (True, False, None)
    for claim, repair, control in itertools.product(three, three, (False, None)):
        assert rule([claim], [repair], [control]).ruling is Ruling.INCONCLUSIVE


def test_p_of_support_is_the_largest_and_of_refutation_bonferronis():
    strong, weak = (mean_interval([m - 0.1, m, m + 0.1, m + 0.05]) for m in (3.0, 0.5))
    checks = {"a": written("claim"), "b": written("claim")}
    supported = verdict(findings(checks, {"a": strong, "b": weak}), {})
    assert supported.p == weak.p_value("above", 0) > strong.p_value("above", 0)

    checks = {"a": written("claim", "below"), "b": written("claim", "below")}
    refuted = verdict(findings(checks, {"a": strong, "b": weak}), {})
    assert refuted.ruling == "refuted"
    assert refuted.p == 2 * strong.p_value("above", 0)

    checks = {"a": written("claim", "below"), "b": written("repair")}
    corrected = verdict(findings(checks, {"a": strong, "b": weak}), {})
    assert corrected.ruling == "corrected"
    assert corrected.p == weak.p_value("above", 0)


def test_an_inconclusive_claim_has_p_one():
    assert rule([True], [], [False]).p == 1
    assert rule([None]).p == 1


def test_a_claim_needs_a_check_that_speaks_for_it():
    with pytest.raises(ClaimError, match="at least one check"):
        rule(control=[True])


TWO = {"sentences": {"L1.s1.1": {"reading": "literal"}, "L1.s1.2": {"reading": "literal"}}}


def headline(*outcomes, registered=TWO):
    """The verdict on a claim of two sentences, a check each, that come out so."""
    checks = {
        name: written("claim") | {"sentence": sentence}
        for name, sentence in zip("ab", registered["sentences"], strict=True)
    }
    estimates = {
        name: outcome(each, i) for i, (name, each) in enumerate(zip("ab", outcomes, strict=True))
    }
    return verdict(findings(checks, estimates), registered)


@pytest.mark.parametrize(
    ("outcomes", "ruling"),
    [
        ((True, True), "supported"),
        ((True, False), "refuted"),
        ((None, False), "refuted"),
        ((True, None), "inconclusive"),
    ],
)
def test_the_headline_is_that_of_all_sentences_together(outcomes, ruling):
    assert headline(*outcomes).ruling == ruling


@pytest.mark.parametrize("of_the_study", [True, False, None])
def test_what_no_slide_says_has_no_part_in_the_headline_beside_a_sentence(of_the_study):
    both = {"sentences": {"L1.s1.1": {"reading": "literal"}, "study": {"reading": "literal"}}}
    found = headline(True, of_the_study, registered=both)
    assert found.ruling == "supported"
    assert found.p == headline(True, True).p
    assert [each.sentence.id for each in found.deciding] == ["L1.s1.1"]
    assert headline(False, of_the_study, registered=both).ruling == "refuted"


def test_each_sentence_has_its_own_ruling():
    assert headline(True, False).rulings == {"L1.s1.1": "supported", "L1.s1.2": "refuted"}


def test_a_corrected_sentence_makes_no_corrected_claim_beside_an_open_one():
    sentences = {
        "L1.s1.1": {"reading": "literal", "repair": {"es": "otra", "en": "another"}},
        "L1.s1.2": {"reading": "literal"},
    }
    checks = {
        "fails": written("claim") | {"sentence": "L1.s1.1"},
        "mended": written("repair") | {"sentence": "L1.s1.1"},
        "open": written("claim") | {"sentence": "L1.s1.2"},
    }
    estimates = {"fails": exact(-2.0), "mended": exact(3.0), "open": undecided("t")}
    ruled = verdict(findings(checks, estimates), {"sentences": sentences})
    assert ruled.rulings == {"L1.s1.1": "corrected", "L1.s1.2": "inconclusive"}
    assert ruled.ruling == "inconclusive"


def test_a_verdict_survives_being_kept():
    ruled = headline(True, None)
    checks = {each.check.name: written("claim") | {"sentence": each.check.sentences[0]}
              for each in ruled.findings}  # fmt: skip
    again = Verdict.from_dict(ruled.to_dict(), TWO | {"criterion": {"checks": checks}})
    assert again.rulings == ruled.rulings
    assert again.reason == ruled.reason


# The engine in made worlds: a gain that must be above 0 twice, and a control that must be within
# (-1, 1). Five seeds, noise of standard deviation 0.3.
MADE = {
    "gain": written("claim"),
    "other_gain": written("claim"),
    "no_gain_here": written("control", "within", [-1.0, 1.0]),
}


def rulings(worlds, gain, control=0.0, seeds=5):
    rng = np.random.default_rng(seeds)
    counts = dict.fromkeys(Ruling, 0)
    for _ in range(worlds):
        estimates = {
            name: mean_interval(rng.normal(mean, 0.3, seeds))
            for name, mean in zip(MADE, (gain, gain, control), strict=True)
        }
        counts[verdict(findings(MADE, estimates), {}).ruling] += 1
    return {ruling: count / worlds for ruling, count in counts.items()}


def test_a_true_claim_is_supported():
    assert rulings(300, gain=1.0)["supported"] > 0.9


def test_a_false_claim_is_refuted():
    assert rulings(300, gain=-1.0)["refuted"] > 0.9


def test_no_effect_is_hardly_ever_called_support():
    share = rulings(1500, gain=0.0)
    assert share["supported"] < 0.01  # two independent checks: 0.025 squared
    assert share["inconclusive"] > 0.9


def test_one_check_at_its_bound_is_supported_at_most_in_one_world_of_forty():
    rng = np.random.default_rng(8)
    one = {"gain": written("claim")}
    said = [
        verdict(findings(one, {"gain": mean_interval(rng.normal(0, 1, 5))}), {}).ruling
        for _ in range(3000)
    ]
    assert said.count(Ruling.SUPPORTED) / 3000 == pytest.approx(0.025, abs=0.0115)


def test_a_blind_experiment_is_not_believed():
    assert rulings(300, gain=1.0, control=1.0)["inconclusive"] > 0.95


@pytest.mark.parametrize("seeds", [1, 2])
def test_too_few_seeds_are_inconclusive_and_do_not_crash(seeds):
    assert rulings(50, gain=0.2, seeds=seeds)["inconclusive"] > 0.8


def test_a_list_must_pass_as_a_whole():
    """A judge gives what it estimated; relation and bound are the file's."""
    checks = {"all": written("claim")}
    for second, ruling in ((1.0, "supported"), (-1.0, "refuted")):
        found = findings(checks, {"all": [exact(1.0), exact(second)]})
        assert verdict(found, {}).ruling == ruling
    with pytest.raises(ClaimError, match="empty list"):
        findings(checks, {"all": []})


def test_what_was_chosen_at_an_end_of_its_grid_voids_the_comparison():
    found = findings({"a": written("claim")}, {"a": exact(1.0)})
    ruled = verdict(found, {}, ["net adam: optimizer.lr=0.1"])
    assert ruled.ruling is Ruling.INCONCLUSIVE
    assert ruled.p == 1.0
    assert "optimizer.lr=0.1" in ruled.reason["en"]
    assert "extremo" in ruled.reason["es"]
