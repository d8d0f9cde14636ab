"""What the verbs write into the ledger of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from deepclaims.claims.claim import Claim
from deepclaims.environment import commit
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import SEEN, Event, Kind
from deepclaims.evidence.looks import Look, attempt_of
from deepclaims.evidence.record import REAL_SOURCES
from deepclaims.evidence.second_look import SecondLook
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline.history import History
from deepclaims.pipeline.judging import Judged, Measured
from deepclaims.pipeline.promise import registration
from deepclaims.project import Project


def write_registration(project: Project, claim: Claim) -> None:
    """Tell the ledger what a claim promises, if it promises anything else than before."""
    if is_news(project, claim):
        told = _event(project, Kind.REGISTRATION, registration(claim))
        ledger.append(project.root, claim.name, [told])


def is_news(project: Project, claim: Claim) -> bool:
    """Whether a claim promises anything else than the ledger last said."""
    known = ledger.read(project.root, claim.name).of(Kind.REGISTRATION)
    return not known or dict(known[-1].content) != registration(claim)


def is_look(measured: Measured) -> bool:
    """Whether what was measured shows anything of what a verdict rests on: no stand-in does."""
    return all(each in REAL_SOURCES for each in measured.about["sources"].values())


def has_seen(project: Project, claim: Claim, look: Look) -> bool:
    """Whether the ledger tells of the same numbers of this registration, or of its attempt.

    A look without checks, of tables that could only be read, adds nothing to another.
    """
    known = ledger.read(project.root, claim.name)
    words = {look.attempt, attempt_of(known, look)}
    for event in known.of(*SEEN):
        told = Look.read(event)
        mine = {told.attempt, str(event.content.get("registration", told.attempt))} & words
        same_data = (told.profile, told.sources) == (look.profile, look.sources)
        if mine and same_data and (not look.checks or look.saw(told)):
            return True
    return False


def write_measured(project: Project, claim: Claim, look: Look) -> None:
    """Tell the ledger that what a claim promises was measured, and so could be seen.

    Args:
        project: whose ledger.
        claim: what was measured.
        look: what it shows, as an attempt of its own.
    """
    attempt = attempt_of(ledger.read(project.root, claim.name), look)
    shown = replace(look, attempt=attempt).to_dict()
    told = {key: value for key, value in shown.items() if key not in ("ruling", "sentences")}
    event = _event(project, Kind.MEASURED, {"registration": look.attempt, **told})
    ledger.append(project.root, claim.name, [event])


def word(claim: Claim) -> str:
    """What a claim promises now, as the word of an attempt."""
    return ledger.word_of(registration(claim))


def write_look(project: Project, judged: Judged, settled: Verdict) -> None:
    """Tell the ledger what was seen, unless it saw the same before, or it was no look.

    Stand-in data and small profiles are no looks: nothing is decided on them.
    """
    history = History.of(project, judged)
    if history.counts and not history.tells_of(settled):
        told = _event(project, Kind.LOOK, history.look.ruled(settled).to_dict())
        ledger.append(project.root, judged.claim.name, [told])


def write_pilot(project: Project, judged: Judged, settled: Verdict) -> None:
    """Tell the ledger of a rehearsal: what was changed, and what came out.

    One in the profile `full` sees the test split: it is no pilot, and `measure` has told of it.
    """
    if not judged.claim.pilot:
        return
    history = History.of(project, judged)
    told = {**history.look.ruled(settled).to_dict(), "changed": list(judged.claim.changed)}
    if not any(dict(each.content) == told for each in history.ledger.of(Kind.PILOT)):
        ledger.append(project.root, judged.claim.name, [_event(project, Kind.PILOT, told)])


def write_second_look(project: Project, judged: Judged, settled: Verdict, series: int) -> None:
    """Tell the ledger what other seeds gave, whatever they gave."""
    seen = History.of(project, judged).look.ruled(settled)
    look = SecondLook(
        ruling=seen.ruling,
        seeds=seen.seeds,
        registration=str(judged.claim.registered),
        profile=seen.profile,
        sources=seen.sources,
        series=series,
        sentences=seen.sentences,
    )
    told = _event(project, Kind.SECOND_LOOK, {**look.to_dict(), "checks": dict(seen.checks)})
    ledger.append(project.root, judged.claim.name, [told])


def write_transfer(project: Project, judged: Judged, settled: Verdict, dataset: str) -> None:
    """Tell the ledger what another data set gave, whatever it gave."""
    seen = History.of(project, judged).look.ruled(settled)
    told = Transfer(
        dataset=dataset,
        ruling=seen.ruling,
        reason=dict(settled.reason),
        seeds=seen.seeds,
        registration=str(judged.claim.registered),
        profile=seen.profile,
        sources=seen.sources,
        checks=seen.checks,
        post_hoc=settled.post_hoc,
        sentences=seen.sentences,
    )
    event = _event(project, Kind.TRANSFER, told.to_dict())
    ledger.append(project.root, judged.claim.name, [event])


def _event(project: Project, kind: Kind, content: Mapping[str, Any]) -> Event:
    day = datetime.now(UTC).date().isoformat()
    return Event(kind, day, commit(project.root), content)
