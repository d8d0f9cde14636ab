"""Estimate what the criterion registered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from deepclaims.claims.approximation.universal_approximation.targets import (
    ADMISSIBLE,
    CONTINUOUS,
    FLAT,
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

SOLVED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "regression": ("line", "rms_kink"),
        "regression_plane": ("solved_plane", "error"),
        "classification": ("solved_classification", "error"),
        "autoencoder": ("solved_autoencoder", "error"),
    }
)
"""Part and curve of the nets that exist, by the part of those that are trained for the same."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimate what the criterion registered."""
    slopes = [_slope(results, "line", g, name) for g in ADMISSIBLE for name in LINE]
    flat = [_slope(results, "line", g, name) for g in POLYNOMIAL for name in LINE]
    flat += [_slope(results, "plane", g, "plane") for g in POLYNOMIAL]
    almost = [_slope(results, "line", "square_at_zero", name) for name in LINE]
    in_plane = [_slope(results, "plane", g, "plane") for g in CONTINUOUS]

    def widest(target: str) -> list[Estimate]:
        return [_error(results, g, target) for g in CONTINUOUS]

    return {
        "printed": _error(results, "square_at_zero", "kink"),
        "rate": slopes,
        "epsilon_smooth": widest("smooth"),
        "epsilon_kink": widest("kink"),
        "epsilon_oscillating": widest("oscillating"),
        "epsilon_step": _stairs(results),
        "rate_plane": [*in_plane, _stairs_slope(results)],
        "epsilon_plane": widest("plane"),
        "almost_polynomial_flat": almost,
        "regression": _trained_slope(results, "regression", "tanh"),
        "regression_plane": _trained_slope(results, "regression_plane", "tanh"),
        "classification": _trained_fall(results, "tanh"),
        "autoencoder": _trained_slope(results, "autoencoder", "tanh"),
        "regression_short": _short(results, "regression"),
        "regression_plane_short": _short(results, "regression_plane"),
        "classification_short": _short(results, "classification"),
        "autoencoder_short": _short(results, "autoencoder"),
        "polynomials_flat": flat,
        "classification_square": _trained_fall(results, "square"),
        "construction_exact": _construction(results),
    }


def place(part: str, activation: str) -> str:
    """The part in which nets with this g were measured."""
    return f"{part}_flat" if activation in FLAT else part


def _error(results: Results, activation: str, target: str) -> Estimate:
    """Geometric mean over draws of the sup error of the widest nets."""
    part = place("plane" if target == "plane" else "line", activation)
    _, errors = results.curve(part, f"sup_{target}", where={"activation": activation})
    return ratio_interval(errors[:, -1])


def _slope(results: Results, part: str, activation: str, target: str) -> Estimate:
    """Exponent of the sup error in the width: one log-log line a draw, averaged over draws."""
    widths, errors = results.curve(
        place(part, activation), f"sup_{target}", where={"activation": activation}
    )
    kept = widths >= ASYMPTOTIC
    return power_law(widths[kept], errors[:, kept])


def _stairs(results: Results) -> list[Estimate]:
    """Error of the widest explicit net of steps over the ε of its target, on each target."""
    found = []
    for name in (*LINE, "plane"):
        _, errors = results.curve("stairs", f"sup_{name}")
        bound = results.claim.checks[f"epsilon_{name}"]["bound"]
        found.append(exact(float(errors[0, -1]) / bound))
    return found


def _stairs_slope(results: Results) -> Estimate:
    """Exponent of the error in the plane of the explicit nets of steps."""
    widths, errors = results.curve("stairs", "sup_plane")
    kept = widths >= ASYMPTOTIC
    slope, _ = np.polyfit(np.log(widths[kept]), np.log(errors[0, kept]), 1)
    return exact(float(slope))


def trained(results: Results, part: str, activation: str) -> np.ndarray:
    """Errors of the trained nets, shape (widths, seeds), from narrow to wide.

    They are root-mean-square errors, and shares of errors where the nets classify.
    """
    classify = part == "classification"
    cells = [
        {"model.activation": activation, "model.width": width}
        for width in results.axis(part, "model.width")
    ]
    metric = "test_error" if classify else "test_mse"
    found = np.array([results.values(part, metric, where=cell) for cell in cells])
    return found if classify else np.sqrt(found)


def solved(results: Results, part: str, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """Widths and errors (draws, widths) of the nets that exist for what a part trains."""
    where, metric = SOLVED[part]
    return results.curve(place(where, activation), metric, where={"activation": activation})


def _trained_slope(results: Results, part: str, activation: str) -> Estimate:
    """Exponent in the width of the error that training reaches."""
    errors = trained(results, part, activation)
    return power_law(results.axis(part, "model.width"), errors.T)


def _trained_fall(results: Results, activation: str) -> Estimate:
    """Share of the test points that the widest classifier wins over the narrowest."""
    errors = trained(results, "classification", activation)
    return paired_difference(errors[0], errors[-1])


def _short(results: Results, part: str) -> Estimate:
    """By how much the error of the widest trained tanh nets exceeds that of as wide solved ones."""
    width = results.axis(part, "model.width")[-1]
    widths, errors = solved(results, part, "tanh")
    there = errors[:, list(widths).index(width)]
    ends = trained(results, part, "tanh")[-1]
    seeds = min(len(there), len(ends))
    return paired_difference(ends[:seeds], there[:seeds])


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
