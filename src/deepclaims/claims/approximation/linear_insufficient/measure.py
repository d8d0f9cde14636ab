"""What linear solutions reach: fitted to the training set, and the best there is in hindsight."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.data.plane_problems import load_plane
from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim.softmax_regression import Softmax, minimum

DIRECTIONS = 360
"""Directions of a line that are tried, half a degree apart; of its places all."""


def linear(config: dict[str, Any], seed: int) -> Outcome:
    """Test errors of the linear solutions of one problem.

    Args:
        config: `problem`, of `data=plane`.
        seed: draws the points, the same as for the nets.

    Returns:
        Metrics `fitted`, of logistic regression or least squares; `hindsight`, of the line or plane
        that is best on the test set itself; both shares of errors, or mean squares. `scale`: 1, or
        the variance of the targets. `slope`: of the loss where it was taken to be least.
    """
    splits = load_plane({"name": "plane", "problem": config["problem"]}, seed)
    (x, y), (at, truth) = _arrays(splits.train), _arrays(splits.test)
    if splits.task == "regression":
        w, best = (np.linalg.lstsq(*each, rcond=None)[0] for each in ((x, y), (at, truth)))
        fitted, hindsight = (np.mean((at @ each - truth) ** 2) for each in (w, best))
        slope, scale = np.linalg.norm(x.T @ (x @ w - y)) / len(x), truth.var()
    else:
        found = minimum(Softmax(x, np.eye(2)[y.astype(int)], ridge=0.0))
        fitted = np.mean((at @ found.w).argmax(axis=1) != truth)
        slope, scale = np.float64(found.slope), np.float64(1.0)
        hindsight = np.float64(fewest_errors(at[:, :2], truth))
    return Outcome(
        {
            "fitted": float(fitted),
            "hindsight": float(hindsight),
            "scale": float(scale),
            "slope": float(slope),
        }
    )


def fewest_errors(x: np.ndarray, y: np.ndarray, directions: int = DIRECTIONS) -> float:
    """Share of errors of the line that separates two classes best.

    Args:
        x: points, `(n, 2)`.
        y: classes 0 and 1, `(n,)`.
        directions: of the line, equally spaced; all its places and both sides are tried.
    """
    angles = np.pi * np.arange(directions) / directions
    order = (x @ np.stack([np.cos(angles), np.sin(angles)])).argsort(axis=0)
    # With the line after the first k points, wrong are the ones before it and the zeros beyond.
    ones = np.concatenate([np.zeros((1, directions)), np.cumsum(y[order], axis=0)])
    wrong = ones + (len(y) - y.sum()) - (np.arange(len(y) + 1)[:, None] - ones)
    return float(min(wrong.min(), len(y) - wrong.max()) / len(y))


def _arrays(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Points with a constant one, `(n, 3)`, and targets, `(n,)`."""
    x = split.inputs[0].double().numpy()
    y: np.ndarray = split.targets.reshape(-1).double().numpy()
    return np.concatenate([x, np.ones((len(x), 1))], axis=1), y
