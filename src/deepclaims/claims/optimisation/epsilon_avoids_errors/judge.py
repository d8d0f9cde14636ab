"""How many parameters are no numbers, with ε and without."""

from __future__ import annotations

from itertools import product

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact

BROKEN = "not_numbers"
EPS = 1e-8
"""The slide's."""
ENOUGH = ("float32", "float64")
"""Precisions in which 1e-8 is a number."""
AILING = ("dead", "late", "tiny")
"""What may be the matter with an input."""


def judge(results: Results) -> dict[str, Measured]:
    """Parameters that are no numbers, the worst seed of each case."""
    cases = list(product(AILING, ENOUGH))
    return {
        "all_are_numbers": [worst(results, "adagrad", *case, EPS) for case in cases],
        "without_it_some_are_not": [least(results, "adagrad", *case, 0.0) for case in cases],
        "varied_inputs_need_none": [worst(results, "adagrad", "varied", p, 0.0) for p in ENOUGH],
        "rmsprop_and_adam": [
            worst(results, rule, *case, EPS) for rule in ("rmsprop", "adam") for case in cases
        ],
        "half_precision": [worst(results, "adagrad", each, "float16", EPS) for each in AILING],
        "path_is_the_same": [
            exact(values(results, "adagrad", "varied", p, EPS, "distance").max()) for p in ENOUGH
        ],
    }


def worst(results: Results, rule: str, inputs: str, precision: str, eps: float) -> Estimate:
    """Most parameters that are no numbers, over seeds."""
    found = values(results, rule, inputs, precision, eps)
    return exact(found.max(), len(found))


def least(results: Results, rule: str, inputs: str, precision: str, eps: float) -> Estimate:
    """Fewest parameters that are no numbers, over seeds."""
    found = values(results, rule, inputs, precision, eps)
    return exact(found.min(), len(found))


def values(
    results: Results, rule: str, inputs: str, precision: str, eps: float, metric: str = BROKEN
) -> np.ndarray:
    """A metric of a case, `(seeds,)`."""
    where = {"rule": rule, "inputs": inputs, "precision": precision, "eps": eps}
    return results.values("walks", metric, where=where)
