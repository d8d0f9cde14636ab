"""What happens inside a worker process: one replica, on one thread, saved where it ran."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import RunStore

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
PRELOAD = ("torch", "pytorch_lightning", "pandas", "deepclaims.training.task")
"""Imported once by the fork server, so that a worker starts in milliseconds."""


@dataclass(frozen=True)
class Unit:
    """One replica to run: a cell and a seed, and what to record beside the result."""

    cell: Cell
    seed: int
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """How a unit ended: `error` is "" or the traceback, `ran` is false if it was found finished."""

    key: str
    seed: int
    seconds: float
    error: str = ""
    ran: bool = True

    @property
    def reason(self) -> str:
        """The last line of the traceback."""
        lines = [line for line in self.error.strip().splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


def run_unit(unit: Unit, runs: Path) -> Report:
    """Run one replica and save it, unless another process has it finished or in hand.

    An exception in the task is recorded beside the run and returned, not raised.
    """
    store = RunStore(runs)
    key = unit.cell.key
    (runs / key).mkdir(parents=True, exist_ok=True)
    with FileLock(runs / key / f".{unit.seed}.lock"):
        if store.has(key, unit.seed):
            return Report(key, unit.seed, 0.0, ran=False)
        store.sweep_up(key, unit.seed)
        started = time.perf_counter()
        try:
            outcome = unit.cell.resolve_task()(dict(unit.cell.config), unit.seed)
            seconds = time.perf_counter() - started
            store.save(unit.cell, unit.seed, outcome, {**unit.about, "seconds": seconds})
        except Exception:
            error = traceback.format_exc()
            store.fail(unit.cell, unit.seed, error)
            return Report(key, unit.seed, time.perf_counter() - started, error)
    return Report(key, unit.seed, seconds)


def start_worker(threads: int = 1) -> None:
    """Settle a fresh worker: so many threads, and no interrupt of its own on Ctrl-C."""
    import signal

    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in THREAD_VARIABLES:
        os.environ[name] = str(threads)
    torch.set_num_threads(threads)
