"""Regression targets built from one small function, composed as a tree or not composed at all.

Poggio, Mhaskar, Rosasco, Miranda & Liao 2017, *Why and when can deep-but not shallow-networks avoid
the curse of dimensionality*: a function of d variables that is a tree of functions of two is what
depth is proved to be good for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.options import require_choice, require_count
from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.groups import read_options

SIGNS, INPUTS = 401, 402
"""Random streams of a replica's seed: the target's, and that of the inputs."""
UNITS = 16
"""Hidden units of the target that is a shallow net."""

Target = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class CompositionOptions:
    """Options of `conf/data/composition.yaml`."""

    target: str = "tree"
    dimension: int = 8
    n: int = 3000
    n_test: int = 2000

    def __post_init__(self) -> None:
        require_choice("target", self.target, tuple(TARGETS))
        for key in ("dimension", "n", "n_test"):
            require_count(key, getattr(self, key), optional=False)
        if self.target == "tree" and self.dimension & (self.dimension - 1):
            raise ConfigError(f"data.dimension={self.dimension}: a tree needs a power of two")


def load_composition(config: Mapping[str, Any], seed: int) -> Splits:
    """A target of `dimension` inputs, each uniform with variance one; targets are standardised.

    Inputs (n, dimension), targets (n, 1), float32, without noise. Validation and test have `n_test`
    samples each.

    Args:
        config: the options, see `CompositionOptions`.
        seed: draws the target and the inputs.
    """
    options = read_options("data=composition", CompositionOptions, config)
    random = Generator().manual_seed(seed * 1000 + INPUTS)
    n = options.n + 2 * options.n_test
    x = 2 * torch.rand(n, options.dimension, generator=random) - 1
    f = TARGETS[options.target](options.dimension, Generator().manual_seed(seed * 1000 + SIGNS))
    y = f(x)
    inputs, targets = x * 3**0.5, ((y - y.mean()) / y.std())[:, None]
    parts = [options.n, options.n_test, options.n_test]
    pieces = zip(inputs.split(parts), targets.split(parts), strict=True)
    train, validation, test = (Split((a,), b) for a, b in pieces)
    shape = ((options.dimension,),)
    return Splits(train, validation, test, "regression", 1, shape, "computed")


def tree(dimension: int, random: Generator) -> Target:
    """A binary tree of t(a, b) = 1.2 tanh(2ab ± a ± b), the signs of every node drawn."""
    signs = [
        2.0 * torch.randint(2, (2, dimension >> level), generator=random) - 1
        for level in range(1, dimension.bit_length())
    ]

    def f(x: Tensor) -> Tensor:
        for first, second in signs:
            a, b = x[:, 0::2], x[:, 1::2]
            x = 1.2 * torch.tanh(2 * a * b + first * a + second * b)
        return x[:, 0]

    return f


def shallow(dimension: int, random: Generator) -> Target:
    """A net with one hidden layer of `UNITS` tanh units, their directions and signs drawn."""
    w = torch.randn(dimension, UNITS, generator=random)
    w = 3 * w / w.norm(dim=0)
    signs = 2.0 * torch.randint(2, (UNITS,), generator=random) - 1
    return lambda x: torch.tanh(x @ w) @ signs


TARGETS: Mapping[str, Callable[[int, Generator], Target]] = {"tree": tree, "shallow": shallow}
"""(dimension, random) -> function of inputs (n, dimension) in [-1, 1] with values (n,)."""
