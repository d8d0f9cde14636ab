"""What a claim's ledger tells, as the page of the claim shows it: a line an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deepclaims.evidence.ledger import SEEN, Event, Kind, Ledger
from deepclaims.evidence.looks import Look
from deepclaims.report.words import Words


@dataclass(frozen=True)
class Entry:
    """An event of a ledger in words.

    Args:
        when: the day.
        commit: of the code then.
        what: what happened.
        ruling: what came out; empty for a registration, and for what was measured and not judged.
        reconstructed: whether it was read out of Git's history afterwards.
    """

    when: str
    commit: str
    what: str
    ruling: str = ""
    reconstructed: bool = False


def chronicle(ledger: Ledger, words: Words) -> list[Entry]:
    """The events of a ledger, oldest first, without what tells nothing new.

    That is a registration of mended texts alone, and what was measured with numbers that were seen
    at its attempt before.
    """
    return list(_entries(ledger, words))


def _entries(ledger: Ledger, words: Words) -> Iterator[Entry]:
    promised, seen = "", list[Look]()
    for event in ledger.events:
        again = False
        if event.kind in SEEN:
            look = Look.read(event)
            known = [each for each in seen if each.attempt == look.attempt]
            told = any(look.saw(each) for each in known)
            if told and event.kind is Kind.MEASURED:
                continue
            seen.append(look)
            again = bool(known) and not told
        if event.kind is Kind.REGISTRATION:
            now = "-".join(
                str(event.content.get(key)) for key in ("question", "criterion", "grid", "seeds")
            )
            if now == promised:
                continue
            first, promised = not promised, now
            yield _entry(event, words.told_registered if first else words.told_registered_again)
        elif event.kind is Kind.PILOT:
            tried = words.told_recipe if event.content.get("test_seen") else words.told_pilot
            yield _entry(event, tried)
        else:
            yield _seen(event, words, again=again)


def _seen(event: Event, words: Words, *, again: bool) -> Entry:
    content: Mapping[str, Any] = event.content
    n, first, last = content["seeds"]
    seeds = (
        words("told_seed", first=first)
        if n == 1
        else words("told_seeds", n=n, first=first, last=last)
    )
    match event.kind:
        case Kind.SECOND_LOOK:
            what = words("told_second_look", seeds=seeds)
        case Kind.TRANSFER:
            name = f"data_{content['dataset']}"
            data = words(name) if words.has(name) else content["dataset"]
            what = words("told_transfer", data=data, seeds=seeds)
        case Kind.MEASURED:
            what = words("told_measured", seeds=seeds)
        case _:
            what = words("told_look", seeds=seeds)
    if again:
        what = words("told_again", what=what)
    return _entry(event, what, str(content.get("ruling", "")))


def _entry(event: Event, what: str, ruling: str = "") -> Entry:
    return Entry(event.when, event.commit[:9], what, ruling, event.reconstructed)
