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
from deepclaims.errors import StorageError
from deepclaims.evidence import record as records
from deepclaims.evidence.check import Finding
from deepclaims.evidence.multiplicity import at_stake, settle
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns, SentenceNote
from deepclaims.evidence.reruns import agreed, of_one_attempt
from deepclaims.evidence.second_look import SecondLook, confirm
from deepclaims.evidence.sentence import STUDY, Ruled
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.lectures.inventory import Lectures
from deepclaims.lectures.reading import of_checkout as inventory
from deepclaims.pipeline.history import History, attempts, family, taken_over
from deepclaims.pipeline.judging import Judged
from deepclaims.project import Project


def settled(project: Project, judged: Mapping[str, Judged]) -> dict[str, Verdict]:
    """The verdicts, corrected for all sentences and attempts, and confirmed by all other looks.

    Args:
        project: whose catalogue and ledgers.
        judged: by claim name, the whole catalogue.

    Raises:
        StorageError: for a ledger that was tampered with.
    """
    histories = {name: History.of(project, each) for name, each in judged.items()}
    verdicts = {name: each.verdict for name, each in judged.items()}
    tried = attempts(histories.values(), taken_over(project))
    corrected = settle(verdicts, tried, family(project))
    return {name: _stands(corrected[name], each) for name, each in histories.items()}


def _stands(verdict: Verdict, history: History) -> Verdict:
    """What of a verdict stands beside the other looks: at the same seeds, and at others."""
    same = agreed(verdict, of_one_attempt(history.look, history.looks))
    return confirm(same, [look for look, current in history.second_looks if current])


def evidence_of(
    project: Project, judged: Mapping[str, Judged], verdicts: Mapping[str, Verdict]
) -> list[EvidenceRecord]:
    """The evidence of a catalogue, in the order given.

    Args:
        project: whose chapters, lectures and ledgers.
        judged: by claim name, the whole catalogue.
        verdicts: as `settled` gives them.
    """
    chapters = {each.name: each.title for each in claims.chapters(project.conf)}
    lectures = inventory(project.conf)
    stake = at_stake(each.verdict for each in judged.values())
    histories = [History.of(project, each) for each in judged.values()]
    before = taken_over(project)
    tried = attempts(histories, before)
    return [
        replace(
            _record(each.judged, verdicts[name], lectures),
            findings=_findings(project, name, verdicts[name], tried[name], stake),
            attempt=tried[name],
            taken_over=tuple(claim for claim, _ in before[name]),
            registered=each.registered,
            predates_ledger=each.predates_ledger,
            relevant_after_look=each.relevant_after_look,
            second_looks=_told(each.second_looks),
            transfers=_told(each.transfers),
            chapter_title=chapters[each.judged.claim.chapter],
        )
        for name, each in zip(judged, histories, strict=True)
    ]


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
    project: Project, name: str, verdict: Verdict, attempt: int, stake: int
) -> tuple[records.Finding, ...]:
    """The findings as a record has them; what is known of their power is not computed again."""
    try:
        earlier = {each.check: each for each in EvidenceRecord.read(project.record(name)).findings}
    except StorageError:
        earlier = {}
    return tuple(
        replace(
            _finding(each), operating=_operating(each, earlier.get(each.check.name), attempt, stake)
        )
        for each in verdict.findings
    )


def _operating(
    found: Finding, earlier: records.Finding | None, attempt: int, stake: int
) -> Operating | None:
    known = earlier.operating if earlier else None
    if known and earlier and earlier.estimate:
        known = known if known.is_of(found, earlier.estimate, attempt, stake) else None
    return known or Operating.of(found, attempt, stake)


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
