"""Fits to resampled noise: one half gives bias and variance, the other the test error."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.claims.overparametrisation.classical_bias_variance.theory import Problem
from deepclaims.evidence.outcome import Curve, Outcome


def decompose(config: dict[str, Any], seed: int) -> Outcome:
    """Bias², variance and test error of polynomials against their degree.

    Args:
        config: `points`, `sigma` and `degrees`; `resamples`, training sets of each half; `ridges`,
            the λ among which the first half chooses at each degree.
        seed: draws all noise.

    Returns:
        Metric `noise`, the spread of the first half's values about their own means; curves over the
        degree. From the first half: `bias2`, `variance`. From the second, by fits
        that have nothing in common with the first and on fresh values: `test`, and `ridge_test`
        with the λ that the first half liked best.
    """
    problem = Problem.of(config)
    rng = np.random.default_rng(seed)
    shape = (config["resamples"], problem.points)
    first, second, fresh = problem.f + problem.sigma * rng.standard_normal((3, *shape))
    degrees = list(config["degrees"])
    found: dict[str, list[float]] = {name: [] for name in ("bias2", "variance", "test")}
    found["ridge_test"] = []
    for degree in degrees:
        hat = problem.hat(degree)
        bias2, variance = split(problem, first @ hat.T)
        hats = [problem.hat(degree, ridge) for ridge in config["ridges"]]
        best = hats[int(np.argmin([sum(split(problem, first @ each.T)) for each in hats]))]
        values = (bias2, variance, *(_error(second @ each.T, fresh) for each in (hat, best)))
        for own, value in zip(found.values(), values, strict=True):
            own.append(value)
    noise = float(first.var(axis=0, ddof=1).mean())
    curves = {name: Curve(degrees, values) for name, values in found.items()}
    return Outcome({"noise": noise}, curves)


def split(problem: Problem, fits: np.ndarray) -> tuple[float, float]:
    """Bias² and variance of fits `(resamples, n)`, both without bias of their own."""
    variance = float(fits.var(axis=0, ddof=1).mean())
    off = float(np.square(fits.mean(axis=0) - problem.f).mean())
    return off - variance / len(fits), variance


def _error(fits: np.ndarray, fresh: np.ndarray) -> float:
    return float(np.square(fits - fresh).mean())
