"""Boxes of hyperparameters that lie right or wrong, and what Hydra's sweepers try in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from deepclaims.optim.search_jobs import grid_jobs, search_jobs
from deepclaims.optim.search_points import Axis

Point = tuple[str, ...]


def box(
    hyperparameters: Mapping[str, Mapping[str, Any]],
    searched: Sequence[str],
    shift: Sequence[float],
    seed: int,
) -> list[Axis]:
    """A box around good values, each of its sides moved off them.

    Args:
        hyperparameters: of each `good`, a good value; `width` of the box, in decades where it is
            searched by order of magnitude (`log`); `low` and `high`, beyond which no box goes.
        searched: those that the box has, in order.
        shift: least and largest distance of the box's centre from the good value, over its width;
            a distance and a direction are drawn for each hyperparameter.
        seed: of the draw, which does not depend on which ones are searched.
    """
    rng = np.random.default_rng([seed, len(hyperparameters)])
    drawn = {
        name: float(rng.choice((-1, 1)) * rng.uniform(shift[0], shift[1]))
        for name in hyperparameters
    }
    axes = []
    for name in searched:
        each, log = hyperparameters[name], bool(hyperparameters[name].get("log"))
        good = math.log10(each["good"]) if log else each["good"]
        ends = (good + (drawn[name] + side) * each["width"] for side in (-0.5, 0.5))
        low, high = (10**end if log else end for end in ends)
        low, high = max(low, each.get("low", -math.inf)), min(high, each.get("high", math.inf))
        axes.append(Axis(name, (), low, high, log))
    return axes


def grid(axes: Sequence[Axis], levels: Sequence[int]) -> list[Point]:
    """The jobs of Hydra's grid sweeper: so many levels of each, in the middle of their shares."""
    words = []
    for axis, count in zip(axes, levels, strict=True):
        values = (axis.at((k + 0.5) / count) for k in range(count))
        words.append(f"{axis.key}={','.join(values)}")
    return _points(grid_jobs(_read(words)))


def sought(axes: Sequence[Axis], method: str, seed: int, budget: int) -> list[Point]:
    """The jobs of `hydra/sweeper=random` in the box, by this method."""
    words = []
    for axis in axes:
        ends = f"interval({axis.low!r}, {axis.high!r})"
        words.append(f"{axis.key}=" + (f"tag(log, {ends})" if axis.log else ends))
    return _points(search_jobs(_read(words), budget, seed, method))


def _read(words: list[str]) -> list[Override]:
    return OverridesParser.create().parse_overrides(words)


def _points(jobs: Sequence[Sequence[str]]) -> list[Point]:
    return [tuple(word.partition("=")[2] for word in job) for job in jobs]
