"""Estimate what the criterion registered."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.approximation.universal_approximation.targets import (
    ADMISSIBLE,
    CONTINUOUS,
    LINE,
    POLYNOMIAL,
    Target,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import paired_difference, power_law, ratio_interval
from deepclaims.nn.random_layer import uniform_knots_bound

ASYMPTOTIC = 16
"""Slopes are read from this many units on; below it the nets are too small to follow any rate."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimate what the criterion registered."""
    slopes = [_slope(results, "line", g, name) for g in ADMISSIBLE for name in LINE]
    flat = [_slope(results, "line", g, name) for g in POLYNOMIAL for name in LINE]
    flat += [_slope(results, "plane", g, "plane") for g in _planar(results, POLYNOMIAL)]
    almost = [_slope(results, "line", "square_at_zero", name) for name in LINE]

    def widest(target: str) -> list[Estimate]:
        return [_error(results, g, target) for g in CONTINUOUS]

    return {
        "printed": _error(results, "square_at_zero", "kink"),
        "rate": slopes,
        "epsilon_smooth": widest("smooth"),
        "epsilon_kink": widest("kink"),
        "epsilon_oscillating": widest("oscillating"),
        "rate_plane": [_slope(results, "plane", g, "plane") for g in CONTINUOUS],
        "epsilon_plane": [_error(results, g, "plane") for g in CONTINUOUS],
        "almost_polynomial_flat": almost,
        "regression": _trained_slope(results, "regression", "tanh"),
        "classification": _trained_fall(results, "tanh"),
        "autoencoder": _trained_slope(results, "autoencoder", "tanh"),
        "polynomials_flat": flat,
        "regression_square": _trained_slope(results, "regression", "square"),
        "classification_square": _trained_fall(results, "square"),
        "autoencoder_square": _trained_slope(results, "autoencoder", "square"),
        "construction_exact": _construction(results),
    }


def _planar(results: Results, activations: tuple[str, ...]) -> list[str]:
    measured = results.axis("plane", "activation")
    return [g for g in activations if g in measured]


def _error(results: Results, activation: str, target: str) -> Estimate:
    """Geometric mean over draws of the sup error of the widest nets."""
    part = "plane" if target == "plane" else "line"
    _, errors = results.curve(part, f"sup_{target}", where={"activation": activation})
    return ratio_interval(errors[:, -1])


def _slope(results: Results, part: str, activation: str, target: str) -> Estimate:
    """Exponent of the sup error in the width: one log-log line a draw, averaged over draws."""
    widths, errors = results.curve(part, f"sup_{target}", where={"activation": activation})
    kept = widths >= ASYMPTOTIC
    return power_law(widths[kept], errors[:, kept])


def trained(results: Results, part: str, metric: str, activation: str) -> np.ndarray:
    """A metric of the trained nets, shape (widths, seeds), from narrow to wide."""
    cells = [
        {"model.activation": activation, "model.width": width}
        for width in results.axis(part, "model.width")
    ]
    return np.array([results.values(part, metric, where=cell) for cell in cells])


def _trained_slope(results: Results, part: str, activation: str) -> Estimate:
    """Exponent in the width of the root-mean-square error that training reaches."""
    errors = np.sqrt(trained(results, part, "test_mse", activation))
    return power_law(results.axis(part, "model.width"), errors.T)


def _trained_fall(results: Results, activation: str) -> Estimate:
    """Share of the test points that the widest classifier wins over the narrowest."""
    errors = trained(results, "classification", "test_error", activation)
    return paired_difference(errors[0], errors[-1])


def _construction(results: Results) -> list[Estimate]:
    """Measured error of the widest explicit ReLU net over what it is by theory, on each target."""
    ratios = []
    for name, target in LINE.items():
        widths, sup = results.curve("construction", f"sup_{name}")
        known = uniform_knots_error(target, int(widths[-1]))
        ratios.append(exact(float(sup[0, -1]) / known))
    return ratios


def uniform_knots_error(target: Target, units: int) -> float:
    """Sup error of the interpolant at equispaced knots: what its bound tends to, or the kink's own.

    Between knots a distance h apart |x - c| is missed by 2p(1 - p)h where c is ph from a knot.

    Args:
        target: on [-1, 1].
        units: knots.
    """
    if target.kink is None:
        return uniform_knots_bound(target.curvature, units)
    h = 2 / (units - 1)
    p = (target.kink + 1) / h % 1
    return 2 * p * (1 - p) * h
