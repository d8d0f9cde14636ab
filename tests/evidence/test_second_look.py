from dataclasses import replace

import pytest

from deepclaims.evidence.check import findings
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.second_look import SecondLook, confirm, second_looks
from deepclaims.evidence.sentence import Ruling
from deepclaims.evidence.verdict import verdict

LOOK = SecondLook("supported", (3, 101000, 101002), "a-b-c", "laptop", {"mnist": "official"})


def written(sentence=None):
    says = {"es": "gana", "en": "it gains"}
    check = {"role": "claim", "relation": "above", "bound": 0.0, "says": says}
    return check | ({"sentence": sentence} if sentence else {})


VERDICT = verdict(findings({"gain": written()}, {"gain": exact(1.0)}), {})
OPEN = verdict(findings({"gain": written()}, {"gain": undecided("t")}), {})


def test_what_was_written_is_read():
    event = Event(Kind.SECOND_LOOK, "2026-11-28", "abc", {**LOOK.to_dict(), "checks": {}})
    assert second_looks(Ledger("a", (event, event), "")) == [LOOK, LOOK]


def test_its_headline_is_read_by_the_rule_as_it_is_now():
    told = {"ruling": "corrected", "sentences": {"L1.s1.1": "supported", "study": "corrected"}}
    event = Event(Kind.SECOND_LOOK, "2026-11-28", "abc", {**LOOK.to_dict(), **told, "checks": {}})
    (look,) = second_looks(Ledger("a", (event,), ""))
    assert look.ruling == "supported"


def test_a_verdict_that_stands_is_left_alone():
    assert confirm(VERDICT, [LOOK]) == VERDICT
    assert confirm(VERDICT, []) == VERDICT


@pytest.mark.parametrize("other", ["refuted", "corrected", "inconclusive"])
def test_a_verdict_that_flips_is_inconclusive_and_says_so(other):
    found = confirm(VERDICT, [LOOK, replace(LOOK, ruling=other)])
    assert found.ruling is Ruling.INCONCLUSIVE
    assert f"with others (101000 to 101002) it is {other}" in found.reason["en"]
    assert "con otras (101000 a 101002)" in found.reason["es"]


def test_an_inconclusive_verdict_stays_so_whatever_other_seeds_say():
    assert confirm(OPEN, [LOOK]) == OPEN


def test_only_the_sentence_that_flips_falls():
    sentences = {name: {"reading": "literal"} for name in ("a", "b")}
    checks = {name: written(name) for name in sentences}
    both = verdict(findings(checks, dict.fromkeys(checks, exact(1.0))), {"sentences": sentences})
    look = replace(LOOK, ruling="refuted", sentences={"a": "supported", "b": "refuted"})
    assert confirm(both, [look]).rulings == {"a": "supported", "b": "inconclusive"}


def test_it_counts_for_the_same_claim_profile_and_data_only():
    assert LOOK.is_of("a-b-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-x-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "smoke", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "laptop", {"mnist": "embedded"})
