"""Recheck: measure claims again with seeds of their own, and set the verdicts side by side.

The tables go to `second/results/`, what came out to the ledgers, which `judge` reads: a
verdict that does not stand is called inconclusive. Each time is another series of seeds. With
`data=…` the seeds stay, and another data set takes the place of the claims' own: see `transfer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deepclaims.claims.claim import REGISTERED, Claim
from deepclaims.errors import ConfigError
from deepclaims.evidence import ledger
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.second_look import second_looks
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline import entries
from deepclaims.pipeline.comparison import as_first_measured, differences
from deepclaims.pipeline.history import attempts_of, family
from deepclaims.pipeline.judge import judge_only
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request, read_request
from deepclaims.pipeline.transfer import transfer
from deepclaims.project import Project
from deepclaims.sweep.executors.local import warm_up
from deepclaims.sweep.options import LocalOptions

SECOND = "second"
"""The folder of their tables."""
SHIFT = 100_000
"""Added to every seed of a claim, once for each series."""


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
    if asked.dataset and asked.series:
        raise ConfigError("data= keeps the seeds as they are: leave series= out")
    _no_pilots(asked.load(project))
    if isinstance(asked.options, LocalOptions) and asked.options.workers != 0:
        warm_up(asked.tasks(project))  # it imports while this process composes
    if asked.dataset:
        transfer(project, asked)
        return
    aside = project.aside(SECOND)
    series = asked.series or _next_series(project, asked)
    request = replace(
        asked,
        shift=series * SHIFT,
        series=series,
        folder=aside.results,
        single=False,
        rehearsal=False,
    )
    first = as_first_measured(project, request.names, request.profile)
    loaded = measure(project, request)
    second = {each.claim.name: each for each in judge_only(aside, request.names)}
    _keep(project, request, loaded, first, {**first, **second})


def _no_pilots(loaded: Sequence[Claim]) -> None:
    """Shifted, a pilot's seeds would be none's any more, and the test split would open."""
    for claim in loaded:
        if any(seed < REGISTERED for part in claim.parts for seed in part.seeds):
            raise ConfigError(
                f"{claim.name} has seeds below {REGISTERED}: it is a pilot, and there is no second "
                f"look at one; give it seeds from {REGISTERED} on and measure it first"
            )


def _next_series(project: Project, request: Request) -> int:
    """The first number after those of all earlier second looks at these claims."""
    seen = (
        look.series
        for name in request.names
        for look in second_looks(ledger.read(project.root, name))
    )
    return max(seen, default=0) + 1


def _keep(
    project: Project,
    request: Request,
    loaded: Sequence[Claim],
    first: dict[str, Judged],
    second: dict[str, Judged],
) -> None:
    before, after = _rulings(project, first), _rulings(project, second)
    same = 0
    for claim in loaded:
        one, other = before[claim.name], after[claim.name]
        entries.write_second_look(project, second[claim.name], other, request.series)
        same += one.ruling == other.ruling
        print(f"{one.ruling:>12}  {other.ruling:<12}  {claim.name}")
        for line in differences(one, other):
            print(f"{'':28}{line}")
    print(f"{same} of {len(loaded)} verdicts are the same with series {request.series} of seeds")
    if same < len(loaded):
        print(f"the others become inconclusive when next judged ({ledger.FOLDER}/)")


def _rulings(project: Project, judged: dict[str, Judged]) -> dict[str, Verdict]:
    verdicts = {name: each.verdict for name, each in judged.items()}
    return settle(verdicts, attempts_of(project, judged.values()), family(project))
