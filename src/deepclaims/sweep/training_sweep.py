"""A user's own trainings: overrides to cells and replicas, run, tracked, and summed up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deepclaims.project import Project
from deepclaims.sweep.cell import TRAIN, Cell, data_of
from deepclaims.sweep.compose import Composer, parse
from deepclaims.sweep.environment import commit, device
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.progress import Progress
from deepclaims.sweep.store import Replica, RunStore
from deepclaims.sweep.worker import Unit

EXPERIMENT = "train"


@dataclass(frozen=True)
class TrainingSweep:
    """Runs trainings given as lists of Hydra overrides."""

    project: Project
    composer: Composer

    def run(
        self, jobs: Sequence[Sequence[str]], workers: int | None = None
    ) -> list[dict[str, Any]]:
        """Train what is not in the cache, track every cell, print a summary.

        Args:
            jobs: the overrides of each job; `seed=` tells the replicas of a cell apart.
            workers: as in `run_sweep`.

        Returns:
            The metrics of each job.

        Raises:
            ConfigError: when a job does not compose.
            SweepError: when jobs failed; the others are saved and tracked.
        """
        units = [self._unit(job, axes) for job, axes in zip(jobs, _axes(jobs), strict=True)]
        store = RunStore(self.project.runs)
        cached = sum(store.has(unit.cell.key, unit.seed) for unit in units)
        with Progress("train", len(units), cached) as progress:
            tally = run_sweep(units, self.project.runs, workers, progress)
        self._track(units, store)
        tally.raise_if_failed()
        outcomes = [store.load(unit.cell.key, unit.seed).outcome for unit in units]
        return [dict(outcome.metrics) for outcome in outcomes]

    def _unit(self, job: Sequence[str], axes: dict[str, Any]) -> Unit:
        config = self.composer.config(job)
        cell_config = self.composer.cell(job)
        data = data_of(cell_config, self.project)
        cell = Cell(cell_config, TRAIN, data, axes=axes)
        about = {
            "commit": commit(self.project.root),
            "device": device(),
            "sources": self._sources(data),
        }
        return Unit(cell, int(config.seed), about)

    def _sources(self, data: dict[str, str]) -> dict[str, str]:
        from deepclaims.data.prepared import read_meta

        return {name: read_meta(self.project.prepared(name), name)["source"] for name in data}

    def _track(self, units: Sequence[Unit], store: RunStore) -> None:
        from deepclaims.sweep.table import tracked
        from deepclaims.tracking.store import Tracker

        tracker = Tracker(self.project.mlflow, EXPERIMENT)
        for cell, seeds in _cells(units, store):
            replicas = [store.load(cell.key, seed) for seed in seeds]
            run_id = tracker.log(tracked(cell, replicas, cell.key))
            print(
                f"{cell.label or cell.key}: {_summary(replicas)}  [run {run_id}]", file=sys.stderr
            )


def _cells(units: Sequence[Unit], store: RunStore) -> list[tuple[Cell, list[int]]]:
    """The cells with all their finished seeds, those of earlier sweeps included."""
    cells = {unit.cell.key: unit.cell for unit in units}
    found = [(cell, store.seeds(key)) for key, cell in cells.items()]
    return [(cell, seeds) for cell, seeds in found if seeds]


def _summary(replicas: Sequence[Replica]) -> str:
    from deepclaims.evidence.statistics import mean_interval

    words = []
    for name in ("train_loss", "validation_error", "test_error", "validation_mse", "test_mse"):
        values = [replica.outcome.metrics[name] for replica in replicas
                  if name in replica.outcome.metrics]  # fmt: skip
        if values:
            estimate = mean_interval(values)
            spread = (estimate.high - estimate.low) / 2
            words.append(
                f"{name} {estimate.value:.4g}" + (f" ± {spread:.2g}" if len(values) > 1 else "")
            )
    seeds = f"{len(replicas)} seeds" if len(replicas) > 1 else f"seed {replicas[0].seed}"
    return f"{', '.join(words)} ({seeds})"


def _axes(jobs: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """The overrides that vary between jobs, the seed left out."""
    settings = [
        {override.key_or_group: override.get_value_element_as_str() for override in parse(job)}
        for job in jobs
    ]
    keys = dict.fromkeys(key for each in settings for key in each if key != "seed")
    varying = [key for key in keys if len({each.get(key) for each in settings}) > 1]
    shown = varying if len(jobs) > 1 else list(keys)
    return [{key: each[key] for key in shown if key in each} for each in settings]
