"""From raw verdicts to the evidence of a catalogue: corrected, confirmed, with the texts around it.

The one way from what was judged to what is published: `judge` writes what it gives, `verify` sets
it against the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.evidence import record as records
from deepclaims.evidence.check import Finding
from deepclaims.evidence.ledger import Event, Ledger
from deepclaims.evidence.multiplicity import at_stake, settle
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns, SentenceNote
from deepclaims.evidence.registration import MARKS
from deepclaims.evidence.reruns import agreed
from deepclaims.evidence.second_look import SecondLook, confirm, confirm_unchanged
from deepclaims.evidence.sentence import STUDY, Ruled
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.lectures.inventory import Lectures
from deepclaims.lectures.reading import of_checkout as inventory
from deepclaims.pipeline.history import History, family
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.kept_operating import KeptOperating
from deepclaims.project import Project


def settled(project: Project, histories: Mapping[str, History]) -> dict[str, Verdict]:
    """The verdicts, corrected for all sentences and attempts, and confirmed by all other looks.

    Args:
        project: whose catalogue and ledgers.
        histories: by claim name, the whole catalogue as it was judged.

    Raises:
        StorageError: for a ledger that was tampered with.
    """
    verdicts = {name: _marked(each) for name, each in histories.items()}
    tried = {name: each.attempt for name, each in histories.items()}
    known = [each.judged.claim for each in histories.values()]
    corrected = settle(verdicts, tried, family(project, known))
    return {name: _stands(corrected[name], each) for name, each in histories.items()}


def _marked(history: History) -> Verdict:
    """The raw verdict, marked post hoc where its rows, or the ledger, show that it is."""
    verdict = history.judged.verdict
    marks = {*verdict.post_hoc, *history.post_hoc}
    return verdict.marked([name for name in MARKS if name in marks])


def _stands(verdict: Verdict, history: History) -> Verdict:
    """What of a verdict stands beside the other looks: at the same seeds, and at others."""
    same = agreed(verdict, history.same_attempt)
    told = str(history.judged.claim.registered)
    current = [look for look, is_current in history.second_looks if is_current]
    older = [
        look
        for look, is_current in history.second_looks
        if not is_current and look.is_of_grid(told, history.look.profile, history.look.sources)
    ]
    return confirm_unchanged(confirm(same, current), older)


def evidence_of(
    project: Project,
    histories: Mapping[str, History],
    verdicts: Mapping[str, Verdict],
    operating: KeptOperating | None = None,
) -> list[EvidenceRecord]:
    """The evidence of a catalogue, in the order given.

    Args:
        project: whose chapters and lectures.
        histories: by claim name, the whole catalogue as it was judged.
        verdicts: as `settled` gives them.
        operating: what is kept of the checks' operating characteristics.
    """
    operating = operating or KeptOperating()
    chapters = {each.name: each.title for each in claims.chapters(project.conf)}
    lectures = inventory(project.conf)
    stake = at_stake(each.judged.verdict for each in histories.values())
    return [
        replace(
            _record(each.judged, verdicts[name], lectures),
            findings=_findings(verdicts[name], each.attempt, stake, operating),
            attempt=each.attempt,
            taken_over=_makers(each.before),
            registered=each.registered,
            predates_ledger=each.predates_ledger,
            test_seen=each.test_seen,
            relevant_after_look=each.relevant_after_look,
            second_looks=_told(each.second_looks),
            transfers=_told(each.transfers),
            chapter_title=chapters[each.judged.claim.chapter],
        )
        for name, each in histories.items()
    ]


def _makers(before: Mapping[str, Sequence[Event]]) -> tuple[str, ...]:
    """Of each attempt that a claim takes over, the claim that made it."""
    return tuple(
        claim for claim, events in before.items() for _ in Ledger(claim, tuple(events), "").attempts
    )


def _told(seen: Sequence[tuple[SecondLook | Transfer, bool]]) -> tuple[dict[str, Any], ...]:
    return tuple({**each.to_dict(), "stale": not current} for each, current in seen)


def _record(judged: Judged, verdict: Verdict, lectures: Lectures | None) -> EvidenceRecord:
    claim = judged.claim
    facts = judged.facts | {"mlflow": MlflowRuns(**judged.facts["mlflow"])}
    return EvidenceRecord(
        claim={key: value for key, value in claim.text.items() if key != "profiles"},
        verdict=str(verdict.ruling),
        reason=verdict.reason,
        sentences=tuple(_sentence(each, claim, lectures) for each in verdict.sentences),
        figures=tuple(FigureNote(name, text) for name, text in claim.text["figures"].items()),
        p_value=verdict.p,
        p_adjusted=verdict.p_adjusted,
        post_hoc=verdict.post_hoc,
        command=_command(claim),
        **facts,
    )


def _sentence(ruled: Ruled, claim: Claim, lectures: Lectures | None) -> SentenceNote:
    sentence = ruled.sentence
    item = lectures.sentence(sentence.id) if lectures and sentence.id != STUDY else None
    return SentenceNote(
        id=sentence.id,
        ruling=str(ruled.ruling),
        reason=ruled.reason,
        reading=str(sentence.reading),
        checks=tuple(each.check.name for each in ruled.findings),
        quotation=item.in_both if item else claim.text["question"],
        means=sentence.means,
        repair=sentence.repair,
        doubt=(item.doubt or None) if item else None,
        p_value=ruled.p,
        p_adjusted=ruled.p_adjusted,
    )


def _command(claim: Claim) -> str:
    return f"deepclaims measure claim={claim.name} profile={claim.profile}"


def _findings(
    verdict: Verdict, attempt: int, stake: int, operating: KeptOperating
) -> tuple[records.Finding, ...]:
    return tuple(
        replace(_finding(each), operating=operating.of(each, attempt, stake))
        for each in verdict.findings
    )


def _finding(found: Finding) -> records.Finding:
    bound = found.check.bound
    return records.Finding(
        check=found.check.name,
        role=str(found.check.role),
        relation=str(found.check.relation),
        bound=(float(bound[0]), float(bound[1])) if isinstance(bound, Sequence) else float(bound),
        says=found.check.says,
        estimate=found.estimate,
        outcome=found.outcome,
        p_value=found.p,
        fails=found.check.fails,
        sentences=found.check.sentences,
    )
