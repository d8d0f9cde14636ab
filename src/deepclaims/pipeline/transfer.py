"""Claims on another data set in the place of their own: `deepclaims recheck data=…`.

Criterion, grid and seeds are the claim's; what is tuned is chosen anew by the same protocol. Each
claim is measured once as it is: a second time would compute the same. The tables go to
`transfer/<data set>/results/`, what came out to the ledgers, whatever it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.data.alike import replaced_by
from deepclaims.data.prepared import read_meta
from deepclaims.errors import ConfigError
from deepclaims.evidence import ledger
from deepclaims.evidence.multiplicity import settle
from deepclaims.pipeline import entries
from deepclaims.pipeline.comparison import as_first_measured, differences
from deepclaims.pipeline.history import History, attempts_of, family
from deepclaims.pipeline.judge import judge_only
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request
from deepclaims.project import Project

FOLDER = "transfer"
"""The folder of the tables, data set by data set."""


def transfer(project: Project, asked: Request) -> None:
    """Measure the claims of a request on its data set, and tell the ledgers.

    Claims that do not read what is replaced are left out. Those that are registered not to
    transfer, and those that were looked at as they are now, are named and not measured.

    Args:
        project: whose claims.
        asked: with `dataset`.

    Raises:
        ConfigError: when the one claim that is named does not read what is replaced.
        StageError: when the catalogue was not measured on its own data, or the other data set has
            not been prepared.
        SweepError: when cells failed.
    """
    dataset = asked.dataset
    wanted = _wanted(project, asked)
    if not wanted:
        return
    read_meta(project.prepared(dataset), dataset)  # before the catalogue is judged
    first = as_first_measured(project, wanted, asked.profile)
    fresh = [name for name in wanted if not _is_known(project, first[name], dataset)]
    if not fresh:
        return
    aside = project.aside(f"{FOLDER}/{dataset}")
    request = replace(
        asked, names=tuple(fresh), folder=aside.results, single=False, rehearsal=False
    )
    loaded = measure(project, request)
    there = {each.claim.name: each for each in judge_only(aside, fresh)}
    _keep(project, dataset, loaded, first, there)


def reads(claim: Claim, dataset: str) -> bool:
    """Whether some part of a claim reads the data set that another may replace."""
    return any(replaced_by(dataset) in part.data for part in claim.parts)


def _wanted(project: Project, asked: Request) -> list[str]:
    """The claims to which the data set can be put, and which do not say that it is no use."""
    dataset, old = asked.dataset, replaced_by(asked.dataset)
    loaded = [claims.load(project.conf, name, asked.profile) for name in asked.names]
    able = [claim for claim in loaded if reads(claim, dataset)]
    if asked.single and not able:
        raise ConfigError(f"{asked.names[0]} reads no {old}: there is no place for {dataset} in it")
    if others := len(loaded) - len(able):
        print(f"{others} claims read no {old} and are left out")
    for claim in able:
        if reason := claim.text.get("transfer"):
            print(f"{'not applicable':>28}  {claim.name}: {' '.join(reason['en'].split())}")
    return [claim.name for claim in able if not claim.text.get("transfer")]


def _is_known(project: Project, first: Judged, dataset: str) -> bool:
    """Whether a claim was looked at on the data set as it is now; says so."""
    for seen, current in History.of(project, first).transfers:
        if current and seen.dataset == dataset:
            print(f"{seen.ruling:>28}  {first.claim.name} (was looked at already)")
            return True
    return False


def _keep(
    project: Project,
    dataset: str,
    loaded: list[Claim],
    first: Mapping[str, Judged],
    there: Mapping[str, Judged],
) -> None:
    raw = {name: each.verdict for name, each in first.items()}
    tried, size = attempts_of(project, first.values()), family(project)
    before = settle(raw, tried, size)
    same = 0
    for claim in loaded:
        # Corrected as the first one was, whatever else is measured in the same call.
        instead = {**raw, claim.name: there[claim.name].verdict}
        after = settle(instead, tried, size)[claim.name]
        entries.write_transfer(project, there[claim.name], after, dataset)
        one = before[claim.name]
        same += one.ruling == after.ruling
        print(f"{one.ruling:>12}  {after.ruling:<12}  {claim.name}")
        for line in differences(one, after):
            print(f"{'':28}{line}")
    print(
        f"{same} of {len(loaded)} verdicts are the same on {dataset}; `deepclaims judge` and "
        f"`deepclaims publish` bring them to the pages ({ledger.FOLDER}/)"
    )
