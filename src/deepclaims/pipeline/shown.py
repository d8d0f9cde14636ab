"""What measuring lets be seen, told to the ledgers before it is shown.

Whoever measures can read how a claim comes out, judged or not: a registration that was measured is
an attempt like one that was looked at, and each rerun that shows other numbers is told. A pilot is
none, since it sees no test split.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from deepclaims.claims.claim import Claim
from deepclaims.evidence.looks import Look
from deepclaims.pipeline import entries
from deepclaims.pipeline.history import look_at
from deepclaims.pipeline.judging import Judged, Measured, judge_one
from deepclaims.pipeline.pool import JUDGING, judging_pool
from deepclaims.pipeline.request import Request
from deepclaims.project import Project


def tell(project: Project, request: Request, loaded: Sequence[Claim]) -> None:
    """Tell the ledger of each claim what was measured, unless it tells of these numbers already.

    Args:
        project: whose ledgers.
        request: what was measured.
        loaded: its claims.

    Raises:
        StorageError: for a ledger that was tampered with, or tables that are damaged.
    """
    found = [
        Measured.at(project, each.name, request.tables(each)) for each in loaded if not each.pilot
    ]
    news = [each for each in found if entries.is_look(each)]
    # Nothing rests on a small rehearsal; what the profile `full` gives is told as it came out.
    whole = [each for each in news if not request.rehearsal or each.claim.profile == "full"]
    judged = {each.claim.name: found for each, found in zip(whole, _judged(whole), strict=True)}
    for measured in news:
        look = _seen(measured, judged.get(measured.claim.name))
        if not entries.has_seen(project, measured.claim, look):
            entries.write_measured(project, measured.claim, look)


def _judged(news: Sequence[Measured]) -> list[Judged | None]:
    """What each comes to; None where its judge fails."""
    if len(news) <= 1:
        return [_judge(each) for each in news]
    with judging_pool(len(news), JUDGING) as pool:
        return list(pool.map(_judge, news))


def _judge(measured: Measured) -> Judged | None:
    try:
        return judge_one(measured)
    except Exception as error:  # whatever a claim's own judge may raise
        print(
            f"{measured.claim.name}: its judge fails ({error}); its tables can be read, so it "
            "counts as measured all the same",
            file=sys.stderr,
        )
        return None


def _seen(measured: Measured, judged: Judged | None) -> Look:
    if judged is not None:
        return look_at(judged)
    seeds = measured.results().metrics["seed"]
    spread = (int(seeds.nunique()), int(seeds.min()), int(seeds.max()))
    claim = measured.claim
    return Look(entries.word(claim), spread, claim.profile, dict(measured.about["sources"]), "", {})
