"""Paired differences of test errors in points, and what of the layers is arithmetic."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

CONV, EQUAL, LARGER, LARGEST = "conv", "dense_9", "dense_40", "dense_150"


def judge(results: Results) -> dict[str, Estimate]:
    """Test errors of equal seeds, and the largest differences of exact computations."""
    placed = {arm: errors(results, arm, permuted=False) for arm in (CONV, EQUAL, LARGER, LARGEST)}
    permuted = {arm: errors(results, arm, permuted=True) for arm in placed}
    cost = [permuted[arm] - placed[arm] for arm in (LARGER, LARGEST)]
    gain, left = (each[EQUAL] - each[CONV] for each in (placed, permuted))
    return {
        "gain_at_equal_parameters": mean_interval(gain),
        "beats_four_times_larger": paired_difference(placed[LARGER], placed[CONV]),
        "fewer_parameters": exact(results.values("layers", "weight_ratio").max()),
        "keeps_space": extreme(results, "layers", "shift_difference"),
        "dense_is_blind_to_space": extreme(results, "layers", "dense_difference"),
        "sizes_are_equal": exact(parameters(results, EQUAL) / parameters(results, CONV)),
        "advantage_vanishes": paired_difference(left, 0.5 * gain),
        "permutation_costs_the_filter": paired_difference(permuted[CONV], placed[CONV]),
        "permutation_costs_dense_nothing": mean_interval(np.mean(cost, axis=0)),
        "permuted_convolution_commutes_not": extreme(
            results, "layers", "permuted_shift_difference", "min"
        ),
    }


def errors(results: Results, arm: str, *, permuted: bool) -> np.ndarray:
    """Test error of each seed in points, with the largest training set of the grid, (seeds,)."""
    where = {
        "data.permute": permuted,
        "data.n_train": max(results.axis("training", "data.n_train")),
        "fit.epochs": max(results.axis("training", "fit.epochs")),
    }
    return 100 * results.values("training", "test_error", arm, where)


def parameters(results: Results, arm: str) -> float:
    """How many numbers an arm's net has."""
    return float(results.rows("training", "n_parameters", arm)["value"].iloc[0])
