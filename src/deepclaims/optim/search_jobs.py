"""What Hydra's sweepers launch: a grid's jobs, and those of random and quasi-random search."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from deepclaims.errors import ConfigError
from deepclaims.optim import search_points
from deepclaims.optim.search_points import METHODS, points

__all__ = ["METHODS", "Axis", "grid_jobs", "points", "search_jobs"]

LOG = "log"
Job = list[str]
"""The overrides of one training."""


class Axis(search_points.Axis):
    """A parameter of the search, as an override names it."""

    @classmethod
    def of(cls, override: Override) -> Axis:
        """The axis that an override names: `a,b`, `choice()`, `range()`, `glob()`, `interval()`.

        The order of values is the written one: the search mixes them. `tag(log, interval(a, b))` is
        searched by order of magnitude; `int(interval(a, b))` takes whole numbers.

        Raises:
            ConfigError: for an interval that is empty, or not above 0 where it is logarithmic.
        """
        key, sweep = override.get_key_element(), override.value()
        if isinstance(sweep, ChoiceSweep | RangeSweep):  # Hydra shuffles without a seed
            override = replace(override, _value=replace(sweep, shuffle=False))
        if not isinstance(sweep, IntervalSweep):
            return cls(key, tuple(map(str, override.sweep_string_iterator())))
        assert sweep.start is not None
        assert sweep.end is not None
        log = LOG in sweep.tags
        if not sweep.start < sweep.end or (log and sweep.start <= 0):
            above = ", and above 0 for tag(log, …)" if log else ""
            raise ConfigError(f"'{override.input_line}': it takes interval(low, high){above}")
        whole = isinstance(sweep.start, int) and isinstance(sweep.end, int)
        return cls(key, (), float(sweep.start), float(sweep.end), log, whole)


def grid_jobs(overrides: Sequence[Override]) -> list[Job]:
    """The product of all that name several values, as Hydra's own sweeper has it."""
    return [list(job) for job in BasicSweeper.split_arguments(list(overrides), None)[0]]


def search_jobs(overrides: Sequence[Override], budget: int, seed: int, method: str) -> list[Job]:
    """The first points of a search, each with all seeds.

    Args:
        overrides: those that name several values, or an interval, are its parameters; the seeds,
            which are the replicas of a cell, are crossed with every point, like the others.
        budget: how many points; fewer where there are not so many.
        seed: of the search.
        method: see `points`.

    Raises:
        ConfigError: where there is nothing to search; see `points` and `Axis.of`.
    """
    last = {override.key_or_group: override for override in overrides}.values()
    searched = [o for o in last if o.is_sweep_override() and o.key_or_group != "seed"]
    if not searched:
        raise ConfigError(
            "there is nothing to search: name several values, e.g. "
            "'optimizer.lr=tag(log, interval(1e-4, 1))'"
        )
    axes = [Axis.of(override) for override in searched]
    crossed = grid_jobs([override for override in last if override not in searched])
    return [
        [*(f"{axis.key}={value}" for axis, value in zip(axes, point, strict=True)), *job]
        for point in itertools.islice(points(axes, method, seed), budget)
        for job in crossed
    ]
