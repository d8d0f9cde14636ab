"""Small problems with a known answer, computed from their config: no files, no folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from deepclaims.data.options import require_choice, require_count, require_fraction
from deepclaims.data.splits import Split, Splits
from deepclaims.groups import read_options

TARGETS: dict[str, Callable[[Tensor], Tensor]] = {
    "smooth": lambda x: torch.exp(x) * torch.cos(3 * x),
    "kink": lambda x: (x - 0.2).abs(),
    "oscillating": lambda x: torch.sin(12 * x),
}
"""Continuous functions on [-1, 1], by what is hard about each."""

DENSE = 4001
"""Points of the test grid: what a sup norm over [-1, 1] is read from."""

DRAWS, VALIDATION_DRAWS, TEST_DRAWS = 301, 302, 303
"""Random streams of a replica's seed."""


@dataclass(frozen=True)
class FunctionOptions:
    """Options of `conf/data/function.yaml`."""

    target: str = "smooth"
    n: int = 257

    def __post_init__(self) -> None:
        require_choice("target", self.target, tuple(TARGETS))
        require_count("n", self.n, optional=False)


def load_function(config: Mapping[str, Any], seed: int) -> Splits:
    """A function on [-1, 1]: trained on n even points, validated between them, tested densely.

    Inputs (n, 1), targets (n, 1), float32. Nothing is random.

    Args:
        config: the options, see `FunctionOptions`.
        seed: not used.
    """
    options = read_options("data=function", FunctionOptions, config)
    function = TARGETS[options.target]

    def at(points: Tensor) -> Split:
        return Split((points[:, None].float(),), function(points)[:, None].float())

    grid = torch.linspace(-1, 1, options.n, dtype=torch.float64)
    between = (grid[:-1] + grid[1:]) / 2 if options.n > 1 else grid
    dense = torch.linspace(-1, 1, DENSE, dtype=torch.float64)
    return Splits(at(grid), at(between), at(dense), "regression", 1, ((1,),), "computed")


@dataclass(frozen=True)
class CheckerboardOptions:
    """Options of `conf/data/checkerboard.yaml`."""

    squares: int = 3
    n: int = 1000
    n_test: int = 4000
    margin: float = 0.1

    def __post_init__(self) -> None:
        for key in ("squares", "n", "n_test"):
            require_count(key, getattr(self, key), optional=False)
        require_fraction("margin", self.margin)


def load_checkerboard(config: Mapping[str, Any], seed: int) -> Splits:
    """Two classes on the squares of a board over [-1, 1]².

    Inputs (n, 2) float32, targets (n,): 0 on the corner square and every second one from it.

    Args:
        config: the options, see `CheckerboardOptions`; `margin` is the share of a square's
            side that is left empty, half of it at each edge, so that a continuous function can
            separate the classes.
        seed: draws the points.
    """
    options = read_options("data=checkerboard", CheckerboardOptions, config)

    def draw(count: int, stream: int) -> Split:
        generator = _generator(seed, stream)
        square = torch.randint(options.squares, (count, 2), generator=generator)
        inside = torch.rand(count, 2, generator=generator) * (1 - options.margin)
        place = square + options.margin / 2 + inside
        return Split((2 * place / options.squares - 1,), square.sum(dim=1) % 2)

    train, validation = draw(options.n, DRAWS), draw(options.n_test, VALIDATION_DRAWS)
    test = draw(options.n_test, TEST_DRAWS)
    return Splits(train, validation, test, "classification", 2, ((2,),), "computed")


@dataclass(frozen=True)
class CurveOptions:
    """Options of `conf/data/curve.yaml`."""

    dimension: int = 8
    n: int = 1000
    n_test: int = 2000

    def __post_init__(self) -> None:
        for key in ("dimension", "n", "n_test"):
            require_count(key, getattr(self, key), optional=False)


def load_curve(config: Mapping[str, Any], seed: int) -> Splits:
    """Points of one smooth curve in R^dimension, to be reconstructed from a single number.

    Coordinate j is sin(π (j + 1) t / 2 + j) for t uniform on [-1, 1]: the points have one degree
    of freedom but span every direction, so that no linear code of one number can hold them.
    Inputs and targets (n, dimension) float32.

    Args:
        config: the options, see `CurveOptions`.
        seed: draws t.
    """
    options = read_options("data=curve", CurveOptions, config)
    j = torch.arange(options.dimension)

    def draw(count: int, stream: int) -> Split:
        t = 2 * torch.rand(count, 1, generator=_generator(seed, stream)) - 1
        points = torch.sin(torch.pi * (j + 1) * t / 2 + j)
        return Split((points,), points)

    train, validation = draw(options.n, DRAWS), draw(options.n_test, VALIDATION_DRAWS)
    test = draw(options.n_test, TEST_DRAWS)
    shape = ((options.dimension,),)
    return Splits(train, validation, test, "reconstruction", options.dimension, shape, "computed")


def _generator(seed: int, stream: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed * 1000 + stream)
