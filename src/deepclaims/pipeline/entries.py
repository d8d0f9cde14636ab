"""What the verbs write into the ledger of a claim."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.environment import commit
from deepclaims.evidence import ledger, second_look, transfer
from deepclaims.evidence.ledger import Event, Kind
from deepclaims.evidence.looks import Look, attempt_of, looks
from deepclaims.evidence.record import REAL_SOURCES
from deepclaims.evidence.registration import Registration
from deepclaims.evidence.second_look import SecondLook
from deepclaims.evidence.sentence import sentences_of
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline.judging import Judged
from deepclaims.project import Project
from deepclaims.sweep.fingerprint import code_fingerprint


def registration(claim: Claim) -> dict[str, str]:
    """Hashes of all that a claim promises: what it asks, how it decides, on which seeds, in words.

    The seeds have a hash of their own, and so has the code that judges: to move either after a look
    is another attempt.
    """
    told = Registration.of(claim.written)
    texts = {key: value for key, value in claim.written.items() if key not in _DECIDING}
    return {
        "question": told.question,
        "criterion": told.criterion,
        "grid": told.grid,
        "seeds": content_hash({key: claim.written.get(key) for key in ("seeds", "parts", "tune")}),
        "judge": code_fingerprint([f"{claim.package}.judge:judge"])[:12],
        "texts": content_hash(texts),
    }


def write_registration(project: Project, claim: Claim) -> None:
    """Tell the ledger what a claim promises, if it promises anything else than before."""
    told = registration(claim)
    known = ledger.read(project.root, claim.name).of(Kind.REGISTRATION)
    if not known or dict(known[-1].content) != told:
        ledger.append(project.root, claim.name, [_event(project, Kind.REGISTRATION, told)])


def family(project: Project) -> int:
    """How many sentences the catalogue registers, measured or not; a study counts as one."""
    written = (claims.read(project.conf, name) for name in claims.catalogue(project.conf))
    return sum(len(sentences_of(each)) for each in written)


def registered(project: Project, judged: Judged) -> dict[str, str] | None:
    """When, and at which commit, a claim was registered as it is, before it was looked at so.

    None where the ledger does not show it: what was read out of Git's history afterwards shows
    nothing of the order in which things were done, and what has the seeds of an earlier attempt was
    registered after they were seen.
    """
    found, look = ledger.read(project.root, judged.claim.name), _look(judged)
    told, own = registration(judged.claim), attempt_of(found, look)
    if any(each.seeds == look.seeds and each.attempt != own for each in looks(found)):
        return None
    for event in found.events:
        if event.kind is Kind.LOOK and event.content["attempt"] == own:
            return None
        promised = event.kind is Kind.REGISTRATION and not event.reconstructed
        if promised and all(event.content.get(key) == told[key] for key in _PROMISED):
            return {"when": event.when, "commit": event.commit}
    return None


def test_was_seen(project: Project, judged: Judged) -> bool:
    """Whether pilots may have seen the test split: there were some before it was locked."""
    before = any(each.reconstructed for each in ledger.read(project.root, judged.claim.name).events)
    return before and bool(judged.facts["data_sources"])


def attempt(project: Project, judged: Judged) -> int:
    """Which attempt at its claim a judged measurement is, from 1."""
    found = ledger.read(project.root, judged.claim.name)
    return found.attempt(attempt_of(found, _look(judged)))


def write_look(project: Project, judged: Judged, settled: Verdict) -> None:
    """Tell the ledger what was seen, unless it saw the same before, or it was no look.

    Stand-in data and small profiles are no looks: nothing is decided on them.
    """
    if not counts(judged):
        return
    found = ledger.read(project.root, judged.claim.name)
    look = _ruled(found, judged, settled)
    if not any(look.repeats(each) for each in looks(found)):
        told = _event(project, Kind.LOOK, look.to_dict())
        ledger.append(project.root, judged.claim.name, [told])


def is_told(project: Project, judged: Judged, settled: Verdict) -> bool:
    """Whether the ledger tells of a look that saw this, or it was no look."""
    found = ledger.read(project.root, judged.claim.name)
    look = _ruled(found, judged, settled)
    return not counts(judged) or any(look.repeats(each) for each in looks(found))


def _ruled(found: ledger.Ledger, judged: Judged, settled: Verdict) -> Look:
    look = _look(judged).ruled(settled)
    return replace(look, attempt=attempt_of(found, look))


def write_pilot(project: Project, judged: Judged, settled: Verdict) -> None:
    """Tell the ledger of a rehearsal: what was changed, and what came out."""
    told = {
        **_look(judged).ruled(settled).to_dict(),
        "changed": list(judged.claim.changed),
    }
    known = ledger.read(project.root, judged.claim.name).of(Kind.PILOT)
    if not any(dict(each.content) == told for each in known):
        ledger.append(project.root, judged.claim.name, [_event(project, Kind.PILOT, told)])


def second_looks(project: Project, judged: Judged) -> list[tuple[SecondLook, bool]]:
    """All second looks at a claim, and whether each is at the claim as it is now."""
    told = str(Registration.of(judged.claim.written))
    sources = judged.facts["data_sources"]
    return [
        (look, look.is_of(told, judged.claim.profile, sources))
        for look in second_look.second_looks(ledger.read(project.root, judged.claim.name))
    ]


def write_second_look(project: Project, judged: Judged, settled: Verdict, series: int) -> None:
    """Tell the ledger what other seeds gave, whatever they gave."""
    seen = _look(judged).ruled(settled)
    look = SecondLook(
        ruling=seen.ruling,
        seeds=seen.seeds,
        registration=str(Registration.of(judged.claim.written)),
        profile=seen.profile,
        sources=seen.sources,
        series=series,
        sentences=seen.sentences,
    )
    told = _event(project, Kind.SECOND_LOOK, {**look.to_dict(), "checks": dict(seen.checks)})
    ledger.append(project.root, judged.claim.name, [told])


def transfers(project: Project, judged: Judged) -> list[tuple[Transfer, bool]]:
    """All transfers of a claim, and whether each is of the claim as it is now."""
    seen = _look(judged)
    now = (str(Registration.of(judged.claim.written)), seen.profile, seen.seeds, seen.sources)
    return [
        (each, each.is_of(*now))
        for each in transfer.transfers(ledger.read(project.root, judged.claim.name))
    ]


def write_transfer(project: Project, judged: Judged, settled: Verdict, dataset: str) -> None:
    """Tell the ledger what another data set gave, whatever it gave."""
    seen = _look(judged).ruled(settled)
    told = Transfer(
        dataset=dataset,
        ruling=seen.ruling,
        reason=dict(settled.reason),
        seeds=seen.seeds,
        registration=str(Registration.of(judged.claim.written)),
        profile=seen.profile,
        sources=seen.sources,
        checks=seen.checks,
        post_hoc=settled.post_hoc,
        sentences=seen.sentences,
    )
    event = _event(project, Kind.TRANSFER, told.to_dict())
    ledger.append(project.root, judged.claim.name, [event])


def counts(judged: Judged) -> bool:
    """Whether a verdict may rest on it: on the data it is about, in a profile that is published."""
    sources = judged.facts["data_sources"].values()
    return not judged.claim.pilot and all(each in REAL_SOURCES for each in sources)


def _look(judged: Judged) -> Look:
    return Look.of(
        ledger.word_of(registration(judged.claim)),
        judged.facts["seeds"],
        judged.claim.profile,
        judged.facts["data_sources"],
        judged.verdict,
    )


def _event(project: Project, kind: Kind, content: Mapping[str, Any]) -> Event:
    day = datetime.now(UTC).date().isoformat()
    return Event(kind, day, commit(project.root), content)


def content_hash(content: Any) -> str:
    """Twelve digits of the hash of plain data."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


_PROMISED = ("question", "criterion", "grid", "seeds")
"""What of a registration must be as it was promised; texts and code around it may be mended."""
_DECIDING = ("question", "criterion", "control", "data", "grid", "parts", "seeds",
             "profiles", "tune", "sentences")  # fmt: skip
