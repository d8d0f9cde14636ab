"""A user's own trainings: overrides to cells and replicas, run, tracked, and summed up."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deepclaims.data.files import FILES, PATH, is_of_files, path_of
from deepclaims.environment import commit
from deepclaims.errors import ConfigError
from deepclaims.project import Project
from deepclaims.sweep.cell import OWN, Cell, data_of, training_task
from deepclaims.sweep.compose import Composer, cell_config, parse
from deepclaims.sweep.executor import Sweep
from deepclaims.sweep.executors.local import warm_up
from deepclaims.sweep.logbook import LogEntry
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.sweep.session import run_session
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.summary import print_summary
from deepclaims.sweep.unit import Unit, settled
from deepclaims.tracking.settings import Tracking
from deepclaims.training.curve_points import with_a_curve
from deepclaims.training.ranges import require_in_range

EXPERIMENT = "train"
AUTO, NONE, MLFLOW = "auto", "none", "mlflow"
AROUND = ("executor", "tracking")
"""Groups of what is around the trainings, and no coordinate of theirs."""
SAVES = (AUTO, "weights", MLFLOW, NONE)
"""What `fit.save` may be."""
EMBEDDED = "embedded"
"""The source of prepared data that are a stand-in."""


@dataclass(frozen=True)
class TrainingSweep:
    """Runs trainings given as lists of Hydra overrides."""

    project: Project
    composer: Composer
    options: Options = field(default_factory=LocalOptions)
    tracking: Tracking = field(default_factory=Tracking)

    def run(self, jobs: Sequence[Sequence[str]], *, single: bool = False) -> list[dict[str, Any]]:
        """Train what is not in the cache, track every cell, print a summary.

        Args:
            jobs: the overrides of each job; `seed=` tells the replicas of a cell apart.
            single: whether they are one training, and no sweep.

        Returns:
            The metrics of each job.

        Raises:
            ConfigError: when a job does not compose.
            SweepError: when jobs failed; the others are saved and tracked.
        """
        return self._run(self.units(jobs, single=single))

    def _run(self, units: Sequence[Unit]) -> list[dict[str, Any]]:
        cells = {unit.cell.key: unit.cell for unit in units}
        _say_what_was_not_kept(units, RunStore(self.project.runs))
        entries = [LogEntry(cell, EXPERIMENT, key) for key, cell in cells.items()]
        asked: dict[str, set[int]] = defaultdict(set)
        for unit in units:
            asked[unit.cell.key].add(unit.seed)
        _say_stand_ins(units)
        self._foresee(units)
        session = run_session("train", units, entries, self.project, self.options, self.tracking)
        print_summary(RunStore(self.project.runs), entries, session.logbook, asked)
        session.tally.raise_if_failed()
        if models := [unit for unit in units if unit.save == MLFLOW]:
            from deepclaims.sweep.models import log_models

            log_models(models, entries, session.logbook, self.project)
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
        new = {unit.cell.key: unit for unit in pending if not store.seeds(unit.cell.key)}
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

    def units(self, jobs: Sequence[Sequence[str]], *, single: bool = False) -> list[Unit]:
        """The replica of each job.

        Raises:
            ConfigError: when a job does not compose, or a number is out of its range.
            StageError: when its data are not prepared.
        """
        sources = _Sources(self.project)
        return [
            self._unit(self.composer.config(job), axes, sources, single=single)
            for job, axes in zip(jobs, _axes(jobs), strict=True)
        ]

    def _unit(
        self,
        config: Mapping[str, Any],
        axes: dict[str, Any],
        sources: _Sources,
        *,
        single: bool,
    ) -> Unit:
        require_in_range(config)
        deciding = cell_config(config)
        if is_of_files(data := deciding["data"]):
            deciding["data"] = {**data, PATH: str(path_of(data))}
        task = training_task(deciding, self.options.stack)
        if task == OWN:
            from deepclaims.training.own_task import check

            check(deciding)
        else:
            deciding = with_a_curve(deciding)
        cell = Cell(deciding, task, sources.fingerprints(deciding), axes=axes)
        about = {"commit": commit(self.project.root), "sources": sources.sources(cell.data)}
        cell = _with_a_checkpoint_of_its_own(cell)
        return Unit(cell, int(config["seed"]), about, saved(config, single=single))


def saved(config: Mapping[str, Any], *, single: bool) -> str:
    """What is kept of the networks of a config, as `Unit.save` has it.

    Args:
        config: the whole composed config.
        single: whether it is one training, and no sweep.

    Raises:
        ConfigError: `fit.save` is none of what it may be.
    """
    said = str(config["fit"].get("save", AUTO))
    if said not in SAVES:
        raise ConfigError(f"fit.save={said} is not possible; it may be {', '.join(SAVES)}")
    shared = (config.get("trainer") or {}).get("strategy") == "ddp"
    if said == AUTO:
        return "weights" if single and not shared else ""
    if said != NONE and shared:
        raise ConfigError(
            f"fit.save={said} is not for trainer=ddp: fit.checkpoint keeps the weights of such a "
            "training"
        )
    return "" if said == NONE else said


def _with_a_checkpoint_of_its_own(cell: Cell) -> Cell:
    """Below `fit.checkpoint` each cell has a folder, by its key, which does not depend on it."""
    fit = cell.config["fit"]
    if not fit.get("checkpoint"):
        return cell
    fit = {**fit, "checkpoint": str(Path(fit["checkpoint"]) / cell.key)}
    return replace(cell, config={**cell.config, "fit": fit})


def _say_stand_ins(units: Sequence[Unit]) -> None:
    sources = {name: each for unit in units for name, each in unit.about["sources"].items()}
    if stand_ins := sorted(name for name, each in sources.items() if each == EMBEDDED):
        print(
            f"train: STAND-IN data in place of {', '.join(stand_ins)}, not the official files "
            "(deepclaims fetch)",
            file=sys.stderr,
        )


def _say_what_was_not_kept(units: Sequence[Unit], store: RunStore) -> None:
    lacking = [unit for unit in units if store.has(unit.cell.key, unit.seed)
               and not settled(unit, store)]  # fmt: skip
    if lacking:
        what = f"{len(lacking)} networks were" if len(lacking) > 1 else "its network was"
        print(
            f"train: finished before, but {what} not kept: trained again (fit.save=none does not)",
            file=sys.stderr,
        )


class _Sources:
    """What is known of the prepared data sets, read once for all jobs."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._fingerprints: dict[str, dict[str, str]] = {}
        self._sources: dict[str, str] = {}

    def fingerprints(self, config: Mapping[str, Any]) -> dict[str, str]:
        if is_of_files(config["data"]):
            return data_of(config, self._project)
        name = str(config["data"]["name"])
        if name not in self._fingerprints:
            self._fingerprints[name] = data_of(config, self._project)
        return self._fingerprints[name]

    def sources(self, names: Any) -> dict[str, str]:
        from deepclaims.data.prepared import read_meta

        for name in names:
            if name in FILES:
                self._sources[name] = "own"
            elif name not in self._sources:
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
    shown = varying or list(keys)
    return [{key: each[key] for key in shown if key in each} for each in settings]


def _is_axis(key: str) -> bool:
    return key != "seed" and key.partition(".")[0] not in AROUND
