"""L1 "Aproximación Universal": what one hidden layer reaches, what it cannot, what training finds.

Three things are kept apart. *Existence*: the hidden layer is drawn and the output solved by least
squares, in float64 (`line`, `plane`). *The counterexample* to the theorem as printed, a g that is
not a polynomial and does not approximate (`line`, `close_up`). *Training*: the slide's three
variants (regression, classification, autoencoder) with the Lightning task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from deepclaims.claims.approximation.least_squares_nets import (
    ADMISSIBLE,
    CONTINUOUS,
    LINE,
    PLANE,
    POLYNOMIAL,
    HiddenLayer,
    fit_points,
    grid,
    least_squares,
    uniform_knots,
    uniform_knots_bound,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import (
    paired_difference,
    ratio_interval,
    slope_interval,
    worst,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ASYMPTOTIC = 16
"""Slopes are read from this many units on; below it the nets are too small to follow any rate."""


def line(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of random-layer nets on the three one-dimensional targets, against width.

    Args:
        config: `activation`; `widths`; `fit_points` and `points`, of the grids to fit and to score.
        seed: draws the hidden layers.
    """
    x = grid(config["points"], 1)
    scores: dict[str, list[float]] = {}
    generator = torch.Generator().manual_seed(seed)
    for units in config["widths"]:
        layer = HiddenLayer.draw(config["activation"], units, 1, generator)
        at = fit_points(layer, config["fit_points"])
        values = torch.stack([target.f(at) for target in LINE.values()], dim=1)
        alpha = least_squares(layer(at), values)
        found = layer(x) @ alpha
        for column, (name, target) in enumerate(LINE.items()):
            error = found[:, column] - target.f(x)
            scores.setdefault(f"sup_{name}", []).append(float(error.abs().max()))
            scores.setdefault(f"rms_{name}", []).append(float(error.square().mean().sqrt()))
            scores.setdefault(f"alpha_{name}", []).append(float(alpha[:, column].abs().max()))
    return _over_widths(config["widths"], scores)


def plane(config: dict[str, Any], seed: int) -> Outcome:
    """The same on the two-dimensional target."""
    x = grid(config["points"], 2)
    errors: list[float] = []
    generator = torch.Generator().manual_seed(seed)
    for units in config["widths"]:
        layer = HiddenLayer.draw(config["activation"], units, 2, generator)
        at = fit_points(layer, config["fit_points"])
        alpha = least_squares(layer(at), PLANE.f(at)[:, None])
        errors.append(float((layer(x) @ alpha[:, 0] - PLANE.f(x)).abs().max()))
    return _over_widths(config["widths"], {"sup_plane": errors})


def construction(config: dict[str, Any], seed: int) -> Outcome:
    """Sup errors of the explicit ReLU net with equispaced knots, and their bounds; no chance."""
    x = grid(config["points"], 1)
    scores: dict[str, list[float]] = {}
    for units in config["widths"]:
        for name, target in LINE.items():
            error = float((uniform_knots(target, units, x) - target.f(x)).abs().max())
            scores.setdefault(f"sup_{name}", []).append(error)
            scores.setdefault(f"bound_{name}", []).append(uniform_knots_bound(target, units))
    return _over_widths(config["widths"], scores)


def close_up(config: dict[str, Any], seed: int) -> Outcome:
    """One net on the kink, point by point: table `net` with columns x, net and at_centre."""
    import pandas as pd

    generator = torch.Generator().manual_seed(seed)
    layer = HiddenLayer.draw(config["activation"], config["units"], 1, generator)
    at = fit_points(layer, config["points"]).unique(dim=0)
    target = LINE["kink"].f(at)
    found = (layer(at) @ least_squares(layer(at), target[:, None]))[:, 0]
    centre = torch.isin(at[:, 0], layer.centres[:, 0])
    net = pd.DataFrame({"x": at[:, 0].numpy(), "net": found.numpy(), "at_centre": centre.numpy()})
    return Outcome(
        {"sup_off_centres": float((found - target)[~centre].abs().max())}, {}, {"net": net}
    )


def _over_widths(widths: list[int], scores: dict[str, list[float]]) -> Outcome:
    return Outcome({}, {name: Curve(widths, values) for name, values in scores.items()})


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered."""
    epsilons = {
        f"epsilon_{name}": worst([_error(results, g, name) for g in CONTINUOUS], "below")
        for name in LINE
    }
    slopes = [_slope(results, "line", g, name) for g in ADMISSIBLE for name in LINE]
    flat = [_slope(results, "line", g, name) for g in POLYNOMIAL for name in LINE]
    flat += [_slope(results, "plane", g, "plane") for g in _planar(results, POLYNOMIAL)]
    almost = [_slope(results, "line", "square_at_zero", name) for name in LINE]
    limits = {
        name: results.claim.checks[name]["bound"]
        for name in ("polynomials_flat", "almost_polynomial_flat")
    }
    return {
        "printed": _error(results, "square_at_zero", "kink"),
        "rate": worst(slopes, "below"),
        **epsilons,
        "rate_plane": worst([_slope(results, "plane", g, "plane") for g in CONTINUOUS], "below"),
        "epsilon_plane": worst([_error(results, g, "plane") for g in CONTINUOUS], "below"),
        "almost_polynomial_flat": worst(almost, "within", limits["almost_polynomial_flat"]),
        "regression": _trained_slope(results, "regression", "tanh"),
        "classification": _trained_fall(results, "tanh"),
        "autoencoder": _trained_slope(results, "autoencoder", "tanh"),
        "polynomials_flat": worst(flat, "within", limits["polynomials_flat"]),
        "regression_square": _trained_slope(results, "regression", "square"),
        "classification_square": _trained_fall(results, "square"),
        "autoencoder_square": _trained_slope(results, "autoencoder", "square"),
        "construction_bound": _construction(results),
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
    draws = np.arange(len(errors))[:, None]
    x, group = np.broadcast_arrays(np.log(widths[kept]), draws)
    return slope_interval(x.ravel(), np.log(errors[:, kept]).ravel(), group.ravel())


def _trained(results: Results, part: str, metric: str, activation: str) -> np.ndarray:
    """A metric of the trained nets, shape (widths, seeds), from narrow to wide."""
    cells = [
        {"model.activation": activation, "model.width": width}
        for width in results.axis(part, "model.width")
    ]
    return np.array([results.values(part, metric, where=cell) for cell in cells])


def _trained_slope(results: Results, part: str, activation: str) -> Estimate:
    """Exponent in the width of the root-mean-square error that training reaches."""
    errors = np.sqrt(_trained(results, part, "test_mse", activation))
    widths = np.array(results.axis(part, "model.width"), dtype=float)
    x, group = np.broadcast_arrays(np.log(widths)[:, None], np.arange(errors.shape[1]))
    return slope_interval(x.ravel(), np.log(errors).ravel(), group.ravel())


def _trained_fall(results: Results, activation: str) -> Estimate:
    """Share of the test points that the widest classifier wins over the narrowest."""
    errors = _trained(results, "classification", "test_error", activation)
    return paired_difference(errors[0], errors[-1])


def _construction(results: Results) -> Estimate:
    """The largest ratio of measured error to bound of the explicit ReLU nets."""
    pairs = [
        tuple(results.curve("construction", f"{what}_{name}")[1] for what in ("sup", "bound"))
        for name in LINE
    ]
    ratios = np.concatenate([error / bound for error, bound in pairs])
    return exact(float(ratios.max()), ratios.size)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim, in `es` or `en`."""
    from deepclaims.claims.approximation import universal_approximation_figures as figures

    return {
        "existence": figures.existence(results, language),
        "counterexample": figures.counterexample(results, language),
        "training": figures.training(results, language),
    }
