from dataclasses import replace

import pytest

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.transfer import State, Transfer, transfers


def check(outcome):
    return {"relation": "above", "bound": 0.0, "value": 1.0, "outcome": outcome}


LOOK = Transfer(
    dataset="fashion_mnist",
    ruling="supported",
    reason={"es": "vale", "en": "it holds"},
    seeds=(3, 1000, 1002),
    registration="a-b-c",
    profile="laptop",
    sources={"fashion_mnist": "official", "ecg": "official"},
    checks={"gain": check(True), "still": check(None)},
    post_hoc=("grid",),
)
NOW = ("a-b-c", "laptop", (3, 1000, 1002), {"mnist": "official", "ecg": "official"})


def test_what_was_written_is_read():
    event = Event(Kind.TRANSFER, "2026-11-28", "abc", LOOK.to_dict())
    other = Event(Kind.SECOND_LOOK, "2026-11-28", "abc", {})
    assert transfers(Ledger("a", (event, other, event), "")) == [LOOK, LOOK]


def test_it_is_of_the_claim_as_it_is_now():
    assert LOOK.is_of(*NOW)
    assert LOOK.is_of(*NOW[:3], {"mnist": "embedded", "ecg": "official"})


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (0, "a-x-c"),
        (1, "smoke"),
        (2, (3, 2000, 2002)),
        (3, {"mnist": "official", "ecg": "embedded"}),
    ],
)
def test_it_is_stale_once_the_claim_changed(place, changed):
    assert not LOOK.is_of(*(changed if i == place else each for i, each in enumerate(NOW)))


@pytest.mark.parametrize(
    ("verdict", "ruling", "state"),
    [
        ("supported", "supported", State.HOLDS),
        ("refuted", "refuted", State.HOLDS),
        ("supported", "inconclusive", State.FAILS),
        ("corrected", "supported", State.FAILS),
        ("inconclusive", "inconclusive", State.UNDECIDED),
        ("inconclusive", "supported", State.UNDECIDED),
    ],
)
def test_a_verdict_holds_where_it_is_the_same_and_is_one(verdict, ruling, state):
    assert replace(LOOK, ruling=ruling).state(verdict) is state


def test_the_checks_that_came_out_otherwise_are_named():
    assert LOOK.otherwise({"gain": True, "still": None}) == []
    assert LOOK.otherwise({"gain": None, "still": None}) == ["gain"]
    assert LOOK.otherwise({"gain": True, "still": False}) == ["still"]
    assert LOOK.otherwise({"gain": True, "new": True}) == []
