"""The points of a search: a box of parameters, and points in it one after another.

The n-th point depends on the box, the method and the seed only. So a search that was interrupted
goes on where it was, and one with a larger budget begins with the points of the smaller one.
Hydra's sweepers read such a box from overrides (`search_jobs.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deepclaims.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

METHODS = ("sobol", "halton", "random")
BLOCK = 64
"""Points drawn at a time; a power of two, as Sobol's sequence wants it."""
DRAWS_PER_POINT = 1000
"""After so many draws for each point there is, those not yet met are given up."""


@dataclass(frozen=True)
class Axis:
    """A parameter of the search.

    Args:
        key: the config key, or group.
        values: what it may be, where that can be listed.
        low, high: its range, where it cannot.
        log: whether the range is searched by order of magnitude.
        whole: whether only whole numbers count; `high` is one of them.
    """

    key: str
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False

    def at(self, u: float) -> str:
        """The value at `u` in [0, 1), as an override has it."""
        if self.values:
            return self.values[int(u * len(self.values))]
        low, high = (self.low, self.high + 1) if self.whole else (self.low, self.high)
        x = low * (high / low) ** u if self.log else low + u * (high - low)
        if self.whole:
            return str(min(math.floor(x), int(self.high)))
        return repr(min(max(float(f"{x:.6g}"), self.low), self.high))


def points(axes: Sequence[Axis], method: str, seed: int) -> Iterator[tuple[str, ...]]:
    """The distinct points of a search, without end, or until all there are have been met.

    Args:
        axes: the parameters; a point has a value for each, in order.
        method: `sobol` (scrambled; Owen 1998), `halton` (scrambled; Owen 2017) or `random`.
        seed: of the sequence.

    Raises:
        ConfigError: for an unknown method.
    """
    if method not in METHODS:
        raise ConfigError(f"no search method '{method}'; known: {', '.join(METHODS)}")
    listed = all(axis.values for axis in axes)
    total = math.prod(len(axis.values) for axis in axes) if listed else math.inf
    seen: set[tuple[str, ...]] = set()
    drawn = 0
    for block in _blocks(len(axes), method, seed):
        for row in block:
            point = tuple(axis.at(float(u)) for axis, u in zip(axes, row, strict=True))
            if point not in seen:
                seen.add(point)
                yield point
        drawn += len(block)
        if len(seen) >= total or drawn > DRAWS_PER_POINT * total:
            return


def _blocks(dimensions: int, method: str, seed: int) -> Iterator[np.ndarray]:
    import numpy as np
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if method == "random":
        while True:
            yield generator.random((BLOCK, dimensions))
    sampler = {"sobol": qmc.Sobol, "halton": qmc.Halton}[method](d=dimensions, rng=generator)
    while True:
        yield sampler.random(BLOCK)
