"""The built network's numbers, and how many entries other tables get wrong."""

from __future__ import annotations

import math

from deepclaims.claims.convolution.lenet_parameters.measure import NAMES, Layer
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact

FIRST_TABLE: tuple[Layer, ...] = tuple(
    zip(
        NAMES,
        ("10×10×6", "5×5×6", "10×10×16", "5×5×16", "400", "120", "84", "10"),
        (186, 0, 464, 0, 0, 48000, 10320, 850),
        strict=True,
    )
)
"""What the slides print under the same code two pages before the table that is tested."""


def judge(results: Results) -> dict[str, Estimate]:
    """One exact number for every entry of the slide's table."""
    built, computed = layers_of(results, "network"), layers_of(results, "formulas", kernel=3)
    other = layers_of(results, "formulas", kernel=5)
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


def _side(shape: str) -> int:
    return int(shape.split("×")[0])


def layers_of(results: Results, part: str, kernel: int | None = None) -> tuple[Layer, ...]:
    """A table of the run: of the network, or of the formulas for one kernel."""
    table = results.tables["layers"]
    rows = table[table["part"] == part]
    if kernel is not None:
        rows = rows[[math.isclose(float(each), kernel) for each in rows["kernel"]]]
    rows = rows.set_index("layer").loc[list(NAMES)]
    return tuple(
        (name, str(shape), int(parameters))
        for name, shape, parameters in zip(NAMES, rows["shape"], rows["parameters"], strict=True)
    )
