"""What a grid loses to points at random, box by box: rarely much, so no mean with Student's t."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import median_interval, share_interval

UNKNOWN, CENTRED, ON_LEVEL = "unknown", "centred", "on_level"
BOXES = (UNKNOWN, CENTRED)
FEW = ("one", "two")
RANDOM, EXPERT = "random", "expert"


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """An estimate for each check; those over several boxes must hold in each of them."""
    unknown, limit = losses(results, UNKNOWN), failure(results)
    return {
        "fails_more": _share_lost(unknown, limit),
        "nothing_to_gain": [median_interval(losses(results, part)) for part in BOXES],
        "on_level": median_interval(losses(results, ON_LEVEL)),
        "typical_loss": median_interval(unknown),
        "fails_more_by_three": _share_lost(unknown, failure(results, "milder")),
        "centred_is_safe": share_interval(losses(results, CENTRED) > limit),
        "expert_fails": share_interval(losses(results, EXPERT, EXPERT) > limit),
        "few_do_not_fail": [share_interval(losses(results, part) > limit) for part in FEW],
        "few_are_alike": [median_interval(losses(results, part)) for part in FEW],
    }


def losses(results: Results, part: str, grid: str = "grid") -> np.ndarray:
    """Test error of what a grid chose less that of what was chosen among points at random."""
    return final(results, part, grid) - final(results, part, RANDOM)


def final(results: Results, part: str, sweep: str) -> np.ndarray:
    """Test errors of what a sweep chose among all of its points, `(seeds,)`."""
    last: np.ndarray = results.curve(part, sweep)[1][:, -1]
    return last


def failure(results: Results, name: str = "failure") -> float:
    """How much more error counts as a failure."""
    return float(results.claim.part(UNKNOWN).params[name])


def _share_lost(lost: np.ndarray, limit: float) -> Estimate:
    """The share of seeds that the grid lost, of those decided by more than the limit."""
    return share_interval(lost[np.abs(lost) > limit] > 0)
