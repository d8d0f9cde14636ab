"""What happens inside a worker process: replicas run on one thread and saved where they ran."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from deepclaims import atomic
from deepclaims.data.files import FILES
from deepclaims.environment import computed_on, end_with_parent
from deepclaims.errors import StorageError, SweepError
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project
from deepclaims.sweep.cell import (
    OWN,
    STACKED,
    Cell,
    data_of,
    library_versions,
    own_parts,
    prepared_fingerprint,
)
from deepclaims.sweep.fingerprint import code_fingerprint
from deepclaims.sweep.own_process import in_own_process, run_in_own_process
from deepclaims.sweep.store import Replica, RunStore
from deepclaims.sweep.unit import Batch, Report, RunPolicy, Unit, settled

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

GLIBC_MEMORY = {-3: 32 << 20, -1: 1 << 30, -2: 64 << 20}
"""M_MMAP_THRESHOLD, M_TRIM_THRESHOLD and M_TOP_PAD of mallopt(3), in bytes."""


@dataclass(frozen=True)
class Spent:
    """Seconds of this process with its threads and those of its children that have ended."""

    cpu: float
    wall: float

    @classmethod
    def so_far(cls) -> Spent:
        """Up to now, from some moment on."""
        children = os.times()
        ended = children.children_user + children.children_system
        return cls(time.process_time() + ended, time.perf_counter())

    def since(self, replicas: int = 1) -> Spent:
        """From then to now, divided among so many replicas."""
        now = Spent.so_far()
        return Spent((now.cpu - self.cpu) / replicas, (now.wall - self.wall) / replicas)


def run_batches(batches: Sequence[Batch], runs: Path, policy: RunPolicy) -> list[Report]:
    """Run some batches one after another; a report for each unit, in order."""
    return [report for batch in batches for report in run_batch(batch, runs, policy)]


def run_batch(batch: Batch, runs: Path, policy: RunPolicy) -> list[Report]:
    """Run the units of a batch: stacked into one computation where there are several.

    If they cannot be computed together, each is run for itself, so that what is wrong with one
    is not held against the others.
    """
    try:
        return _run_batch(batch, runs, policy)
    finally:
        _memory().let_go()


def _run_batch(batch: Batch, runs: Path, policy: RunPolicy) -> list[Report]:
    if len(batch) == 1:
        return [run_unit(batch[0], runs, policy)]
    reports: dict[tuple[str, int], Report] = {}
    with ExitStack() as hands:
        mine: list[Unit] = []
        for unit in batch:
            report = hands.enter_context(_in_hand(unit, runs, RunPolicy(False, policy.retry)))
            if report is None:
                mine.append(unit)
            else:
                reports[report.key, report.seed] = report
        for report in _run_together(mine, RunStore(runs), policy):
            reports[report.key, report.seed] = report
    return [reports[unit.cell.key, unit.seed] for unit in batch]


def run_unit(unit: Unit, runs: Path, policy: RunPolicy | None = None) -> Report:
    """Run one replica and save it, unless it is settled, or another process has it in hand.

    An exception in the task is recorded beside the run and returned, not raised. A training that
    is shared by several processes gets a process of its own to start them from.
    """
    policy = policy or RunPolicy()
    if unit.processes > 1 and not in_own_process():
        try:
            return run_in_own_process(unit, runs, policy)
        except RuntimeError as error:
            return _failed(unit, RunStore(runs), str(error), 0.0)
    with _in_hand(unit, runs, policy) as report:
        return report or _run(unit, RunStore(runs), policy)


@contextmanager
def _in_hand(unit: Unit, runs: Path, policy: RunPolicy) -> Iterator[Report | None]:
    """Hold the replica's lock; gives a report if there is nothing to run, or no lock to be had."""
    key, seed = unit.cell.key, unit.seed
    try:
        (runs / key).mkdir(parents=True, exist_ok=True)
        lock = FileLock(runs / key / f".{seed}.lock")
        lock.acquire(timeout=-1 if policy.wait else 0)
    except Timeout:
        yield Report(key, seed, ran=False, busy=True)
        return
    except OSError as refused:
        yield Report(key, seed, error=f"cannot write {runs / key}: {refused.strerror or refused}")
        return
    try:
        store = RunStore(runs)
        if settled(unit, store):
            yield Report(key, seed, ran=False)
        elif not policy.retry and (earlier := store.failure(key, seed)):
            yield Report(key, seed, error=earlier, ran=False)
        else:
            store.sweep_up(key, seed)
            yield None
    finally:
        lock.release()


def _run(unit: Unit, store: RunStore, policy: RunPolicy) -> Report:
    started = Spent.so_far()
    try:
        if policy.verify or _has_own_files(unit.cell):  # which may change meanwhile
            verify(unit.cell)
        _describe_checkpoint(unit)
        weights = b""
        if unit.save:
            from deepclaims.training.kept import train_and_keep

            stacked = unit.cell.task == STACKED
            outcome, weights = train_and_keep(unit.cell.arguments, unit.seed, stacked=stacked)
        else:
            outcome = unit.cell.resolve_task()(unit.cell.arguments, unit.seed)
    except Exception:
        return _failed(unit, store, traceback.format_exc(), started.since().cpu)
    report = _saved(unit, store, outcome, started.since())
    return report if report.error or not weights else _kept(unit, store, outcome, weights, report)


def _has_own_files(cell: Cell) -> bool:
    return cell.task == OWN or any(name in FILES for name in cell.data)


def _kept(unit: Unit, store: RunStore, outcome: Outcome, weights: bytes, saved: Report) -> Report:
    """Keep a network, if its run has the same metrics: where there was one, it is left as it is."""
    key, seed = unit.cell.key, unit.seed
    try:
        known = store.load(key, seed)
        if repr(sorted(known.outcome.metrics.items())) != repr(sorted(outcome.metrics.items())):
            return replace(saved, error=_differs(known, outcome.metrics, store.folder / key))
        store.keep_weights(key, seed, weights)
    except StorageError as error:
        return replace(saved, error=str(error))
    return saved


def _differs(run: Replica, found: Mapping[str, float], folder: Path) -> str:
    known = run.outcome.metrics
    names = [name for name in found if repr(found[name]) != repr(known.get(name))]
    first = names[0] if names else "metrics"
    return (
        f"trained again, it gave another {first} ({known.get(first)} -> {found.get(first)}): this "
        f"machine, {computed_on()}, rounds otherwise than {run.about.get('device')} that made it; "
        f"delete {folder} to have both from here"
    )


def _describe_checkpoint(unit: Unit) -> None:
    """Beside a checkpoint stands the config that it belongs to."""
    fit = unit.cell.config.get("fit")
    if isinstance(fit, Mapping) and (folder := fit.get("checkpoint")):
        config = {**unit.cell.config, "seed": unit.seed}
        text = json.dumps(config, indent=1, sort_keys=True, default=str) + "\n"
        atomic.update(Path(folder) / f"seed-{unit.seed}.json", text)


def _run_together(units: Sequence[Unit], store: RunStore, policy: RunPolicy) -> Iterator[Report]:
    started = Spent.so_far()
    outcomes: list[Outcome] = []
    if len(units) > 1 and not any(unit.save for unit in units):
        try:
            from deepclaims.training.replicas import train_stacked

            if policy.verify:
                for cell in {unit.cell.key: unit.cell for unit in units}.values():
                    verify(cell)
            configs = [unit.cell.arguments for unit in units]
            outcomes = train_stacked(configs, [unit.seed for unit in units])
        except Exception:
            outcomes = []
    if not outcomes:
        yield from (_run(unit, store, policy) for unit in units)
        return
    each = started.since(replicas=len(units))
    for unit, outcome in zip(units, outcomes, strict=True):
        yield _saved(unit, store, outcome, each)


def _saved(unit: Unit, store: RunStore, outcome: Outcome, spent: Spent) -> Report:
    times = {"seconds": spent.cpu, "wall_seconds": spent.wall}
    about = {**unit.about, "device": computed_on(unit.gpus), **times}
    try:
        store.save(unit.cell, unit.seed, outcome, about)
    except StorageError as error:  # a full disk is no property of the cell: it is not recorded
        return Report(unit.cell.key, unit.seed, spent.cpu, str(error))
    except Exception:
        return _failed(unit, store, traceback.format_exc(), spent.cpu)
    return Report(unit.cell.key, unit.seed, spent.cpu, samples=_samples(unit, outcome))


def _failed(unit: Unit, store: RunStore, error: str, seconds: float) -> Report:
    try:
        store.fail(unit.cell, unit.seed, error)
    except StorageError as storage:
        error = f"{error}\n{storage}"
    return Report(unit.cell.key, unit.seed, seconds, error)


def _samples(unit: Unit, outcome: Outcome) -> float:
    """How many samples a training saw: its steps times the batch size, where both are known."""
    fit = unit.cell.config.get("fit")
    size = fit.get("batch_size") if isinstance(fit, dict) else None
    steps = outcome.metrics.get("steps", 0.0)
    return float(steps * size) if isinstance(size, int) and steps == steps else 0.0


def verify(cell: Cell) -> None:
    """Make sure that this machine would give a cell the key it was planned with.

    Raises:
        SweepError: when its code, libraries or data are others than where the sweep was planned.
    """
    project = Project.here()
    here: dict[str, Any] = {
        "code": code_fingerprint([cell.task], cell.key_parts["config"]),
        "libraries": library_versions(),
        "data": {
            name: data_of(cell.config, project)[name]
            if name in FILES
            else prepared_fingerprint(name, project)
            for name in cell.data
        },
    }
    if cell.task == OWN:
        here |= own_parts(cell.key_parts["config"])
    if other := [name for name, value in here.items() if cell.key_parts[name] != value]:
        raise SweepError(
            f"this machine has other {', '.join(other)} than where the sweep was planned: a "
            "result from here would stand under a wrong key (executor.working_dir takes the code "
            "along; data and libraries must be the same)"
        )


def start_worker(environment: Mapping[str, str], gpus: Sequence[str], slots: Path) -> None:
    """Settle a fresh worker: one thread, a GPU of its own, and no interrupt on Ctrl-C.

    Args:
        environment: of the process that runs the sweep; the fork server may be older than that.
        gpus: what CUDA_VISIBLE_DEVICES is to be, one entry for each worker; or none.
        slots: a folder of locks by which the workers share `gpus` out among them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    os.environ.update(environment)
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    if gpus:
        os.environ["CUDA_VISIBLE_DEVICES"] = _take(gpus, slots)
    _keep_freed_memory()
    if torch := sys.modules.get("torch"):  # imported later, it reads the variables
        torch.set_num_threads(1)


def _keep_freed_memory() -> None:
    """Let glibc keep what is freed: a tenth of a small network's time is pages fetched anew."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library
        return
    for parameter, size in GLIBC_MEMORY.items():
        mallopt(parameter, size)


@cache
def _memory() -> Memory:
    """Of this process, a forked one's own: nothing asks before it is forked."""
    return Memory()


class Memory:
    """Collects what stands in circles, as trainers do with their data, where it has become much.

    Python would do so after a number of new objects, however large they are.

    Args:
        much: how many bytes more than after the last time.
    """

    def __init__(self, much: int = 256 << 20) -> None:
        self.much, self.process, self.kept = much, psutil.Process(), 0

    def let_go(self) -> None:
        """To be called between replicas."""
        if self.process.memory_info().rss < self.kept + self.much:
            return
        gc.collect()
        if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
            trim(0)
        self.kept = self.process.memory_info().rss


_HELD: list[FileLock] = []
"""The lock of this process's GPU; the system frees it when the process ends, however it ends."""


def _take(gpus: Sequence[str], slots: Path) -> str:
    while True:
        for index, gpu in enumerate(gpus):
            lock = FileLock(slots / str(index))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            _HELD.append(lock)
            return gpu
        time.sleep(0.05)
