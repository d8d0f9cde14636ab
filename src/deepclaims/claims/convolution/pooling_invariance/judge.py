"""Rises of error against stride, in pairs of seeds; the pooling that gains less counts."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, mean_interval, ratio_interval

POOLS, STRIDE = ("max", "average"), "stride"


def judge(results: Results) -> dict[str, Measured]:
    """Errors in points and changes as ratios, each in the mean over the small moves."""

    def gains(kind: str) -> list[np.ndarray]:
        """By how much less the error rises than with a stride, `(seeds,)` for each pooling."""
        return [
            np.mean([rise(results, STRIDE, kind, amount) - rise(results, pool, kind, amount)
                     for amount in results.claim.grid[f"small_{kind}"]], axis=0)
            for pool in POOLS
        ]  # fmt: skip

    def ratios(part: str, kind: str, what: str) -> list[Estimate]:
        """What each pooling changes over what a stride changes."""

        def change(pool: str) -> np.ndarray:
            small = results.claim.grid[f"small_{kind}"]
            each = [at(results, part, f"{kind}_{what}", pool, amount) for amount in small]
            return np.asarray(np.mean(each, axis=0))

        return [ratio_interval(change(pool), change(STRIDE)) for pool in POOLS]

    def errors(pixels: int) -> list[Estimate]:
        found = (at(results, "moved", "shift_error", pool, pixels) for pool in (*POOLS, STRIDE))
        return [mean_interval(100 * each) for each in found]

    sizes = results.rows("moved", "n_parameters")["value"]
    steps, _ = results.curve("moved", "shift_error", where={"pool": STRIDE})
    return {
        "shift_costs_less": [mean_interval(gain) for gain in gains("shift")],
        "rotation_costs_less": mean_interval(np.mean(gains("rotation"), axis=0)),
        "shift_changes_answers_less": ratios("moved", "shift", "change"),
        "rotation_changes_answers_less": ratios("moved", "rotation", "change"),
        "features_move_less": ratios("features", "shift", "features"),
        "features_turn_less": ratios("features", "rotation", "features"),
        "sizes_are_equal": exact(sizes.max() / sizes.min(), n=len(sizes)),
        "all_have_learnt": errors(0),
        "large_shifts_break_all": errors(max(steps)),
    }


def rise(results: Results, pool: str, kind: str, amount: int) -> np.ndarray:
    """By how many points the error of each seed rises when its test images are moved, (seeds,)."""
    error = f"{kind}_error"
    moved_error = at(results, "moved", error, pool, amount)
    return 100 * (moved_error - at(results, "moved", error, pool, 0))


def at(results: Results, part: str, curve: str, pool: str, amount: int) -> np.ndarray:
    """A curve's values where the move is `amount`, one per seed, (seeds,)."""
    steps, values = results.curve(part, curve, where={"pool": pool})
    return values[:, list(steps).index(amount)]
