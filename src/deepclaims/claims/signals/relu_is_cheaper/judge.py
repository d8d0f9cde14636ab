"""Ratios of CPU time, by turns on the same numbers; a value a seed."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.relu_is_cheaper.measure import AGAIN, RATIO
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Time over the sigmoid's, of the function alone, both ways, and of a training step."""
    every = sizes(results)
    return {
        "cheaper": [ratio(results, "forward", size, "relu") for size in every],
        "same_twice": [ratio(results, "forward", size, AGAIN) for size in every],
        "both_ways": [ratio(results, "both", size, "relu") for size in every],
        "whole_step": ratio(results, "step", None, "relu"),
        "tanh_is_not": [ratio(results, "forward", size, "tanh") for size in every],
    }


def sizes(results: Results) -> list[int]:
    """How many numbers the functions are timed on."""
    return list(results.claim.part("times").params["sizes"])


def ratio(results: Results, work: str, size: int | None, function: str) -> Estimate:
    """A function's time over the sigmoid's (that of ReLU's second go, over ReLU's)."""
    table = results.tables["times"]
    own = table[(table["work"] == work) & (table["function"] == function)]
    if size is not None:
        own = own[own["size"] == size]
    return ratio_interval(np.asarray(own.sort_values("seed")[RATIO]))
