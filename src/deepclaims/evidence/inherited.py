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
    name: str, ledgers: Iterable[Ledger], tested: Mapping[str, Set[str]]
) -> list[tuple[str, str]]:
    """The attempts of others that count as attempts at a claim: (claim, attempt), oldest first.

    Args:
        name: of the claim.
        ledgers: of all claims there ever were.
        tested: what each claim of the catalogue tests now: its sentences, or a study's question.
    """
    own = tested[name]
    return [
        (ledger.claim, attempt)
        for ledger in ledgers
        if ledger.claim != name
        for attempt, sentences in tried(ledger).items()
        if (sentences - tested.get(ledger.claim, frozenset())) & own
    ]
