from dataclasses import replace

import pytest

from deepclaims.evidence.check import Check
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.looks import Look, attempt_of, looks
from deepclaims.evidence.verdict import verdict

CHECKS = {
    "gain": {
        "relation": "above", "bound": 0.0, "value": 2.0, "low": 1.0, "high": None, "n": 5,
        "outcome": True,
    }
}  # fmt: skip
LOOK = Look("c-g-s-j", (5, 1000, 1004), "laptop", {"mnist": "official"}, "supported", CHECKS)


def told(*seen: Look, reconstructed: bool = False) -> Ledger:
    events = [Event(Kind.LOOK, "2026-11-28", "abc", each.to_dict(), reconstructed) for each in seen]
    return Ledger("a/b", tuple(events), "")


def measured(look: Look, registration: str = "") -> Event:
    """That its numbers could be seen, without a judging."""
    content = {"registration": registration or look.attempt, **look.to_dict()}
    del content["ruling"], content["sentences"]
    return Event(Kind.MEASURED, "2026-11-28", "abc", content)


def after(*events: Event) -> Ledger:
    return Ledger("a/b", events, "")


def with_value(look: Look, value: float) -> Look:
    return replace(look, checks={"gain": {**look.checks["gain"], "value": value}})


def as_benchmark(look: Look) -> Look:
    return replace(look, checks={"gain": {**look.checks["gain"], "role": "benchmark"}})


def test_a_look_is_read_as_it_was_told():
    assert looks(told(LOOK)) == [LOOK]
    assert LOOK.outcomes == {"gain": True}


def test_a_rerun_repeats_up_to_late_digits():
    assert with_value(LOOK, 2.0 + 1e-9).repeats(LOOK)
    assert not with_value(LOOK, 2.1).repeats(LOOK)
    assert as_benchmark(with_value(LOOK, 2.1)).repeats(as_benchmark(LOOK))  # a wall time, say
    assert not replace(LOOK, ruling="refuted").repeats(LOOK)
    assert not replace(LOOK, seeds=(5, 2000, 2004)).repeats(LOOK)


@pytest.mark.parametrize(
    ("look", "attempts"),
    [
        (LOOK, "c-g-s-j"),  # the same registration
        (replace(LOOK, attempt="x-y-z-k"), "c-g-s-j"),  # written otherwise, the same numbers
        (with_value(replace(LOOK, attempt="x-y-z-k"), 2.0 + 1e-9), "c-g-s-j"),  # late digits
        (with_value(replace(LOOK, attempt="x-y-z-k"), 2.01), "x-y-z-k"),  # other numbers
        (replace(LOOK, attempt="x-y-z-k", seeds=(5, 2000, 2004)), "x-y-z-k"),  # other seeds
    ],
)
def test_only_what_decides_nothing_anew_stays_the_same_attempt(look, attempts):
    assert attempt_of(told(LOOK), look) == attempts


@pytest.mark.parametrize(
    ("before", "now", "outcome", "same"),
    [
        ("benchmark", "benchmark", False, True),  # decided nothing then, decides nothing now
        ("claim", "benchmark", True, False),  # a role that is told is kept
        (None, "benchmark", True, True),  # from before there were benchmarks: it had held
        (None, "benchmark", False, False),  # a failed check that decides nothing any more
        (None, "claim", False, True),
    ],
)
def test_a_failed_check_that_stops_deciding_is_another_attempt(before, now, outcome, same):
    gain = {**CHECKS["gain"], "outcome": outcome}
    earlier = replace(LOOK, checks={"gain": {**gain, "role": before} if before else gain})
    later = replace(LOOK, attempt="c-g-s-k", checks={"gain": {**gain, "role": now}})
    assert attempt_of(told(earlier), later) == ("c-g-s-j" if same else "c-g-s-k")


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ({"role": "benchmark"}, {"role": "benchmark"}, True),
        ({"role": "claim"}, {"role": "claim"}, False),
        ({"role": "benchmark"}, {"role": "claim"}, False),  # what decides now was not asked before
        ({"role": "benchmark"}, None, True),  # a benchmark left out
        (None, {"role": "benchmark"}, True),  # a benchmark added
        (None, {"role": "claim"}, False),
    ],
)
def test_a_benchmark_measured_anew_is_no_other_attempt(before, now, same):
    decides = {**CHECKS["gain"], "role": "claim"}
    seconds = {**CHECKS["gain"], "value": 9.0, "outcome": False}
    earlier = {"gain": decides} | ({"seconds": {**seconds, **before}} if before else {})
    later = {"gain": decides} | ({"seconds": {**seconds, "value": 8.0, **now}} if now else {})
    look = replace(LOOK, attempt="c-g-s-k", checks=later)
    assert attempt_of(told(replace(LOOK, checks=earlier)), look) == (
        "c-g-s-j" if same else "c-g-s-k"
    )


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),  # a failed check speaks of another sentence
        (["a", "b"], ["b"], False),
        (None, ["b"], True),  # looks of before do not tell
    ],
)
def test_a_check_moved_to_another_sentence_is_another_attempt(before, now, same):
    gain = {**CHECKS["gain"], "role": "claim", "outcome": False}
    earlier = replace(LOOK, checks={"gain": gain | ({"sentences": before} if before else {})})
    later = replace(LOOK, attempt="x-g-s-j", checks={"gain": {**gain, "sentences": now}})
    assert attempt_of(told(earlier), later) == ("c-g-s-j" if same else "x-g-s-j")


def test_a_look_tells_of_which_sentences_each_check_is():
    number = {"relation": "above", "bound": 0.0, "says": {"es": "más", "en": "more"}}
    written = {
        "one": {"role": "claim", "sentence": "L1.s1", **number},
        "two": {"role": "claim", "sentence": "L1.s2", **number},
        "gate": {"role": "control", **number},  # of all sentences
        "beside": {"role": "benchmark", **number},
    }
    found = [Check.of(name, each).find(exact(1.0)) for name, each in written.items()]
    sentences = {name: {"reading": "literal"} for name in ("L1.s1", "L1.s2")}
    look = Look.of("c-g-s-j", [1000], "laptop", {}, verdict(found, {"sentences": sentences}))
    assert {name: each["sentences"] for name, each in look.checks.items()} == {
        "one": ["L1.s1"],
        "two": ["L1.s2"],
        "gate": ["L1.s1", "L1.s2"],
        "beside": [],
    }


def test_another_bound_is_another_attempt():
    moved = replace(LOOK, attempt="x-g-s-j", checks={"gain": {**CHECKS["gain"], "bound": 1.0}})
    assert attempt_of(told(LOOK), moved) == "x-g-s-j"


def test_the_first_look_goes_on_with_an_attempt_from_before_the_ledger():
    old = told(replace(LOOK, attempt="c-g-s-unknown"), reconstructed=True)
    new = with_value(LOOK, 2.01)
    assert attempt_of(old, new) == "c-g-s-unknown"
    own = Event(Kind.LOOK, "2026-11-28", "abc", replace(new, attempt="c-g-s-unknown").to_dict())
    grown = replace(old, events=(*old.events, own))
    judged_otherwise = with_value(replace(LOOK, attempt="c-g-s-other"), 2.5)
    assert attempt_of(grown, judged_otherwise) == "c-g-s-other"


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({}, 1),  # judged as it was measured
        ({"attempt": "c-g-s-k"}, 1),  # code tidied, the same numbers
        ({"attempt": "x-g-s-j", "checks": {"gain": {**CHECKS["gain"], "bound": 1.0}}}, 2),
        ({"attempt": "c-g-t-j", "seeds": (5, 2000, 2004)}, 2),
    ],
)
def test_what_was_measured_and_seen_is_an_attempt_judged_or_not(changed, number):
    peeked = after(measured(LOOK))
    assert peeked.attempts == ("c-g-s-j",)
    assert looks(peeked) == []  # a verdict was not given
    assert peeked.attempt(attempt_of(peeked, replace(LOOK, **changed))) == number


def test_a_measurement_told_as_an_earlier_attempt_stays_so_whatever_the_next_run_gives():
    known = after(*told(LOOK).events, measured(LOOK, "c-g-s-k"))
    assert attempt_of(known, with_value(replace(LOOK, attempt="c-g-s-k"), 2.01)) == "c-g-s-j"


def test_what_cannot_be_compared_is_of_the_attempt_with_its_criterion_grid_and_seeds():
    unjudged = replace(LOOK, attempt="c-g-s-k", checks={})
    assert attempt_of(told(LOOK), unjudged) == "c-g-s-j"
    assert attempt_of(told(LOOK), replace(unjudged, attempt="x-g-s-j")) == "x-g-s-j"
    judged = after(measured(replace(unjudged, attempt="c-g-s-j")))
    assert attempt_of(judged, LOOK) == "c-g-s-j"
    assert attempt_of(judged, replace(LOOK, attempt="c-g-s-k")) == "c-g-s-k"  # its judge changed
