"""Hydra's sweepers over our launcher: the grid, and random search."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override


class DeepclaimsSweeper(BasicSweeper):
    """Hydra's grid sweeper, without its trial composition of every job and without its file.

    The former costs 33 ms a job, and our composer checks each override against the same groups
    anyway; the latter would be left in the folder where the command was given.
    """

    def sweep(self, arguments: list[str]) -> Any:
        """Launch all jobs at once."""
        assert self.launcher is not None
        assert self.hydra_context is not None
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        jobs = self.jobs(parser.parse_overrides([*self._parse_config(), *arguments]))
        return [self.launcher.launch(jobs, initial_job_idx=0)]

    def jobs(self, overrides: list[Override]) -> list[list[str]]:
        """The overrides of each job: the product of all that name several values."""
        return [list(job) for job in self.split_arguments(overrides, None)[0]]


class RandomSweeper(DeepclaimsSweeper):
    """Random or quasi-random search.

    Every override that names several values, or an interval, is a parameter of the search; only
    the seeds are crossed with every point, since they are the replicas of its cell.
    """

    def __init__(
        self,
        budget: int,
        seed: int,
        method: str,
        max_batch_size: int | None = None,
        params: dict[str, str] | None = None,
    ) -> None:
        super().__init__(max_batch_size, params)
        self.budget, self.seed, self.method = budget, seed, method

    def jobs(self, overrides: list[Override]) -> list[list[str]]:
        """The overrides of each job: `budget` points, each with all seeds."""
        from deepclaims.errors import ConfigError
        from deepclaims.sweep.search import Axis, points

        last = {override.key_or_group: override for override in overrides}.values()
        searched = [o for o in last if o.is_sweep_override() and o.key_or_group != "seed"]
        if not searched:
            raise ConfigError(
                "there is nothing to search: name several values, e.g. "
                "'optimizer.lr=tag(log, interval(1e-4, 1))'"
            )
        if self.budget < 1:
            raise ConfigError(f"hydra.sweeper.budget={self.budget}; it is a whole number > 0")
        axes = [Axis.of(override) for override in searched]
        rest = [override for override in last if override not in searched]
        found = list(itertools.islice(points(axes, self.method, self.seed), self.budget))
        if len(found) < self.budget:
            print(f"the search has only {len(found)} different points", file=sys.stderr)
        return [
            [*(f"{axis.key}={value}" for axis, value in zip(axes, point, strict=True)), *job]
            for point in found
            for job in self._crossed(rest)
        ]

    def _crossed(self, overrides: Sequence[Override]) -> list[list[str]]:
        return [list(job) for job in self.split_arguments(list(overrides), None)[0]]


_SETTINGS: dict[str, tuple[type, dict[str, Any]]] = {
    "deepclaims": (DeepclaimsSweeper, {}),
    "random": (RandomSweeper, {"budget": 20, "seed": 0, "method": "sobol"}),
}
for _name, (_class, _own) in _SETTINGS.items():
    ConfigStore.instance().store(
        group="hydra/sweeper",
        name=_name,
        node={
            "_target_": f"{_class.__module__}.{_class.__qualname__}",
            "max_batch_size": None,
            "params": None,
            **_own,
        },
        provider="deepclaims",
    )
