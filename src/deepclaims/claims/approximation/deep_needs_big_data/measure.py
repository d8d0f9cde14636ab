"""Errors on few digits of classical methods (scikit-learn's) and of deep nets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from deepclaims.claims.approximation.deep_needs_big_data.digits import digits
from deepclaims.claims.approximation.deep_needs_big_data.nets import NETS, train, wrong
from deepclaims.claims.tuning import is_choosing
from deepclaims.evidence.outcome import Outcome

TREES = 100
RIDGE, WIDTH, DEGREE = 0.05, 2.0, 8
RATES = {"dense": 0.008, "convolutional": 0.016}
"""Where the dials are at 1: C of logistic regression; γ·d of the Gaussian kernel; the degree of the
polynomial one; Adam's rate by net."""
COST, OFFSET = 10.0, 0.5
"""C of both SVMs; the constant in the polynomial kernel, in which it and x·z/d weigh the same."""
AT_ONCE = 5000
"""Up to so many samples the kernel is computed whole, in a fraction of scikit-learn's time."""


def classical(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of one classical method at one value of its dial.

    Args:
        config: what `digits` takes; `method`: `logistic` (its C is RIDGE × dial), `forest`
            (dial × √d features are tried at each split), `gaussian` (an SVM, γ = WIDTH × dial/d)
            or `polynomial` (an SVM of degree DEGREE × dial); `dial`.
        seed: draws the training samples, and the forest.

    Returns:
        Metric `validation_error` of seeds that choose, `test_error` of those that report.
    """
    # Here, so that nothing but this task ever imports scikit-learn.
    from sklearn.metrics.pairwise import pairwise_kernels

    (x, y), (z, labels) = (
        (images.flatten(1).numpy(), of.numpy())
        for images, of in digits(config, seed, scored_on(config))
    )
    kernel = _kernel(config["method"], float(config["dial"]), x.shape[1])
    if kernel and len(x) <= AT_ONCE:
        options = {key: value for key, value in kernel.items() if key != "kernel"}
        z, x = z.astype(float), x.astype(float)
        z, x = (pairwise_kernels(each, x, kernel["kernel"], **options) for each in (z, x))
        kernel = {"kernel": "precomputed"}
    model = _estimator(config["method"], float(config["dial"]), x.shape[1], seed, kernel)
    return Outcome({f"{scored_on(config)}_error": 1 - float(model.fit(x, y).score(z, labels))})


def deep(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of one net, trained with Adam and a rate that falls linearly to 0.

    Args:
        config: what `digits` takes; `method`: `dense` or `convolutional`, see `nets`; `dial`: its
            rate over RATES; and what `train` takes.
        seed: draws the training samples, the weights and the minibatches.

    Returns:
        Metric `validation_error` of seeds that choose, `test_error` of those that report.
    """
    (x, y), held_out = digits(config, seed, scored_on(config))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = NETS[config["method"]](int(config["side"]))
        train(net, x, y, RATES[config["method"]] * float(config["dial"]), config)
    return Outcome({f"{scored_on(config)}_error": wrong(net, *held_out)})


def scored_on(config: Mapping[str, Any]) -> str:
    """The split whose error is asked for: one alone, since the other would be scored in vain."""
    return "validation" if is_choosing(config) else "test"


def _kernel(method: str, dial: float, inputs: int) -> dict[str, Any]:
    """Options of `sklearn.svm.SVC`; none of a method without a kernel."""
    if method == "gaussian":
        return {"kernel": "rbf", "gamma": WIDTH * dial / inputs}
    if method == "polynomial":
        degree = max(round(DEGREE * dial), 1)
        return {"kernel": "poly", "gamma": OFFSET / inputs, "coef0": OFFSET, "degree": degree}
    return {}


def _estimator(method: str, dial: float, inputs: int, seed: int, kernel: Mapping[str, Any]) -> Any:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if kernel:
        return SVC(C=COST, **kernel)
    if method == "logistic":  # the tolerance is well below what changes an answer: it converges
        return LogisticRegression(C=RIDGE * dial, tol=1e-6, max_iter=10_000)
    tried = min(max(round(dial * math.sqrt(inputs)), 1), inputs)
    return RandomForestClassifier(TREES, max_features=tried, random_state=seed)
