"""What a report has besides the evidence: what figures show, ledgers, the claims' own files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deepclaims.evidence.ledger import Ledger
from deepclaims.report.drawn import Plot


@dataclass(frozen=True)
class Beside:
    """What lies beside the evidence.

    Args:
        shown: what each figure shows, by claim, figure and language: its text and its data.
        ledgers: of the claims, by name.
        sources: the files that define and judge the claims, by path relative to the report.
    """

    shown: Mapping[tuple[str, str, str], Plot] = field(default_factory=dict)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def plot(self, name: str, figure: str, language: str) -> Plot | None:
        """What a figure of a claim shows; None where that is not known."""
        return self.shown.get((name, figure, language))


NOTHING = Beside()
