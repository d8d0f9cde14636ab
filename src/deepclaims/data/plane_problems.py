"""Problems in the plane, some of which a line or a plane solves and some of which none does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.options import require_choice, require_count
from deepclaims.data.splits import Split, Splits
from deepclaims.groups import read_options

DRAWS, VALIDATION_DRAWS, TEST_DRAWS = 311, 312, 313
"""Random streams of a replica's seed."""

Drawn = tuple[Tensor, Tensor]
"""Points (n, 2) and what is to be said of them (n,)."""


def moons(n: int, generator: Generator) -> Drawn:
    """Two half circles that reach into one another, noise 0.2, each class by a coin."""
    label = torch.randint(2, (n,), generator=generator)
    angle = torch.pi * torch.rand(n, generator=generator)
    arc = torch.stack([angle.cos(), angle.sin()], dim=1)
    other = torch.stack([1 - arc[:, 0], 0.5 - arc[:, 1]], dim=1)
    x = torch.where(label[:, None] == 1, other, arc)
    return x + 0.2 * torch.randn(n, 2, generator=generator), label


def ring(n: int, generator: Generator) -> Drawn:
    """Normal points, inside or outside the circle that half of them are in, blurred."""
    x, noise = _normal(n, generator)
    return x, (x.square().sum(1) + 0.3 * noise > 2 * math.log(2)).long()


def line(n: int, generator: Generator) -> Drawn:
    """Normal points on one side of a line or the other, blurred: no classifier beats the line."""
    x, noise = _normal(n, generator)
    return x, (x.sum(1) + 0.5 * noise > 0).long()


def wave(n: int, generator: Generator) -> Drawn:
    """A curved surface, sin 2x₁ + x₂²/4, over normal points, with noise 0.2."""
    x, noise = _normal(n, generator)
    return x, torch.sin(2 * x[:, 0]) + x[:, 1].square() / 4 + 0.2 * noise


def slope(n: int, generator: Generator) -> Drawn:
    """x₁ - x₂/2 of normal points, with noise 0.5: no regression beats the plane."""
    x, noise = _normal(n, generator)
    return x, x[:, 0] - x[:, 1] / 2 + 0.5 * noise


PROBLEMS: Mapping[str, Callable[[int, Generator], Drawn]] = MappingProxyType(
    {"moons": moons, "ring": ring, "line": line, "wave": wave, "slope": slope}
)
REGRESSIONS = ("wave", "slope")


@dataclass(frozen=True)
class PlaneOptions:
    """Options of `conf/data/plane.yaml`."""

    problem: str = "moons"
    n: int = 400
    n_test: int = 2000

    def __post_init__(self) -> None:
        require_choice("problem", self.problem, tuple(PROBLEMS))
        for key in ("n", "n_test"):
            require_count(key, getattr(self, key), optional=False)


def load_plane(config: Mapping[str, Any], seed: int) -> Splits:
    """One of `PROBLEMS`, inputs (n, 2) float32; targets (n,) classes, or (n, 1) float32.

    Args:
        config: the options, see `PlaneOptions`.
        seed: draws the points and their noise.
    """
    options = read_options("data=plane", PlaneOptions, config)
    regresses = options.problem in REGRESSIONS

    def draw(count: int, stream: int) -> Split:
        generator = torch.Generator().manual_seed(seed * 1000 + stream)
        x, y = PROBLEMS[options.problem](count, generator)
        return Split((x,), y[:, None] if regresses else y)

    train, validation = draw(options.n, DRAWS), draw(options.n_test, VALIDATION_DRAWS)
    test = draw(options.n_test, TEST_DRAWS)
    if regresses:
        return Splits(train, validation, test, "regression", 1, ((2,),), "computed")
    return Splits(train, validation, test, "classification", 2, ((2,),), "computed")


def _normal(n: int, generator: Generator) -> Drawn:
    return torch.randn(n, 2, generator=generator), torch.randn(n, generator=generator)
