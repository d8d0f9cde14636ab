"""What a claim takes over from others: those that tested its sentences and no longer do.

A claim that is renamed, or a sentence that is handed on, begins in a ledger of its own; who tried
the sentence before tried it all the same, and what was seen then was seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from deepclaims.evidence.ledger import SEEN, Event, Kind, Ledger, word_of
from deepclaims.evidence.sentence import STUDY


def tried(ledger: Ledger) -> dict[str, frozenset[str]]:
    """The attempts that a ledger tells of, each with the sentences it was at.

    A study has no sentence of a slide: it is known by the hash of its question. An attempt that
    tells of no sentence, as those from before there were any, was at all that the ledger tells of.
    """
    found: dict[str, set[str]] = {attempt: set() for attempt in ledger.attempts}
    question = ""
    for event in ledger.events:
        if event.kind is Kind.REGISTRATION:
            question = str(event.content.get("question", ""))
        if event.kind not in SEEN:
            continue
        of_checks = (each.get("sentences", ()) for each in event.content["checks"].values())
        told = {*event.content.get("sentences", {}), *(id_ for ids in of_checks for id_ in ids)}
        found[str(event.content["attempt"])] |= {question if id_ == STUDY else id_ for id_ in told}
    ever = {id_ for sentences in found.values() for id_ in sentences}
    return {attempt: frozenset(sentences or ever) for attempt, sentences in found.items()}


def inherited(
    ledgers: Iterable[Ledger], tested: Mapping[str, Set[str]]
) -> dict[str, dict[str, tuple[Event, ...]]]:
    """The events of others that are a claim's too, by its name and theirs.

    Those are their attempts at its sentences, and whatever else their ledgers tell.

    Args:
        ledgers: of all claims there ever were.
        tested: what each claim of the catalogue tests now: its sentences, or a study's question.
    """
    found: dict[str, dict[str, tuple[Event, ...]]] = defaultdict(dict)
    for ledger in ledgers:
        still = tested.get(ledger.claim, frozenset())
        left = {attempt: sentences - still for attempt, sentences in tried(ledger).items()}
        if not any(left.values()):
            continue
        for name, own in tested.items():
            attempts = {attempt for attempt, sentences in left.items() if sentences & own}
            if name != ledger.claim and attempts:
                found[name][ledger.claim] = tuple(
                    each for each in ledger.events if _attempt(each) in (*attempts, "")
                )
    return found


def given_up(ledgers: Iterable[Ledger], tested: Mapping[str, Set[str]]) -> frozenset[str]:
    """The sentences that were tried and that no claim tests now; a study, if its claim is gone."""
    now = {id_ for sentences in tested.values() for id_ in sentences}
    return frozenset(
        id_
        for ledger in ledgers
        for sentences in tried(ledger).values()
        for id_ in sentences - now
        if _is_of_a_slide(id_) or ledger.claim not in tested
    )


def _is_of_a_slide(id_: str) -> bool:
    return "." in id_


def _attempt(event: Event) -> str:
    """The attempt that an event makes or goes on with; "" for one that makes none."""
    if event.kind in SEEN:
        return str(event.content["attempt"])
    if event.kind is Kind.REGISTRATION and event.reconstructed:
        return word_of(event.content)
    return ""
