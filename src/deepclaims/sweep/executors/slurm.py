"""The executor on Slurm: job arrays through submitit, or submitit's own processes to try it out."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deepclaims.environment import cores, variables
from deepclaims.errors import ConfigError
from deepclaims.sweep.executors.slurm_queue import LossError, Queue, error_of
from deepclaims.sweep.options import SlurmOptions
from deepclaims.sweep.unit import Batch, Report, RunPolicy, WithdrawnError
from deepclaims.sweep.worker import THREAD_VARIABLES, run_batches

ARRAY = 1000
"""Most jobs in one array; Slurm's own default limit (MaxArraySize) is 1001."""
AGAIN = 3
"""So often a job at its time limit goes back to the queue, to do what is not finished."""
POLL_SECONDS = {"slurm": 5.0, "local": 0.1}


class Job:
    """What a Slurm job does; sent back to the queue, it goes on with what is not finished."""

    def __call__(self, batches: Sequence[Batch], runs: Path, policy: RunPolicy) -> list[Report]:
        """Run the batches."""
        return run_batches(batches, runs, policy)

    def checkpoint(self, batches: Sequence[Batch], runs: Path, policy: RunPolicy) -> Any:
        """What to submit when the job is pre-empted or at its time limit: the same again."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, batches, runs, policy)


class SlurmExecutor:
    """Sends batches as jobs and looks for their ends now and then."""

    def __init__(self, options: SlurmOptions, runs: Path) -> None:
        self._options, self._runs = options, runs.resolve()
        self._local = options.cluster == "local"
        self.workers: int | None = (options.workers or cores()) if self._local else options.parallel
        # submitit's own starts all it is given at once.
        self.slots: int | None = self.workers if self._local else None
        self._jobs: dict[Any, list[tuple[Future[list[Report]], int]]] = {}
        self._queue = Queue()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._load = options.units_per_job

    def __enter__(self) -> Self:
        try:
            import submitit
        except ImportError:
            raise ConfigError(
                "executor=slurm needs submitit: pip install 'deepclaims[slurm]', or take "
                "executor=local"
            ) from None
        if not self._local and shutil.which("sbatch") is None:
            raise ConfigError(
                "executor=slurm finds no sbatch here: run it on a login node of the cluster, or "
                "try executor.cluster=local"
            )
        self._folder = self._runs / ".slurm"
        self._executor = submitit.AutoExecutor(
            self._folder, cluster=self._options.cluster, slurm_max_num_timeout=AGAIN
        )
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watch.join()
        for job in list(self._jobs):
            job.cancel(check=False)

    def submit(self, batches: Sequence[Batch], policy: RunPolicy) -> list[Future[list[Report]]]:
        """Send batches as jobs, `units_per_job` to each, in arrays of those that need the same."""
        policy = RunPolicy(policy.wait, policy.retry, verify=not self._local)
        futures: list[Future[list[Report]]] = [Future() for _ in batches]
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for index, batch in enumerate(batches):
            needs = max((unit.processes, unit.gpus) for unit in batch)
            alike[needs].append(index)
        for (processes, gpus), indices in alike.items():
            self._executor.update_parameters(**self._parameters(processes, gpus))
            for array in _chunks(list(_chunks(indices, self._load)), ARRAY):
                self._send(array, batches, futures, policy)
        return futures

    def has_to_itself(self, batch: Batch) -> bool:
        """Only where there is no queue: a training that several processes share needs the cores."""
        return self._local and any(unit.processes > 1 for unit in batch)

    def is_lost(self, error: BaseException) -> bool:
        """What the cluster lost, and what died among others: that is tried alone."""
        return isinstance(error, LossError)

    def explain(self, error: BaseException) -> str:
        """How a job died, with the end of its log."""
        return f"{str(error).strip()[-1500:]}\nits Slurm job died: {type(error).__name__}"

    def _send(
        self,
        array: Sequence[Sequence[int]],
        batches: Sequence[Batch],
        futures: Sequence[Future[list[Report]]],
        policy: RunPolicy,
    ) -> None:
        loads = [[batches[index] for index in indices] for indices in array]
        count = len(loads)
        with variables(self._variables()):
            jobs = self._executor.map_array(Job(), loads, [self._runs] * count, [policy] * count)
        with self._lock:
            for job, indices in zip(jobs, array, strict=True):
                self._jobs[job] = [(futures[index], len(batches[index])) for index in indices]

    def _look(self) -> None:
        while not self._over.wait(POLL_SECONDS[self._options.cluster]):
            with self._lock:
                jobs = list(self._jobs)
            waiting = []
            for job in jobs:
                if job.paths.result_pickle.exists() or (self._local and job.done()):
                    self._settle(job)
                else:
                    waiting.append(job)
            if waiting and not self._local:
                dead = self._queue.dead([job.job_id for job in waiting])
                for job in waiting:
                    if job.job_id in dead:
                        self._bury(job, dead[job.job_id])

    def _bury(self, job: Any, state: str) -> None:
        """Settle a job that has ended without a result."""
        error = error_of(state, job.job_id, str(job.stderr() or "")[-1500:])
        with self._lock:
            waiting = self._jobs.pop(job)
        self._lose(waiting, error)

    def _lose(self, waiting: Sequence[tuple[Future[list[Report]], int]], error: Exception) -> None:
        alone = len(waiting) == 1 or isinstance(error, WithdrawnError)
        self._load = self._load if alone else 1
        for future, _ in waiting:
            future.set_exception(error if alone else LossError(str(error)))

    def _settle(self, job: Any) -> None:
        with self._lock:
            waiting = self._jobs.pop(job)
        try:
            reports = iter(job.result())
        except Exception as error:  # how it died is the batch's to report
            self._lose(waiting, error)
            return
        for future, count in waiting:
            future.set_result([next(reports) for _ in range(count)])
        for file in self._folder.glob(f"{job.job_id}_*"):  # kept only where something went wrong
            file.unlink(missing_ok=True)

    def _variables(self) -> dict[str, str]:
        """What a job inherits: one thread, this project, and here the same path to modules."""
        found = dict.fromkeys(THREAD_VARIABLES, "1")
        found["DEEPCLAIMS_ROOT"] = str(self._runs.parent)
        if self._local:
            found["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
        return found

    def _parameters(self, processes: int, gpus: int) -> dict[str, Any]:
        options = self._options
        parameters: dict[str, Any] = {
            "name": "deepclaims",
            "timeout_min": options.minutes,
            "mem_gb": options.memory_gb,
            "cpus_per_task": options.cpus * processes,
            "gpus_per_node": gpus,
            "slurm_array_parallelism": options.parallel,
        }
        if options.partition:
            parameters["slurm_partition"] = options.partition
        if options.setup:
            parameters["slurm_setup"] = list(options.setup)
        return {**parameters, **options.more}


def _chunks(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
