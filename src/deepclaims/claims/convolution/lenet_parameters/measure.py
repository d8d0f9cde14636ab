"""Every layer of LeNet: by the slides' formulas, and by the built network."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import nn

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.lenet import lenet
from deepclaims.nn.unit_noise import UnitNoise

NAMES = ("conv1", "pool1", "conv2", "pool2", "flatten", "dense1", "dense2", "dense3")
FILTERS, UNITS, IMAGE = (6, 16), (120, 84, 10), 28

Layer = tuple[str, str, int]
"""Name, output shape (height×width×channels, as the slide writes it) and parameters."""

Row = tuple[str, int]
"""The same without its name."""


def formulas(config: dict[str, Any], seed: int) -> Outcome:
    """Every layer by arithmetic: dim − dim(f) + 1, halves rounded down, (k²c + 1)d, (n + 1)m.

    Args:
        config: `kernel`, the side k of the filters.
        seed: not used: nothing is random.
    """
    kernel, side, channels = int(config["kernel"]), IMAGE, 1
    rows: list[Row] = []
    for filters in FILTERS:
        side = side - kernel + 1
        rows.append((_shape(side, filters), (kernel**2 * channels + 1) * filters))
        side, channels = side // 2, filters
        rows.append((_shape(side, channels), 0))
    inputs = side**2 * channels
    rows.append((str(inputs), 0))
    for units in UNITS:
        rows.append((str(units), (inputs + 1) * units))
        inputs = units
    return _outcome(rows)


def network(config: dict[str, Any], seed: int) -> Outcome:
    """Every layer of `deepclaims.nn.lenet`, as a blank image passes through it.

    Args:
        config: nothing.
        seed: not used: shapes and counts do not depend on weights.
    """
    rows: list[Row] = []
    with torch.no_grad():
        h = torch.zeros(1, 1, IMAGE, IMAGE)
        model = lenet(Interface(inputs=((1, IMAGE, IMAGE),), outputs=UNITS[-1]), UnitNoise())
        for module in (*model.convolutions, *model.dense):
            h = module(h)
            if isinstance(module, nn.Conv2d | nn.AvgPool2d | nn.Flatten | nn.Linear):
                channels, *sides = h.shape[1:]
                shape = "×".join(map(str, (*sides, channels)))
                rows.append((shape, sum(p.numel() for p in module.parameters())))
    return _outcome(rows)


def _shape(side: int, channels: int) -> str:
    return f"{side}×{side}×{channels}"


def _outcome(rows: list[Row]) -> Outcome:
    table = pd.DataFrame(rows, index=pd.Index(NAMES, name="layer"), columns=["shape", "parameters"])
    return Outcome(
        {"parameters": float(table["parameters"].sum())}, tables={"layers": table.reset_index()}
    )
