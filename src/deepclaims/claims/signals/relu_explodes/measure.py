"""Signals of untrained nets, and ReLU's derivative on a grid."""

from __future__ import annotations

from typing import Any

import torch

from deepclaims.claims.signals.untrained import measure_passes
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.activations import ACTIVATIONS


def passes(config: dict[str, Any], seed: int) -> Outcome:
    """Of one untrained net; see `measure_passes`."""
    return measure_passes(config, seed)


def derivative(config: dict[str, Any], seed: int) -> Outcome:
    """ReLU's derivative, by automatic differentiation, against 1{z > 0} on a grid.

    Args:
        config: `points` of the grid, `reach` of it to either side of 0.
        seed: not used.

    Returns:
        Metric `departure`, the largest difference.
    """
    z = torch.linspace(-config["reach"], config["reach"], config["points"], dtype=torch.float64)
    z.requires_grad_()
    (found,) = torch.autograd.grad(ACTIVATIONS["relu"](z).sum(), z)
    return Outcome({"departure": float((found - (z > 0).double()).abs().max())})
