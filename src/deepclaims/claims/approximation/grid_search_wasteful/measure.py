"""Grids and searches of equal budget in one box, and what each chooses."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.special import gammaln

from deepclaims.claims.approximation.grid_search_wasteful.boxes import Point, box, grid, sought
from deepclaims.claims.approximation.grid_search_wasteful.nets import train
from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.project import Project


def sweep(config: dict[str, Any], seed: int) -> Outcome:
    """Try a grid, and searches with as many points in its box; validation chooses, test reports.

    Args:
        config: `data` (options of `data=mnist`), `hyperparameters`, `searched` and `shift` (see
            `boxes.box`; the others stay at their good value), `grids` (levels of each searched
            one, by the grid's name), `methods` of search, `fit` (see `nets.train`).
        seed: draws images, box, points, weights and batches.

    Returns:
        A curve of each grid and method: the test error to expect of what is chosen once so many
        of its points, in random order, have been tried. Its last point is the choice of them all.
    """
    splits = load(config["data"], seed, Project.here().prepared(config["data"]["name"]))
    axes = box(config["hyperparameters"], config["searched"], config["shift"], seed)
    tried = {name: grid(axes, levels) for name, levels in config["grids"].items()}
    budget = max(map(len, tried.values()))
    tried |= {method: sought(axes, method, seed, budget) for method in config["methods"]}
    every = [point for found in tried.values() for point in found]
    validation, test = (
        each.numpy() for each in train(splits, _values(config, every), config["fit"], seed)
    )
    curves, start = {}, 0
    for name, found in tried.items():
        own = slice(start, start := start + len(found))
        curves[name] = Curve(range(1, len(found) + 1), chosen(validation[own], test[own]))
    return Outcome({}, curves)


def chosen(validation: np.ndarray, test: np.ndarray) -> list[float]:
    """Expected test error of the best on validation of b points drawn without putting back.

    The i-th best (from 0) of n is the best of the b drawn with probability C(n−1−i, b−1)/C(n, b).

    Args:
        validation: errors that choose, `(n,)`; the first of equal ones is chosen.
        test: errors that are reported, `(n,)`.

    Returns:
        For b = 1 … n.
    """
    n = len(test)
    ranked = test[np.argsort(validation, kind="stable")]
    found = []
    for b in range(1, n + 1):
        worse = np.arange(n - 1, b - 2, -1)  # how many are worse than each that may be the best
        logs = _log_choose(worse, b - 1) - _log_choose(np.array(n), b)
        found.append(float(np.exp(logs) @ ranked[: len(worse)]))
    return found


def _log_choose(n: np.ndarray, k: int) -> np.ndarray:
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _values(config: dict[str, Any], points: list[Point]) -> dict[str, torch.Tensor]:
    """The hyperparameters of each point, `(points,)`; those not searched at their good value."""
    columns = dict(zip(config["searched"], zip(*points, strict=True), strict=True))
    return {
        name: torch.tensor([float(x) for x in columns.get(name, [each["good"]] * len(points))])
        for name, each in config["hyperparameters"].items()
    }
