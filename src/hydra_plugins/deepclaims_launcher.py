"""Hydra's multirun through our executor: `-m` has the cache, the workers and the tracking too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf


class DeepclaimsLauncher(Launcher):
    """Runs the jobs of a multirun as the replicas of cells."""

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take note of the composed config of the multirun itself."""
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run every job; the metrics of its replica are its return value."""
        # Hydra imports every plug-in at its start: what is heavy waits until here.
        from deepclaims.project import Project
        from deepclaims.sweep.compose import Composer
        from deepclaims.sweep.training_sweep import TrainingSweep

        project = Project.here()
        sweep = TrainingSweep(project, Composer(project.conf))
        workers = OmegaConf.select(self.config, "executor.workers")
        metrics = sweep.run([list(each) for each in job_overrides], workers)
        returns = []
        for number, (overrides, value) in enumerate(zip(job_overrides, metrics, strict=True)):
            job = JobReturn(overrides=list(overrides), status=JobStatus.COMPLETED)
            job.return_value = value
            job.task_name = f"train-{initial_job_idx + number}"
            job.working_dir = str(Path.cwd())
            returns.append(job)
        return returns


class DeepclaimsSweeper(BasicSweeper):
    """Hydra's grid sweeper, without its trial composition of every job.

    That costs 33 ms a job; our composer checks each override against the same groups anyway.
    """

    def validate_batch_is_legal(self, batch: Sequence[Sequence[str]]) -> None:
        """Check the grammar only."""
        from deepclaims.sweep.compose import parse

        for overrides in batch:
            parse(list(overrides))


for _kind, _class, _settings in (
    ("launcher", DeepclaimsLauncher, {}),
    ("sweeper", DeepclaimsSweeper, {"max_batch_size": None, "params": None}),
):
    ConfigStore.instance().store(
        group=f"hydra/{_kind}",
        name="deepclaims",
        node={"_target_": f"{_class.__module__}.{_class.__qualname__}", **_settings},
        provider="deepclaims",
    )
