"""Rises of error against nets without pooling, in pairs of seeds, at equal errors to begin with."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    exact,
    mean_interval,
    paired_difference,
    ratio_interval,
)

POOLS, STRIDE, NONE = ("max", "average"), "stride", "none"
WITHOUT = (STRIDE, NONE)
"""Nets without pooling."""


def judge(results: Results) -> dict[str, Measured]:
    """Errors in points and changes as ratios, each in the mean over the small moves."""

    def over(part: str, kind: str, what: str, pool: str) -> np.ndarray:
        small = results.claim.grid[f"small_{kind}"]
        each = [at(results, part, f"{kind}_{what}", pool, amount) for amount in small]
        return np.asarray(np.mean(each, axis=0))

    def rises(kind: str, pool: str) -> np.ndarray:
        small = results.claim.grid[f"small_{kind}"]
        return np.asarray(np.mean([rise(results, pool, kind, amount) for amount in small], axis=0))

    def gains(kind: str) -> list[np.ndarray]:
        """By how much less the error rises with each pooling than without, `(seeds,)` each."""
        return [rises(kind, net) - rises(kind, pool) for net in WITHOUT for pool in POOLS]

    def ratios(kind: str) -> list[Estimate]:
        """What each pooling changes of the answers over what a net without changes."""
        change = {pool: over("moved", kind, "change", pool) for pool in (*POOLS, *WITHOUT)}
        return [ratio_interval(change[pool], change[net]) for net in WITHOUT for pool in POOLS]

    def features(kind: str) -> list[Estimate]:
        change = {pool: over("features", kind, "features", pool) for pool in (*POOLS, STRIDE)}
        return [ratio_interval(change[pool], change[STRIDE]) for pool in POOLS]

    def factors(kind: str) -> list[Estimate]:
        """By which factor the error grows with pooling over the factor with a stride."""
        grown = {
            pool: over("moved", kind, "error", pool)
            / at(results, "moved", f"{kind}_error", pool, 0)
            for pool in (*POOLS, STRIDE)
        }
        return [ratio_interval(grown[pool], grown[STRIDE]) for pool in POOLS]

    def errors(pixels: int) -> dict[str, np.ndarray]:
        nets = (*POOLS, *WITHOUT)
        return {net: 100 * at(results, "moved", "shift_error", net, pixels) for net in nets}

    clean, sizes = errors(0), [parameters(results, net) for net in (*POOLS, STRIDE)]
    steps, _ = curve(results, "moved", "shift_error", STRIDE)
    by_rotation = np.reshape(gains("rotation"), (len(WITHOUT), len(POOLS), -1)).mean(axis=1)
    return {
        "shift_costs_less": [mean_interval(gain) for gain in gains("shift")],
        "rotation_costs_less": [mean_interval(gain) for gain in by_rotation],
        "shift_changes_answers_less": ratios("shift"),
        "rotation_changes_answers_less": ratios("rotation"),
        "features_move_less": features("shift"),
        "features_turn_less": features("rotation"),
        "shift_factor": factors("shift"),
        "rotation_factor": factors("rotation"),
        "sizes_are_equal": exact(max(sizes) / min(sizes), n=len(sizes)),
        "clean_errors_alike": [
            paired_difference(clean[pool], clean[net]) for net in WITHOUT for pool in POOLS
        ],
        "all_have_learnt": [mean_interval(each) for each in clean.values()],
        "large_shifts_break_all": [mean_interval(each) for each in errors(max(steps)).values()],
    }


def rise(results: Results, pool: str, kind: str, amount: int) -> np.ndarray:
    """By how many points the error of each seed rises when its test images are moved, (seeds,)."""
    error = f"{kind}_error"
    moved_error = at(results, "moved", error, pool, amount)
    return 100 * (moved_error - at(results, "moved", error, pool, 0))


def at(results: Results, part: str, name: str, pool: str, amount: int) -> np.ndarray:
    """A curve's values where the move is `amount`, one per seed, (seeds,)."""
    steps, values = curve(results, part, name, pool)
    return values[:, list(steps).index(amount)]


def curve(results: Results, part: str, name: str, pool: str) -> tuple[np.ndarray, np.ndarray]:
    """Moves, and what is measured there, (seeds, moves); at the chosen rate where it is tuned."""
    if results.claim.part(part).tune is None:
        return results.curve(part, name, where={"pool": pool})
    return results.tuned(part, where={"pool": pool}).curve(name)


def parameters(results: Results, pool: str) -> float:
    """How many numbers a net has."""
    rows = results.rows("moved", "n_parameters")
    return float(rows["value"][rows["pool"] == pool].iloc[0])
