from dataclasses import replace

import pytest

from deepclaims.evidence.check import findings
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.looks import Look
from deepclaims.evidence.reruns import agreed, of_one_attempt
from deepclaims.evidence.sentence import Ruling
from deepclaims.evidence.verdict import verdict

SAYS = {"es": "gana", "en": "it gains"}
CHECKS = {
    name: {"role": "claim", "relation": "above", "bound": 0.0, "says": SAYS, "sentence": name}
    for name in ("a", "b")
}
TEXT = {"sentences": {name: {"reading": "literal"} for name in CHECKS}}
HOLDS = verdict(findings(CHECKS, dict.fromkeys(CHECKS, exact(1.0))), TEXT)
OPEN = verdict(findings(CHECKS, dict.fromkeys(CHECKS, undecided("t"))), TEXT)
LOOK = Look("c-g-s-j", (5, 1000, 1004), "laptop", {"mnist": "official"}, "supported", {})


def saw(**outcomes: bool | None) -> Look:
    return replace(LOOK, checks={name: {"outcome": each} for name, each in outcomes.items()})


def test_only_looks_at_the_same_attempt_seeds_profile_and_data_are_of_one():
    others = [
        replace(LOOK, attempt="x"),
        replace(LOOK, seeds=(5, 2000, 2004)),
        replace(LOOK, profile="full"),
        replace(LOOK, sources={"mnist": "embedded"}),
    ]
    assert of_one_attempt(LOOK, [*others, LOOK]) == [LOOK]


def test_a_rerun_that_saw_the_same_changes_nothing():
    assert agreed(HOLDS, [saw(a=True, b=True), saw(a=True)]) == HOLDS


@pytest.mark.parametrize("outcome", [None, False])
def test_a_sentence_that_a_rerun_rules_otherwise_is_undecided_whichever_came_last(outcome):
    found = agreed(HOLDS, [saw(a=True, b=outcome), saw(a=True, b=True)])
    assert found.rulings == {"a": "supported", "b": "inconclusive"}
    assert found.ruling is Ruling.INCONCLUSIVE
    assert "another look at the same attempt" in found.reason["en"]


def test_what_is_open_now_is_not_decided_by_what_was_seen_before():
    assert agreed(OPEN, [saw(a=True, b=True)]) == OPEN
