"""A user's own trainings: overrides to cells and replicas, run, tracked, and summed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.environment import commit
from deepclaims.project import Project
from deepclaims.sweep.cell import OWN, Cell, data_of, training_task
from deepclaims.sweep.compose import Composer, cell_config, parse
from deepclaims.sweep.logbook import LogEntry
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.sweep.session import run_session
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.summary import print_summary
from deepclaims.sweep.unit import Unit

EXPERIMENT = "train"


@dataclass(frozen=True)
class TrainingSweep:
    """Runs trainings given as lists of Hydra overrides."""

    project: Project
    composer: Composer
    options: Options = field(default_factory=LocalOptions)

    def run(self, jobs: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        """Train what is not in the cache, track every cell, print a summary.

        Args:
            jobs: the overrides of each job; `seed=` tells the replicas of a cell apart.

        Returns:
            The metrics of each job.

        Raises:
            ConfigError: when a job does not compose.
            SweepError: when jobs failed; the others are saved and tracked.
        """
        return self._run(self.units(jobs))

    def run_composed(self, config: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
        """Train one config as Hydra composed it.

        Args:
            config: the whole config, resolved.
            overrides: what it was composed from, for the cell's name.

        Raises:
            SweepError: when it failed.
        """
        (axes,) = _axes([overrides])
        return self._run([self._unit(config, axes, _Sources(self.project))])[0]

    def _run(self, units: Sequence[Unit]) -> list[dict[str, Any]]:
        cells = {unit.cell.key: unit.cell for unit in units}
        entries = [LogEntry(cell, EXPERIMENT, key) for key, cell in cells.items()]
        session = run_session("train", units, entries, self.project, self.options)
        print_summary(RunStore(self.project.runs), entries, session.logbook)
        session.tally.raise_if_failed()
        store = RunStore(self.project.runs)
        return [store.metrics(unit.cell.key, unit.seed) for unit in units]

    def units(self, jobs: Sequence[Sequence[str]]) -> list[Unit]:
        """The replica of each job.

        Raises:
            ConfigError: when a job does not compose.
            StageError: when its data are not prepared.
        """
        sources = _Sources(self.project)
        return [
            self._unit(self.composer.config(job), axes, sources)
            for job, axes in zip(jobs, _axes(jobs), strict=True)
        ]

    def _unit(self, config: Mapping[str, Any], axes: dict[str, Any], sources: _Sources) -> Unit:
        name = str(config["data"]["name"])
        deciding = cell_config(config)
        task = training_task(deciding, self.options.stack)
        if task == OWN:
            from deepclaims.training.own_task import check

            check(deciding)
        cell = Cell(deciding, task, sources.fingerprints(config, name), axes=axes)
        about = {"commit": commit(self.project.root), "sources": sources.sources(cell.data)}
        return Unit(cell, int(config["seed"]), about)


class _Sources:
    """What is known of the prepared data sets, read once for all jobs."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._fingerprints: dict[str, dict[str, str]] = {}
        self._sources: dict[str, str] = {}

    def fingerprints(self, config: Mapping[str, Any], name: str) -> dict[str, str]:
        if name not in self._fingerprints:
            self._fingerprints[name] = data_of(config, self._project)
        return self._fingerprints[name]

    def sources(self, names: Any) -> dict[str, str]:
        from deepclaims.data.prepared import read_meta

        for name in names:
            if name not in self._sources:
                folder = self._project.prepared(name)
                self._sources[name] = str(read_meta(folder, name)["source"])
        return {name: self._sources[name] for name in names}


def _axes(jobs: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """The overrides that vary between jobs; the seed, and what runs the sweep, left out."""
    settings = [
        {override.key_or_group: override.get_value_element_as_str() for override in parse(job)}
        for job in jobs
    ]
    keys = dict.fromkeys(key for each in settings for key in each if _is_axis(key))
    varying = [key for key in keys if len({each.get(key) for each in settings}) > 1]
    shown = varying if len(jobs) > 1 else list(keys)
    return [{key: each[key] for key in shown if key in each} for each in settings]


def _is_axis(key: str) -> bool:
    return key != "seed" and key.partition(".")[0] != "executor"
