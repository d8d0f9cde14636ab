"""What judging keeps of a claim, so that only what changed is judged and drawn again.

`evidence/<chapter>/<id>/judged.json` holds the raw verdict, from before the correction over the
catalogue, with the hash of what decided it, and the diagnosis of the trained cells with its own;
`drawn.json` beside it the hash of what decided each figure, which is published with the figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from deepclaims import atomic
from deepclaims.claims.claim import Claim
from deepclaims.evidence.check import Check, Finding
from deepclaims.evidence.diagnosis import DiagnosedCell
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.verdict import Verdict, verdict
from deepclaims.pipeline.judging import Judged

NAME = "judged.json"
DRAWN = "drawn.json"


@dataclass(frozen=True)
class Kept:
    """What an earlier judging left of a claim.

    Args:
        key: the hash of what decided the verdict.
        verdict: the raw verdict as plain data.
        facts: how the numbers came to be.
        figures: name -> hash of what decided the figure.
        diagnosed: the hash of what decided the diagnosis of the trained cells.
        cells: the diagnosis of each.
        p_values: of each check by name, in favour of it and against; they take SciPy.
    """

    key: str = ""
    verdict: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    diagnosed: str = ""
    cells: Sequence[Mapping[str, Any]] = ()
    p_values: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What is kept in a folder; nothing where it is missing, damaged or of another kind."""
        figures = figures_of(folder)
        try:
            kept = cls(**_read(folder / NAME), figures=figures)
        except TypeError:
            return cls(figures=figures)
        return kept if "estimates" in kept.verdict else cls(figures=figures)

    @classmethod
    def of(
        cls,
        key: str,
        judged: Judged,
        figures: Mapping[str, str],
        diagnosed: str = "",
        cells: Sequence[DiagnosedCell] = (),
    ) -> Self:
        """What is to be kept of a claim that was judged."""
        plain = [asdict(each) for each in cells]
        raw, drawn = judged.verdict, dict(figures)
        p_values = {each.check.name: (each.p, each.p_against) for each in raw.findings}
        return cls(key, raw.to_dict(), judged.facts, drawn, diagnosed, plain, p_values)

    def told(self, judged: Judged) -> Self:
        """The same in the words of a verdict that was read again: 19 degrees of freedom as 19.0."""
        return replace(self, verdict=judged.verdict.to_dict())

    def write(self, folder: Path) -> None:
        """Keep it in a claim's folder."""
        judged = {name: each for name, each in vars(self).items() if name != "figures"}
        atomic.update(folder / NAME, atomic.json_lines(judged))
        atomic.update(folder / DRAWN, atomic.json_text(self.figures))

    def diagnoses(self) -> tuple[DiagnosedCell, ...]:
        """The diagnosis of each trained cell again."""
        return tuple(map(DiagnosedCell.from_dict, self.cells))

    def judged(self, claim: Claim) -> Judged:
        """The raw verdict again, with the texts that the claim's file has now."""
        verdict = Verdict.from_dict(self.verdict, claim.text)
        return Judged(claim, verdict, dict(self.facts))

    def unchanged(self, claim: Claim) -> Judged:
        """The same of a claim of which nothing changed that is in `key`: nothing is computed."""
        if self.p_values.keys() != claim.checks.keys():
            return self.judged(claim)
        found = []
        for name, written in claim.checks.items():
            check = Check.of(name, written)
            estimate = Estimate.from_dict(self.verdict["estimates"][name])
            outcome = estimate.satisfies(check.relation, check.bound)
            found.append(Finding(check, estimate, outcome, *self.p_values[name]))
        ruled = verdict(found, claim.text, self.verdict["void"])
        return Judged(claim, ruled.marked(self.verdict["post_hoc"]), dict(self.facts))


def figures_of(folder: Path) -> dict[str, str]:
    """The figures kept in a claim's folder, each with the hash of what decided it."""
    return _read(folder / DRAWN)


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
