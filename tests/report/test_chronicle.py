import pytest

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.report.chronicle import chronicle
from deepclaims.report.words import Words


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("es", "Se midió: desde acá se pueden ver los números (5 semillas, 1000 a 1004)"),
        ("en", "Measured: from here on the numbers can be seen (5 seeds, 1000 to 1004)"),
    ],
)
def test_what_was_measured_and_not_judged_is_told(language, says):
    told = {
        "attempt": "c-g-s-j",
        "seeds": [5, 1000, 1004],
        "profile": "laptop",
        "sources": {},
        "checks": {},
    }
    event = Event(Kind.MEASURED, "2026-11-28", "abc", told)
    (entry,) = chronicle(Ledger("a/b", (event,), ""), Words(language))
    assert (entry.what, entry.ruling) == (says, "")


def test_the_same_measured_again_after_code_was_tidied_is_left_out():
    told = {
        "attempt": "c-g-s-j",
        "seeds": [5, 1000, 1004],
        "profile": "laptop",
        "sources": {},
        "checks": {},
    }
    kinds = (Kind.LOOK, Kind.MEASURED, Kind.SECOND_LOOK)
    events = tuple(Event(kind, "2026-11-28", "abc", told) for kind in kinds)
    shown = [entry.what for entry in chronicle(Ledger("a/b", events, ""), Words("en"))]
    assert len(shown) == 2
    assert not any(each.startswith("Measured: from here on") for each in shown)


def gain(value):
    return {"gain": {"role": "claim", "value": value, "low": 0.0, "high": 1.0, "outcome": True}}


def test_a_rerun_with_other_numbers_is_told_and_said_to_be_of_the_same_attempt():
    told = {"attempt": "c-g-s-j", "seeds": [5, 1000, 1004], "profile": "laptop", "sources": {}}
    seen = ((Kind.LOOK, 0.5), (Kind.MEASURED, 0.5), (Kind.MEASURED, 0.6), (Kind.LOOK, 0.6))
    events = tuple(
        Event(kind, "2026-11-29", "abc", {**told, "checks": gain(value)}) for kind, value in seen
    )
    first, second, third = chronicle(Ledger("a/b", events, ""), Words("en"))
    assert not first.what.endswith("the same attempt")
    assert second.what.endswith("with other numbers, the same attempt")
    assert third.what.startswith("Measured and looked at")


@pytest.mark.parametrize(
    ("seen", "says"),
    [({"test_seen": True}, "Recipe tried out before"), ({}, "Pilot, without a look at the test")],
)
def test_a_pilot_that_saw_the_test_split_is_told_apart(seen, says):
    event = Event(Kind.PILOT, "2026-12-01", "abc", seen)
    (entry,) = chronicle(Ledger("a/b", (event,), ""), Words("en"))
    assert entry.what.startswith(says)
