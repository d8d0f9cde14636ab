"""A user's own trainings: overrides to cells and replicas, run, tracked, and summed up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.environment import commit
from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.cell import STACKED, TRAIN, Cell, data_of, training_task
from deepclaims.sweep.compose import Composer, cell_config, parse
from deepclaims.sweep.executor import Sweep
from deepclaims.sweep.executors.local import warm_up
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

    def _run(self, units: Sequence[Unit]) -> list[dict[str, Any]]:
        cells = {unit.cell.key: unit.cell for unit in units}
        entries = [LogEntry(cell, EXPERIMENT, key) for key, cell in cells.items()]
        asked: dict[str, set[int]] = defaultdict(set)
        for unit in units:
            asked[unit.cell.key].add(unit.seed)
        self._foresee(units)
        session = run_session("train", units, entries, self.project, self.options)
        print_summary(RunStore(self.project.runs), entries, session.logbook, asked)
        session.tally.raise_if_failed()
        store = RunStore(self.project.runs)
        return [store.metrics(unit.cell.key, unit.seed) for unit in units]

    def _foresee(self, units: Sequence[Unit]) -> None:
        """Build what is to be trained, so that what cannot be is said before anything runs.

        A cell that has a finished replica could be built, and is not built again.

        Raises:
            ConfigError: names what cannot be, and why.
        """
        store = RunStore(self.project.runs)
        pending = Sweep(units, self.project.runs, self.options).pending
        ours = [unit for unit in pending if unit.cell.task in (TRAIN, STACKED)]
        new = {unit.cell.key: unit for unit in ours if not store.seeds(unit.cell.key)}
        if not new:
            return
        here = isinstance(self.options, LocalOptions)
        if isinstance(self.options, LocalOptions) and self.options.workers != 0:
            warm_up({unit.cell.task for unit in new.values()})  # it imports while this builds
        from deepclaims.training.foresight import Foresight

        foresight, said = Foresight(here), dict[str, str]()
        for unit in new.values():
            if why := foresight.why_not(unit.cell.config, unit.seed):
                said.setdefault(why, unit.cell.label)
        if said:
            why, label = next(iter(said.items()))
            name = f"{label}: " if label and len(new) > 1 else ""
            more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
            raise ConfigError(f"nothing was trained: {name}{why}{more}")

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
        task = training_task(config, self.options.stack)
        cell = Cell(cell_config(config), task, sources.fingerprints(config, name), axes=axes)
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
