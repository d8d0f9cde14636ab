"""Paired differences of test errors in points, and what of the layers is arithmetic."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

CONV, EQUAL, LARGER, LARGEST = "conv", "dense_9", "dense_40", "dense_150"
WIDER = "conv_38"
"""Convolutional, with as many parameters as `LARGER`."""


def judge(results: Results) -> dict[str, Measured]:
    """Test errors of equal seeds, and the largest differences of exact computations."""
    placed = {arm: errors(results, arm) for arm in (CONV, WIDER, EQUAL, LARGER, LARGEST)}
    permuted = {arm: errors(results, arm, permuted=True) for arm in placed}
    fitted = {arm: errors(results, arm, "train_error") for arm in (CONV, LARGER)}
    cost = [permuted[arm] - placed[arm] for arm in (LARGER, LARGEST)]
    gain, left = (each[EQUAL] - each[CONV] for each in (placed, permuted))
    return {
        "gain_at_equal_parameters": mean_interval(gain),
        "beats_four_times_larger": paired_difference(placed[LARGER], placed[CONV]),
        "fits_less": paired_difference(fitted[CONV], fitted[LARGER]),
        "smaller_gap": paired_difference(
            placed[LARGER] - fitted[LARGER], placed[CONV] - fitted[CONV]
        ),
        "larger_gain_at_equal_parameters": paired_difference(placed[LARGER], placed[WIDER]),
        "fewer_parameters": exact(results.values("layers", "weight_ratio").max()),
        "keeps_space": extreme(results, "layers", "shift_difference"),
        "dense_is_blind_to_space": extreme(results, "layers", "dense_difference"),
        "sizes_are_equal": [
            exact(parameters(results, dense) / parameters(results, convolutional))
            for dense, convolutional in ((EQUAL, CONV), (LARGER, WIDER))
        ],
        "advantage_vanishes": paired_difference(left, 0.5 * gain),
        "permutation_costs_the_filter": paired_difference(permuted[CONV], placed[CONV]),
        "permutation_costs_dense_nothing": mean_interval(np.mean(cost, axis=0)),
        "permuted_convolution_commutes_not": extreme(
            results, "layers", "permuted_shift_difference", "min"
        ),
    }


def errors(
    results: Results, arm: str, metric: str = "test_error", *, permuted: bool = False
) -> np.ndarray:
    """Error of each seed in points, with the largest training set of the grid, (seeds,)."""
    where = {
        "data.permute": permuted,
        "data.n_train": max(results.axis("training", "data.n_train")),
        "fit.epochs": max(results.axis("training", "fit.epochs")),
    }
    return 100 * results.tuned("training", arm, where).reported(metric)


def parameters(results: Results, arm: str) -> float:
    """How many numbers an arm's net has."""
    return float(results.rows("training", "n_parameters", arm)["value"].iloc[0])
