"""Recheck: measure claims again with seeds of their own, and set the verdicts side by side.

The tables go to `second/results/`, the verdicts to `conf/recheck.json`, which `judge` reads: a
verdict that does not stand is called inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deepclaims.claims.claim import Claim, catalogue
from deepclaims.errors import ConfigError, StageError
from deepclaims.evidence import second_look
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.registration import Registration
from deepclaims.evidence.second_look import SecondLook
from deepclaims.evidence.verdict import OUTCOMES, Verdict
from deepclaims.pipeline.judge import judge_only
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request, read_request
from deepclaims.project import Project
from deepclaims.sweep.executors.local import warm_up
from deepclaims.sweep.options import LocalOptions

SECOND = "second"
"""The folder of their tables."""
SHIFT = 100_000
"""Added to every seed of a claim."""


def run(overrides: Sequence[str]) -> None:
    """Carry out `deepclaims recheck …`.

    Raises:
        DeepclaimsError: for a request that cannot be met; SweepError when cells failed.
    """
    project = Project.here()
    asked = read_request(overrides, project, "recheck")
    if asked.changes:
        change = next(iter(asked.changes))
        raise ConfigError(f"recheck takes a claim as its file has it, without claim.{change}=")
    aside = project.aside(SECOND)
    request = replace(asked, shift=SHIFT, folder=aside.results, single=False, rehearsal=False)
    if isinstance(request.options, LocalOptions) and request.options.workers != 0:
        warm_up()  # it imports while this process composes
    first = _first(project, request)
    loaded = measure(project, request)
    second = {each.claim.name: each for each in judge_only(aside, request.names)}
    _keep(project, loaded, first, {**first, **second})


def _first(project: Project, request: Request) -> dict[str, Judged]:
    """The whole catalogue as first measured: a verdict is corrected for the number of all claims.

    Raises:
        StageError: when it has not been measured, or with another profile.
    """
    judged = {each.claim.name: each for each in judge_only(project, catalogue(project.conf))}
    for name in request.names:
        profile = judged[name].claim.profile
        if profile != request.profile:
            raise StageError(
                f"{name} was measured with profile={profile}: say so here, or measure it with "
                f"profile={request.profile} first"
            )
    return judged


def _keep(
    project: Project, loaded: Sequence[Claim], first: dict[str, Judged], second: dict[str, Judged]
) -> None:
    rulings = _rulings(first), _rulings(second)
    file = project.conf / "recheck.json"
    looks = second_look.read(file)
    same = 0
    for claim in loaded:
        name = claim.name
        one, other = (each[name] for each in rulings)
        seeds = second[name].facts["seeds"]
        looks[name] = SecondLook(
            ruling=str(other.ruling),
            seeds=(len(seeds), min(seeds), max(seeds)),
            registration=str(Registration.of(claim.written)),
            profile=claim.profile,
            sources=second[name].facts["data_sources"],
        )
        same += one.ruling == other.ruling
        print(f"{one.ruling:>12}  {other.ruling:<12}  {name}")
        for line in _differences(one, other):
            print(f"{'':28}{line}")
    second_look.write(file, looks)
    print(
        f"{same} of {len(loaded)} verdicts are the same with other seeds; the others become "
        f"inconclusive when next judged ({file.relative_to(project.root)})"
    )


def _rulings(judged: dict[str, Judged]) -> dict[str, Verdict]:
    return settle({name: each.verdict for name, each in judged.items()})


def _differences(one: Verdict, other: Verdict) -> list[str]:
    return [
        f"{a.check.name} ({a.check.role}) {a.check.relation} {a.check.bound}: "
        f"{OUTCOMES[a.outcome]} {a.estimate.value:.4g} "
        f"[{a.estimate.low:.4g}, {a.estimate.high:.4g}]"
        f" | {OUTCOMES[b.outcome]} {b.estimate.value:.4g} "
        f"[{b.estimate.low:.4g}, {b.estimate.high:.4g}]"
        for a, b in zip(one.findings, other.findings, strict=True)
        if a.outcome != b.outcome
    ]
