"""Hydra's sweepers over our launcher: the grid, and random search."""

from __future__ import annotations

import sys
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
        from deepclaims.optim.search_jobs import grid_jobs

        return grid_jobs(overrides)


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
        from deepclaims.optim.search_jobs import grid_jobs, search_jobs

        if self.budget < 1:
            raise ConfigError(f"hydra.sweeper.budget={self.budget}; it is a whole number > 0")
        found = search_jobs(overrides, self.budget, self.seed, self.method)
        seeds = [each for each in overrides if each.key_or_group == "seed"]
        points = len(found) // len(grid_jobs(seeds[-1:]))
        if points < self.budget:
            print(f"the search has only {points} different points", file=sys.stderr)
        return found


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
