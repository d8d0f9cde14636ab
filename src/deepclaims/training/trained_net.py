"""A net trained as `task: train` trains it, handed back to be asked more than its test error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from deepclaims.data import PREPARED
from deepclaims.data.registry import load
from deepclaims.data.splits import Splits
from deepclaims.project import Project
from deepclaims.training.machine import machine_state
from deepclaims.training.preprocessing import preprocessed
from deepclaims.training.replica import build_module, fit, measured, networks
from deepclaims.training.settings import Settings

ROWS = 1000
"""Samples that are evaluated at once."""


def trained_net(
    config: Mapping[str, Any], seed: int
) -> tuple[nn.Module, Splits, Mapping[str, float]]:
    """Train one net on prepared data.

    Args:
        config: groups of a training config; options left out have their defaults.
        seed: decides everything random.

    Returns:
        The net, its data, and its scores on the splits of `fit.evaluate`.
    """
    settings = Settings.read(config)
    folder = Project.here().prepared(PREPARED.named(settings.data))
    splits = load(settings.data, seed, folder)
    with machine_state(settings.machine):
        (splits,) = preprocessed([splits], [settings], [seed], networks)
        module = build_module(settings, splits, seed)
        fit(module, settings, None)
        return module.model.eval(), splits, measured(module).scores


def probabilities(net: nn.Module, x: Tensor) -> Tensor:
    """What a net gives each class, (n, classes), in double precision."""
    with torch.no_grad():
        return torch.cat([net(rows).double().softmax(-1) for rows in x.split(ROWS)])
