from dataclasses import replace

import pytest

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.second_look import SecondLook, confirm, second_looks
from deepclaims.evidence.verdict import Ruling, Verdict

LOOK = SecondLook("supported", (3, 101000, 101002), "a-b-c", "laptop", {"mnist": "official"})
VERDICT = Verdict(Ruling.SUPPORTED, (), 0.001, {"es": "vale", "en": "it holds"}, 0.01)


def test_what_was_written_is_read():
    event = Event(Kind.SECOND_LOOK, "2026-11-28", "abc", {**LOOK.to_dict(), "checks": {}})
    assert second_looks(Ledger("a", (event, event), "")) == [LOOK, LOOK]


def test_a_verdict_that_stands_is_left_alone():
    assert confirm(VERDICT, [LOOK]) is VERDICT
    assert confirm(VERDICT, []) is VERDICT


@pytest.mark.parametrize("other", ["refuted", "corrected", "inconclusive"])
def test_a_verdict_that_flips_is_inconclusive_and_says_so(other):
    found = confirm(VERDICT, [LOOK, replace(LOOK, ruling=other)])
    assert found.ruling is Ruling.INCONCLUSIVE
    assert f"with others (101000 to 101002) it is {other}" in found.reason["en"]
    assert "con otras (101000 a 101002)" in found.reason["es"]


def test_an_inconclusive_verdict_stays_so_whatever_other_seeds_say():
    open_ = replace(VERDICT, ruling=Ruling.INCONCLUSIVE)
    assert confirm(open_, [LOOK]) is open_


def test_it_counts_for_the_same_claim_profile_and_data_only():
    assert LOOK.is_of("a-b-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-x-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "smoke", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "laptop", {"mnist": "embedded"})
