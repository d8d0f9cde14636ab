"""Hydra's multirun through our executor: `-m` has the cache, the workers and the tracking too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
        from deepclaims.sweep.options import read_executor
        from deepclaims.sweep.summary import Scores
        from deepclaims.sweep.training_sweep import TrainingSweep
        from deepclaims.tracking.settings import read_tracking

        project = Project.here()
        options = read_executor(OmegaConf.to_container(self.config.executor))  # type: ignore[arg-type]
        tracking = read_tracking(OmegaConf.to_container(self.config.tracking))  # type: ignore[arg-type]
        node: dict[str, Any] = OmegaConf.to_container(self.config.hydra)  # type: ignore[assignment]
        sweep = TrainingSweep(project, Composer.as_hydra(project.conf, node), options, tracking)
        metrics = sweep.run([list(each) for each in job_overrides])
        returns = []
        for number, (overrides, value) in enumerate(zip(job_overrides, metrics, strict=True)):
            job = JobReturn(overrides=list(overrides), status=JobStatus.COMPLETED)
            job.return_value = Scores(value)
            job.task_name = f"train-{initial_job_idx + number}"
            job.working_dir = str(Path.cwd())
            returns.append(job)
        return returns


ConfigStore.instance().store(
    group="hydra/launcher",
    name="deepclaims",
    node={"_target_": f"{DeepclaimsLauncher.__module__}.{DeepclaimsLauncher.__qualname__}"},
    provider="deepclaims",
)
