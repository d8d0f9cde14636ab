"""Attempts that a claim takes over: those at its sentences by claims that no longer test them.

A claim that is renamed, or a sentence that is handed on, begins in a ledger of its own; who tried
the sentence before tried it all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from deepclaims.evidence.ledger import SEEN, Kind, Ledger
from deepclaims.evidence.sentence import STUDY


def tried(ledger: Ledger) -> dict[str, frozenset[str]]:
    """The attempts that a ledger tells of, each with the sentences it was at.

    A study has no sentence of a slide: it is known by the hash of its question.
    """
    found: dict[str, set[str]] = defaultdict(set)
    question = ""
    for event in ledger.events:
        if event.kind is Kind.REGISTRATION:
            question = str(event.content.get("question", ""))
        if event.kind not in SEEN:
            continue
        of_checks = (each.get("sentences", ()) for each in event.content["checks"].values())
        told = {*event.content.get("sentences", {}), *(id_ for ids in of_checks for id_ in ids)}
        found[str(event.content["attempt"])] |= {question if id_ == STUDY else id_ for id_ in told}
    return {attempt: frozenset(sentences) for attempt, sentences in found.items()}


def inherited(
    ledgers: Iterable[Ledger], tested: Mapping[str, Set[str]]
) -> dict[str, list[tuple[str, str]]]:
    """The attempts of others that count as a claim's: (claim, attempt), oldest first, by its name.

    Args:
        ledgers: of all claims there ever were.
        tested: what each claim of the catalogue tests now: its sentences, or a study's question.
    """
    given_up = [
        (ledger.claim, attempt, sentences - tested.get(ledger.claim, frozenset()))
        for ledger in ledgers
        for attempt, sentences in tried(ledger).items()
    ]
    given_up = [each for each in given_up if each[2]]
    return {
        name: [
            (claim, attempt) for claim, attempt, left in given_up if claim != name and left & own
        ]
        for name, own in tested.items()
    }
