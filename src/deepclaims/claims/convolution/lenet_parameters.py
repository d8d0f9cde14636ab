"""LeNet's layers: shapes and parameter counts, by the slides' formulas and by the built network.

L1 "¿Como chequear si entendí CNN? Ej. Lenet".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import nn

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.dropout import Keep
from deepclaims.nn.interface import Interface
from deepclaims.nn.lenet import lenet
from deepclaims.report.style import OKABE_ITO, figure, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("conv1", "pool1", "conv2", "pool2", "flatten", "dense1", "dense2", "dense3")
FILTERS, UNITS, IMAGE = (6, 16), (120, 84, 10), 28

Layer = tuple[str, str, int]
"""Name, output shape (height×width×channels, as the slide writes it) and parameters."""

FIRST_TABLE: tuple[Layer, ...] = tuple(
    zip(
        NAMES,
        ("10×10×6", "5×5×6", "10×10×16", "5×5×16", "400", "120", "84", "10"),
        (186, 0, 464, 0, 0, 48000, 10320, 850),
        strict=True,
    )
)
"""What the slides print under the same code two pages before the table that is tested."""


def formulas(config: dict[str, Any], seed: int) -> Outcome:
    """Every layer by arithmetic: dim − dim(f) + 1, halves rounded down, (k²c + 1)d, (n + 1)m.

    Args:
        config: `kernel`, the side k of the filters.
        seed: not used: nothing is random.
    """
    kernel, side, channels = int(config["kernel"]), IMAGE, 1
    layers: list[Layer] = []
    for filters in FILTERS:
        side = side - kernel + 1
        layers.append(("conv", _shape(side, filters), (kernel**2 * channels + 1) * filters))
        side, channels = side // 2, filters
        layers.append(("pool", _shape(side, channels), 0))
    inputs = side**2 * channels
    layers.append(("flatten", str(inputs), 0))
    for units in UNITS:
        layers.append(("dense", str(units), (inputs + 1) * units))
        inputs = units
    return _outcome(layers)


def network(config: dict[str, Any], seed: int) -> Outcome:
    """Every layer of `deepclaims.nn.lenet`, as a blank image passes through it.

    Args:
        config: nothing.
        seed: not used: shapes and counts do not depend on weights.
    """
    layers: list[Layer] = []
    with torch.no_grad():
        h = torch.zeros(1, 1, IMAGE, IMAGE)
        model = lenet(Interface(inputs=((1, IMAGE, IMAGE),), outputs=UNITS[-1]), Keep())
        for module in (*model.convolutions, *model.dense):
            h = module(h)
            if isinstance(module, nn.Conv2d | nn.AvgPool2d | nn.Flatten | nn.Linear):
                channels, *sides = h.shape[1:]
                shape = "×".join(map(str, (*sides, channels)))
                layers.append(("", shape, sum(p.numel() for p in module.parameters())))
    return _outcome(layers)


def judge(results: Results) -> dict[str, Estimate]:
    """The built network's numbers, and how many entries other tables get wrong."""
    built, computed = _layers(results, "network"), _layers(results, "formulas", kernel=3)
    other = _layers(results, "formulas", kernel=5)
    shapes = {name: shape for name, shape, _ in built}
    counts = {name: parameters for name, _, parameters in built}
    return {
        "conv1_parameters": exact(counts["conv1"]),
        "conv2_parameters": exact(counts["conv2"]),
        "dense1_parameters": exact(counts["dense1"]),
        "dense2_parameters": exact(counts["dense2"]),
        "dense3_parameters": exact(counts["dense3"]),
        "conv1_side": exact(_side(shapes["conv1"])),
        "pool1_side": exact(_side(shapes["pool1"])),
        "conv2_side": exact(_side(shapes["conv2"])),
        "pool2_side": exact(_side(shapes["pool2"])),
        "flatten_size": exact(_side(shapes["flatten"])),
        "formulas_agree": exact(differing(built, computed), n=2 * len(built)),
        "first_table_is_noticed": exact(differing(built, FIRST_TABLE), n=2 * len(built)),
        "other_kernel_is_noticed": exact(differing(built, other), n=2 * len(built)),
    }


def differing(a: tuple[Layer, ...], b: tuple[Layer, ...]) -> int:
    """In how many shapes and parameter counts two tables of the same layers differ."""
    pairs = zip(a, b, strict=True)
    return sum((left[1] != right[1]) + (left[2] != right[2]) for left, right in pairs)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The three tables side by side; what does not agree with the network in colour."""
    built = _layers(results, "network")
    others = (
        (say(language, "primera tabla impresa", "first table printed"), FIRST_TABLE),
        (say(language, "filtros 5×5 (control)", "5×5 filters (control)"),
         _layers(results, "formulas", kernel=5)),
    )  # fmt: skip
    made, ax = figure(width=9.2, height=3.6)
    ax.set_axis_off()
    head = [say(language, "capa", "layer"), say(language, "red construida", "built network"), ""]
    cells = [[name, shape, f"{count:,}".replace(",", " ")] for name, shape, count in built]
    for title, layers in others:
        head += [title, ""]
        for row, (_, shape, count) in zip(cells, layers, strict=True):
            row += [shape, f"{count:,}".replace(",", " ")]
    table = ax.table(cells, colLabels=head, loc="center", cellLoc="right", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.scale(1, 1.4)
    for (row, column), cell in table.get_celld().items():
        reference = 1 if column % 2 else 2
        if row and column > 2 and cells[row - 1][column] != cells[row - 1][reference]:
            cell.get_text().set_color(OKABE_ITO["vermilion"])
            cell.get_text().set_fontweight("bold")
    return {"layers": made}


def _shape(side: int, channels: int) -> str:
    return f"{side}×{side}×{channels}"


def _side(shape: str) -> int:
    return int(shape.split("×")[0])


def _outcome(layers: list[Layer]) -> Outcome:
    table = pd.DataFrame(
        {
            "layer": NAMES,
            "shape": [shape for _, shape, _ in layers],
            "parameters": [parameters for _, _, parameters in layers],
        }
    )
    return Outcome({"parameters": float(table["parameters"].sum())}, tables={"layers": table})


def _layers(results: Results, part: str, kernel: int | None = None) -> tuple[Layer, ...]:
    table = results.tables["layers"]
    rows = table[table["part"] == part]
    if kernel is not None:
        rows = rows[[math.isclose(float(each), kernel) for each in rows["kernel"]]]
    rows = rows.set_index("layer").loc[list(NAMES)]
    return tuple(
        (name, str(shape), int(parameters))
        for name, shape, parameters in zip(NAMES, rows["shape"], rows["parameters"], strict=True)
    )
