"""Differences of test error in percentage points, and ratios of steps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import paired_difference, ratio_interval

PROBLEMS = ("mnist", "ecg")
ADAPTIVE = ("adagrad", "rmsprop", "adam")
METHODS = {"mnist": (*ADAPTIVE, "sgd"), "ecg": ("adam", "sgd")}
"""What is run on each problem; on ECG only steps are counted."""
TARGET = 0.2
"""Training loss up to which steps are counted."""
SAME = {"optimizer.lr": 0.01}
"""The rate for all in the control, deck 2's default for AdaGrad."""

Methods = Mapping[str, Tuned]


def judge(results: Results) -> dict[str, Measured]:
    """Differences of test error in percentage points, and ratios of steps."""
    mnist = tuned(results, "mnist")
    bad = results.tuned("bad_sgd", "sgd")
    return {
        "adaptive_agree": _pairs(mnist),
        "adaptive_same_loss": [loss_ratio(mnist, *pair) for pair in combinations(ADAPTIVE, 2)],
        "adaptive_same_steps": [
            steps_ratio(results, "mnist", *pair) for pair in combinations(ADAPTIVE, 2)
        ],
        "sgd_similar": behind(mnist, "sgd"),
        "sgd_similar_loss": loss_ratio(mnist, "sgd", "adam"),
        "sgd_later": [steps_ratio(results, problem, "sgd", "adam") for problem in PROBLEMS],
        "bad_start_is_worse": _worse(bad, mnist["sgd"]),
        "untuned_disagree": paired_difference(
            100 * mnist["adagrad"].reported("test_error", SAME),
            100 * mnist["adam"].reported("test_error", SAME),
        ),
        "rates_interior": exact(float(np.mean([each.on_edge for each in (*mnist.values(), bad)]))),
    }


def tuned(results: Results, problem: str, by: str = "error") -> Methods:
    """The methods on a problem, each at the rate chosen by validation `error`, or by `speed`."""
    return {name: _chosen(results, problem, name, by) for name in METHODS[problem]}


def _chosen(results: Results, problem: str, name: str, by: str) -> Tuned:
    return results.tuned(problem if name == "adam" else f"{problem}_{name}", name, by=by)


def behind(methods: Methods, name: str, other: str = "adam") -> Estimate:
    """Test error of one method minus another's in percentage points, paired over seeds."""
    mine, others = (100 * methods[each].reported("test_error") for each in (name, other))
    return paired_difference(mine, others)


def loss_ratio(methods: Methods, name: str, other: str) -> Estimate:
    """Test loss of one method over another's, paired over seeds."""
    mine, others = (methods[each].reported("test_loss") for each in (name, other))
    return ratio_interval(mine, others)


def steps_ratio(results: Results, problem: str, name: str, other: str) -> Estimate:
    """Steps of one method to the target over another's, each at its fastest rate."""
    steps = [
        _chosen(results, problem, each, "speed").steps_below("train_loss", TARGET)
        for each in (name, other)
    ]
    # A seed that never gets there has no ratio: NaN, which decides nothing.
    first, second = (np.where(np.isfinite(each), each, np.nan) for each in steps)
    return ratio_interval(first, second)


def _worse(bad: Tuned, good: Tuned) -> Estimate:
    """Test error from a bad start minus that from a good one, on the seeds of the former."""
    errors = good.reported("test_error")[: len(bad.part.seeds)]
    return paired_difference(100 * bad.reported("test_error"), 100 * errors)


def _pairs(methods: Methods) -> list[Estimate]:
    return [behind(methods, *pair) for pair in combinations(ADAPTIVE, 2)]
