from deepclaims.evidence.inherited import given_up, inherited, tried
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


def attempts(found, name):
    """(claim, attempt) of the looks that a claim takes over."""
    return [
        (claim, event.content["attempt"])
        for claim, events in found.get(name, {}).items()
        for event in events
        if event.kind is Kind.LOOK
    ]


def test_a_renamed_claim_takes_its_attempts_along_and_all_that_was_seen():
    second = Event(Kind.SECOND_LOOK, "2026-11-29", "abc", {"ruling": "refuted"})
    old = Ledger("a/old", (look("1", "L1.s1.1"), look("2", "L1.s1.1"), second), "")
    new = Ledger("a/new", (look("3", "L1.s1.1"),), "")
    found = inherited([old, new], {"a/new": {"L1.s1.1"}})
    assert attempts(found, "a/new") == [("a/old", "1"), ("a/old", "2")]
    assert second in found["a/new"]["a/old"]


def test_what_git_knows_from_before_there_were_sentences_is_taken_along():
    told = {"criterion": "c", "grid": "g", "seeds": "s"}
    before = Event(Kind.REGISTRATION, "2026-11-01", "abc", told, reconstructed=True)
    old = Ledger("a/old", (before, look("2", "L1.s1.1")), "")
    assert set(tried(old).values()) == {frozenset({"L1.s1.1"})}
    found = inherited([old], {"a/new": {"L1.s1.1"}})
    assert found["a/new"]["a/old"] == old.events


def test_a_sentence_handed_on_brings_the_attempts_at_it_and_no_others():
    other = Ledger("a/other", (look("1", "L1.s1.1", "L1.s2.1"), look("2", "L1.s2.1")), "")
    found = inherited([other], {"a/other": {"L1.s2.1"}, "a/new": {"L1.s1.1"}})
    assert attempts(found, "a/new") == [("a/other", "1")]
    assert "a/other" not in found


def test_a_sentence_that_two_claims_test_is_each_ones_own():
    other = Ledger("a/other", (look("1", "L1.s1.1"),), "")
    assert not inherited([other], {"a/other": {"L1.s1.1"}, "a/new": {"L1.s1.1"}})


def test_what_was_measured_and_never_ruled_on_counts_by_its_checks():
    assert tried(Ledger("a/b", (look("1", checks=["L1.s1.1"]),), "")) == {"1": {"L1.s1.1"}}


def test_a_study_is_known_by_its_question():
    old = Ledger("a/old", (registered("q"), look("1", "study"), registered("r")), "")
    assert attempts(inherited([old], {"a/new": {"q"}}), "a/new") == [("a/old", "1")]
    assert not inherited([old], {"a/new": {"r"}})


def test_what_was_tried_and_given_up_is_told_but_for_a_study_that_was_reworded():
    old = Ledger("a/old", (registered("q"), look("1", "study", "L1.s1.1")), "")
    assert given_up([old], {"a/old": {"r"}}) == {"L1.s1.1"}
    assert given_up([old], {"a/old": {"r"}, "a/new": {"L1.s1.1"}}) == set()
    assert given_up([old], {"a/new": {"L1.s1.1"}}) == {"q"}
