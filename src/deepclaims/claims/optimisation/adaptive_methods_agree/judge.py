"""Differences of test error in percentage points, and ratios of steps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.patient_errors import PatientErrors, error_contrast
from deepclaims.evidence.statistics import paired_difference, ratio_interval

PROBLEMS = ("mnist", "ecg")
ADAPTIVE = ("adagrad", "rmsprop", "adam")
METHODS = (*ADAPTIVE, "sgd")
TARGET = 0.2
"""Training loss up to which steps are counted."""
SAME = {"optimizer.lr": 0.01}
"""The rate for all in the control, deck 2's default for AdaGrad."""

Methods = Mapping[str, Tuned]


def judge(results: Results) -> dict[str, Measured]:
    """Differences of test error in percentage points, and ratios of steps."""
    mnist, ecg = (tuned(results, problem) for problem in PROBLEMS)
    return {
        "adaptive_agree_mnist": _pairs(mnist),
        "adaptive_agree_ecg": _pairs(ecg),
        "sgd_similar_mnist": behind(mnist, "sgd"),
        "sgd_similar_ecg": behind(ecg, "sgd"),
        "sgd_later": [_steps_ratio(results, problem) for problem in PROBLEMS],
        "untuned_disagree": paired_difference(
            100 * mnist["adagrad"].reported("test_error", SAME),
            100 * mnist["adam"].reported("test_error", SAME),
        ),
        "rates_interior": exact(
            float(np.mean([each.on_edge for each in (*mnist.values(), *ecg.values())]))
        ),
    }


def tuned(results: Results, problem: str) -> dict[str, Tuned]:
    """The methods on a problem, each at the rate its choosing seeds chose on validation."""
    return {name: _chosen(results, problem, name) for name in METHODS}


def _chosen(results: Results, problem: str, name: str, by: str = "error") -> Tuned:
    part = problem if name == "adam" else f"{problem}_{name}"
    return results.tuned(part, name, by=by)


def behind(methods: Methods, name: str, other: str = "adam") -> Estimate:
    """Test error of one method minus another's in percentage points; on ECG of other patients too.

    Paired over seeds; on ECG over seeds × patients.
    """
    both = [methods[name], methods[other]]
    if both[0].part.name.startswith("ecg"):
        errors = [PatientErrors.read(each.table("confusion")) for each in both]
        return error_contrast(errors, [1.0, -1.0])
    mine, others = (100 * each.reported("test_error") for each in both)
    return paired_difference(mine, others)


def _steps_ratio(results: Results, problem: str) -> Estimate:
    """Steps of SGD to the target over Adam's, each at its fastest rate."""
    steps = [
        _chosen(results, problem, name, "speed").steps_below("train_loss", TARGET)
        for name in ("sgd", "adam")
    ]
    # A seed that never gets there has no ratio: NaN, which decides nothing.
    first, second = (np.where(np.isfinite(each), each, np.nan) for each in steps)
    return ratio_interval(first, second)


def _pairs(methods: Methods) -> list[Estimate]:
    return [behind(methods, *pair) for pair in combinations(ADAPTIVE, 2)]
