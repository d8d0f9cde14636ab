from deepclaims.evidence.inherited import inherited, tried
from deepclaims.evidence.ledger import Event, Kind, Ledger


def look(attempt, *sentences, checks=()):
    content = {
        "attempt": attempt,
        "checks": {str(n): {"sentences": [each]} for n, each in enumerate(checks)},
        "sentences": dict.fromkeys(sentences, "supported"),
    }
    return Event(Kind.LOOK, "2026-11-29", "abc", content)


def registered(question):
    return Event(Kind.REGISTRATION, "2026-11-29", "abc", {"question": question})


def test_a_renamed_claim_takes_its_attempts_along():
    old = Ledger("a/old", (look("1", "L1.s1.1"), look("2", "L1.s1.1"), look("2", "L1.s1.1")), "")
    new = Ledger("a/new", (look("3", "L1.s1.1"),), "")
    tested = {"a/new": {"L1.s1.1"}}
    assert inherited([old, new], tested)["a/new"] == [("a/old", "1"), ("a/old", "2")]


def test_a_sentence_handed_on_brings_the_attempts_at_it_and_no_others():
    other = Ledger("a/other", (look("1", "L1.s1.1", "L1.s2.1"), look("2", "L1.s2.1")), "")
    tested = {"a/other": {"L1.s2.1"}, "a/new": {"L1.s1.1"}}
    assert inherited([other], tested)["a/new"] == [("a/other", "1")]
    assert inherited([other], tested)["a/other"] == []


def test_a_sentence_that_two_claims_test_is_each_ones_own():
    other = Ledger("a/other", (look("1", "L1.s1.1"),), "")
    tested = {"a/other": {"L1.s1.1"}, "a/new": {"L1.s1.1"}}
    assert inherited([other], tested)["a/new"] == []


def test_what_was_measured_and_never_ruled_on_counts_by_its_checks():
    assert tried(Ledger("a/b", (look("1", checks=["L1.s1.1"]),), "")) == {"1": {"L1.s1.1"}}


def test_a_study_is_known_by_its_question():
    old = Ledger("a/old", (registered("q"), look("1", "study"), registered("r")), "")
    assert inherited([old], {"a/new": {"q"}})["a/new"] == [("a/old", "1")]
    assert inherited([old], {"a/new": {"r"}})["a/new"] == []
