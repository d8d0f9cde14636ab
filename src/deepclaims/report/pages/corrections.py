"""What the slides should say instead: every sentence that is corrected or refuted, with why."""

from __future__ import annotations

from dataclasses import dataclass

from deepclaims.evidence.record import EvidenceRecord, Finding, SentenceNote
from deepclaims.evidence.sentence import STUDY, Ruling
from deepclaims.report.pages.edition import Edition


@dataclass(frozen=True)
class Correction:
    """A sentence that does not stand as printed.

    Args:
        record: the claim that tested it.
        note: the sentence with its ruling.
    """

    record: EvidenceRecord
    note: SentenceNote

    @property
    def failed(self) -> list[Finding]:
        """Its checks that failed."""
        return [each for each in self._of("claim") if each.outcome is False]

    @property
    def repaired(self) -> list[Finding]:
        """The checks of the restated sentence."""
        return self._of("repair")

    def _of(self, role: str) -> list[Finding]:
        mine = [each for each in self.record.findings if each.check in self.note.checks]
        return [each for each in mine if each.role == role]


def corrections(edition: Edition, ruling: Ruling) -> list[Correction]:
    """The sentences with that ruling, in the order of the slides."""
    return [
        Correction(record, note)
        for record in edition.statements
        for note in record.sentences
        if note.ruling == ruling and note.id != STUDY
    ]


def render(edition: Edition) -> tuple[str, str]:
    """The page of an edition: path and HTML."""
    return edition.page(
        "corrections",
        "pages/corrections.html",
        has_lectures=edition.lectures is not None,
        corrected=corrections(edition, Ruling.CORRECTED),
        refuted=corrections(edition, Ruling.REFUTED),
    )
