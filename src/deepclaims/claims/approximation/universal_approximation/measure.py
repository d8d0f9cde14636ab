"""L1 "Aproximación Universal": what one hidden layer reaches, cannot reach, and training finds."""

from __future__ import annotations

from typing import Any

import torch

from deepclaims.claims.approximation.universal_approximation.solved import SOLVERS
from deepclaims.claims.approximation.universal_approximation.targets import (
    LINE,
    PLANE,
    RIDGES,
    staircase,
)
from deepclaims.claims.approximation.universal_approximation.units import Units
from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.random_layer import (
    HiddenLayer,
    fit_points,
    grid,
    least_squares,
    uniform_knots,
    uniform_knots_bound,
)


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
        layer = Units.draw(config["activation"], units, 1, generator)
        at = fit_points(layer.layer, config["fit_points"])
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
        layer = Units.draw(config["activation"], units, 2, generator)
        at = fit_points(layer.layer, config["fit_points"])
        alpha = least_squares(layer(at), PLANE.f(at)[:, None])
        errors.append(float((layer(x) @ alpha[:, 0] - PLANE.f(x)).abs().max()))
    return _over_widths(config["widths"], {"sup_plane": errors})


def construction(config: dict[str, Any], seed: int) -> Outcome:
    """Sup errors of the explicit ReLU net with equispaced knots, and their bounds; no chance."""
    x = grid(config["points"], 1)
    scores: dict[str, list[float]] = {}
    for units in config["widths"]:
        for name, target in LINE.items():
            error = float((uniform_knots(target.f, units, x) - target.f(x)).abs().max())
            scores.setdefault(f"sup_{name}", []).append(error)
            scores.setdefault(f"bound_{name}", []).append(
                uniform_knots_bound(target.curvature, units)
            )
    return _over_widths(config["widths"], scores)


def stairs(config: dict[str, Any], seed: int) -> Outcome:
    """Sup errors of explicit nets of steps, in one and two dimensions; no chance.

    In the plane half of the units are a staircase along x₁ + x₂ and half one along x₁ - x₂, in
    which the target is a sum.
    """
    x, plane_x = grid(config["points"], 1), grid(config["plane_points"], 2)
    scores: dict[str, list[float]] = {}
    for units in config["widths"]:
        for name, target in LINE.items():
            found = staircase(target.f, units, x[:, 0], 1.0)
            scores.setdefault(f"sup_{name}", []).append(float((found - target.f(x)).abs().max()))
        both = [staircase(ridge.f, units // 2, plane_x @ ridge.direction, 2.0) for ridge in RIDGES]
        error = float((sum(both) - PLANE.f(plane_x)).abs().max())
        scores.setdefault("sup_plane", []).append(error)
    return _over_widths(config["widths"], scores)


def solved(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of drawn and solved nets where others are trained, against width.

    Args:
        config: `data`, as a training has it; `activation`; `widths`.
        seed: draws the data, where they are drawn, and the hidden layers.
    """
    splits = load(config["data"], seed)
    generator = torch.Generator().manual_seed(seed)
    solve = SOLVERS[splits.task]
    errors = [solve(splits, config["activation"], n, generator) for n in config["widths"]]
    return _over_widths(config["widths"], {"error": errors})


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
