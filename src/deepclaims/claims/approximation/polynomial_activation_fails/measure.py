"""How many dimensions hidden units span, how near they come at best, and where others get."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.approximation.polynomial_activation_fails.polynomials import (
    POLYNOMIALS,
    affine,
    dimension,
    on_line,
    ridge,
)
from deepclaims.data.toys import TARGETS
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.polynomial_floor import minimax, plane_floor, polynomial_floor
from deepclaims.nn.random_layer import HiddenLayer, fit_points, grid, least_squares

NOISE = 1e-10
"""Singular values below this share of the largest are rounding."""


def spans(config: dict[str, Any], seed: int) -> Outcome:
    """Rank of drawn hidden units with a polynomial g, and the least error that they can have.

    On the points of the floor's own linear programme, so that the two can be equal.

    Args:
        config: `activation`, of `POLYNOMIALS`; `widths`; `points`, and `side` in the plane.
        seed: draws the units.

    Returns:
        Curves over the widths `rank` and `rank_plane`, and the minimax errors `minimax_<target>`;
        metrics `floor_<target>` of the polynomials of its degree, `dimension` and
        `dimension_plane` of these.
    """
    degree, g = POLYNOMIALS[config["activation"]]
    line = _chebyshev(config["points"])[:, None]
    plane = torch.cartesian_prod(*[_chebyshev(config["side"])] * 2)
    targets = {name: on_line(name) for name in TARGETS} | {"affine": affine}
    values = {name: f(line).numpy() for name, f in targets.items()}
    curves: dict[str, list[float]] = {}
    generator = torch.Generator().manual_seed(seed)
    for units in config["widths"]:
        basis = _basis(_units(g, units, line, generator))
        found = {"rank": basis.shape[1]}
        found |= {f"minimax_{name}": minimax(basis, each) for name, each in values.items()}
        basis = _basis(_units(g, units, plane, generator))
        found |= {"rank_plane": basis.shape[1]}
        found |= {"minimax_ridge": minimax(basis, ridge(plane).numpy())}
        for name, each in found.items():
            curves.setdefault(name, []).append(float(each))
    floors = {
        f"floor_{name}": polynomial_floor(f, degree, config["points"])
        for name, f in targets.items()
    }
    floors["floor_ridge"] = plane_floor(ridge, degree, config["side"])
    sizes = {"dimension": dimension(degree, 1), "dimension_plane": dimension(degree, 2)}
    metrics = {name: float(each) for name, each in (floors | sizes).items()}
    return Outcome(metrics, {name: Curve(config["widths"], each) for name, each in curves.items()})


def deep(config: dict[str, Any], seed: int) -> Outcome:
    """Rank of the last layer of a deep net without any g, beside the constant, in the plane.

    Args:
        config: `width` of all layers, and `depth`, how many.
        seed: draws weights and biases.
    """
    generator = torch.Generator().manual_seed(seed)
    h = torch.cartesian_prod(*[_chebyshev(20)] * 2)
    for _ in range(config["depth"]):
        shape = (h.shape[1], config["width"])
        W, b = (
            torch.randn(each, generator=generator, dtype=torch.float64)
            for each in (shape, shape[1:])
        )
        h = h @ W / shape[0] ** 0.5 + b
    rank = _basis(torch.cat([h, torch.ones(len(h), 1, dtype=h.dtype)], dim=1)).shape[1]
    return Outcome({"rank": float(rank), "dimension": float(dimension(1, 2))})


def others(config: dict[str, Any], seed: int) -> Outcome:
    """Largest errors of drawn nets with output by least squares, against width: what is reachable.

    Args:
        config: `activation`, any that `HiddenLayer` knows; `widths`; `fit_points` and `points`.
        seed: draws the units.
    """
    x = grid(config["points"], 1)
    targets = {name: on_line(name) for name in TARGETS}
    curves: dict[str, list[float]] = {}
    generator = torch.Generator().manual_seed(seed)
    for units in config["widths"]:
        layer = HiddenLayer.draw(config["activation"], units, 1, generator)
        at = fit_points(layer, config["fit_points"])
        values = torch.stack([f(at) for f in targets.values()], dim=1)
        found = layer(x) @ least_squares(layer(at), values)
        for column, (name, f) in enumerate(targets.items()):
            error = float((found[:, column] - f(x)).abs().max())
            curves.setdefault(f"sup_{name}", []).append(error)
    return Outcome({}, {name: Curve(config["widths"], each) for name, each in curves.items()})


def _units(g: Any, units: int, x: Tensor, generator: torch.Generator) -> Tensor:
    """Outputs g(wᵀx + b) of drawn units at x, (points, units)."""
    outputs: Tensor = g(HiddenLayer.draw("identity", units, x.shape[1], generator)(x))
    return outputs


def _basis(features: Tensor) -> np.ndarray:
    """An orthonormal basis of the columns' span, (points, rank)."""
    left, values, _ = torch.linalg.svd(features / features.norm(dim=0), full_matrices=False)
    basis: np.ndarray = left[:, values > NOISE * values[0]].numpy()
    return basis


def _chebyshev(points: int) -> Tensor:
    return torch.cos(torch.pi * (torch.arange(points, dtype=torch.float64) + 0.5) / points)
