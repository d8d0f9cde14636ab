"""The executor of this machine: a pool of one-thread processes, one for each core or GPU."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, synchronize
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from deepclaims.environment import cores, variables
from deepclaims.sweep.executors.inline import done
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.preload import preload
from deepclaims.sweep.unit import Batch, Report, RunPolicy, Unit
from deepclaims.sweep.worker import THREAD_VARIABLES, run_batch, start_worker

ENDING = (signal.SIGINT, signal.SIGTERM)
"""What asks a process to end, and is raised as an exception wherever it happens to be."""


class LocalExecutor:
    """Workers forked from a server that has the heavy libraries imported already."""

    def __init__(self, options: LocalOptions, runs: Path, pending: Sequence[Unit]) -> None:
        self._runs = runs
        self._gpus = _gpus(options.workers_per_gpu) if any(u.gpus for u in pending) else ()
        count = options.workers or len(self._gpus) or cores()
        self._gpus = self._gpus * -(-count // len(self._gpus)) if self._gpus else ()
        self.workers: int | None = max(1, min(count, len(pending)))
        # Twice as many are in the pipe, so that no worker waits while this process is busy.
        self.slots: int | None = 2 * self.workers
        self._pool: ProcessPool | None = None
        self._context = _KeepingLocks()
        self._tasks = {unit.cell.task for unit in pending}

    def __enter__(self) -> Self:
        self._slots = tempfile.TemporaryDirectory(prefix="deepclaims-slots-")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(killing=error is not None)
        self._slots.cleanup()

    def submit(self, batches: Sequence[Batch], policy: RunPolicy) -> list[Future[list[Report]]]:
        """Hand batches to the pool; one that has the machine to itself is run at once."""
        return [self._submit(batch, policy) for batch in batches]

    def has_to_itself(self, batch: Batch) -> bool:
        """A training that several processes share needs the cores, or GPUs, of the pool."""
        return any(unit.processes > 1 for unit in batch)

    def is_lost(self, error: BaseException) -> bool:
        """Pebble gives up the whole pool when a worker dies that had nothing to do."""
        return isinstance(error, BrokenProcessPool)

    def explain(self, error: BaseException) -> str:
        """How a worker died."""
        if isinstance(error, ProcessExpired):
            return f"its worker process died (exit code {error.exitcode}); was it out of memory?"
        return f"{type(error).__name__}: {error}"

    def _submit(self, batch: Batch, policy: RunPolicy) -> Future[list[Report]]:
        if self.has_to_itself(batch):
            self._end()
            return done(batch, self._runs, policy)
        if self._pool is None or not self._pool.active:
            self._end(killing=True)
            self._pool = self._start()
        with _interrupts_later():  # the first call starts the workers, which must all be known
            return self._pool.schedule(run_batch, args=[batch, self._runs, policy])

    def _start(self) -> ProcessPool:
        warm_up(self._tasks)
        return ProcessPool(
            max_workers=self.workers or 1,
            initializer=start_worker,
            initargs=[dict(os.environ), self._gpus, Path(self._slots.name)],
            context=self._context,
        )

    def _end(self, *, killing: bool = False) -> None:
        if self._pool is None:
            return
        if killing:
            self._pool.stop()
        else:
            self._pool.close()
        self._pool.join()
        self._pool = None
        self._context.let_go()


class _KeepingLocks(ForkServerContext):
    """Keeps the locks of a pool until its workers have ended.

    Pebble lets go of them before that: a worker that was still starting would not find them, and
    die with a traceback.
    """

    def __init__(self) -> None:
        self._locks: list[synchronize.RLock] = []

    def RLock(self) -> synchronize.RLock:  # noqa: N802 - its name in multiprocessing
        self._locks.append(super().RLock())
        return self._locks[-1]

    def let_go(self) -> None:
        self._locks.clear()


def warm_up(tasks: Iterable[str]) -> None:
    """Start the server that workers are forked from, unless it runs: it imports for seconds.

    Args:
        tasks: what the workers will run, each as `module:function`.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(preload(tasks)))
    with _ignoring_interrupts(), variables(dict.fromkeys(THREAD_VARIABLES, "1")):
        forkserver.ensure_running()


def _gpus(workers_per_gpu: int) -> tuple[str, ...]:
    """What CUDA_VISIBLE_DEVICES is for each worker; every GPU's first worker before the second."""
    if visible := os.environ.get("CUDA_VISIBLE_DEVICES"):
        names = [name.strip() for name in visible.split(",") if name.strip()]
    else:
        import torch

        names = [str(index) for index in range(torch.cuda.device_count())]
    return tuple(names * workers_per_gpu)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Ctrl-C, and a request to end, are heard at the end of this."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: heard.append(number)) for number in ENDING
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if heard:
        signal.raise_signal(heard[0])


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """What is started here never hears Ctrl-C, which a terminal sends to all processes at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
