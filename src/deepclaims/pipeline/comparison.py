"""A claim measured twice: how the catalogue came out at first, and what differs now."""

from __future__ import annotations

from collections.abc import Sequence

from deepclaims.claims.claim import catalogue
from deepclaims.errors import StageError
from deepclaims.evidence.check import OUTCOMES, Finding
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline.deposit import ABOUT
from deepclaims.pipeline.judge import judge_measured
from deepclaims.pipeline.judging import Judged, Measured
from deepclaims.pipeline.kept import Kept
from deepclaims.project import Project


def as_first_measured(project: Project, names: Sequence[str], profile: str) -> dict[str, Judged]:
    """The catalogue as first measured: a verdict is corrected beside those of all other claims.

    Of a claim that is not measured again and has no tables here, those of the report serve.

    Args:
        project: whose tables.
        names: of the claims that are measured again.
        profile: with which.

    Raises:
        StageError: when one of `names` has not been measured, or with another profile.
    """
    found = [_measured(project, name, name in names) for name in catalogue(project.conf)]
    judged = _judged(project, [one for one in found if one])
    for name in names:
        measured = judged[name].claim.profile
        if measured != profile:
            raise StageError(
                f"{name} was measured with profile={measured}: say so here, or measure it with "
                f"profile={profile} first"
            )
    return judged


def _judged(project: Project, measured: Sequence[Measured]) -> dict[str, Judged]:
    """Raw verdicts: what `judge` keeps serves where nothing changed since."""
    kept = {each.claim.name: Kept.read(project.drawn(each.claim.name)) for each in measured}
    stale = [each for each in measured if kept[each.claim.name].key != each.judging_key()]
    anew = {each.claim.name: each for each in judge_measured(stale)} if stale else {}
    return {
        each.claim.name: anew.get(each.claim.name) or kept[each.claim.name].judged(each.claim)
        for each in measured
    }


def _measured(project: Project, name: str, asked: bool) -> Measured | None:
    if asked or (project.tables(name) / ABOUT).is_file():
        return Measured.find(project, name)
    folder = project.published_tables(name)
    return Measured.at(project, name, folder) if (folder / ABOUT).is_file() else None


def differences(one: Verdict, other: Verdict) -> list[str]:
    """A line for each check that came out otherwise: how at first, and how now."""
    return [
        f"{a.check.name} ({a.check.role}) {a.check.relation} {a.check.bound}: "
        f"{_outcome(a)} | {_outcome(b)}"
        for a, b in zip(one.findings, other.findings, strict=True)
        if a.outcome != b.outcome
    ]


def _outcome(found: Finding) -> str:
    estimate = found.estimate
    return (
        f"{OUTCOMES[found.outcome]} {estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}]"
    )
