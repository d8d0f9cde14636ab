"""Runs units in a pool of one-thread processes, and says at the end what failed."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from deepclaims.errors import SweepError
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.worker import PRELOAD, THREAD_VARIABLES, Report, Unit, run_unit, start_worker

Listener = Callable[[Unit, Report], None]


@dataclass
class Tally:
    """What became of the units of a sweep."""

    ran: int = 0
    cached: int = 0
    seconds: float = 0.0
    failed: list[tuple[Unit, Report]] = field(default_factory=list)

    def raise_if_failed(self) -> None:
        """Raise a summary that names every failed cell with its error.

        Raises:
            SweepError: when a unit failed.
        """
        if not self.failed:
            return
        lines = [f"  {unit.cell.label} · seed {unit.seed}: {report.reason}"
                 for unit, report in self.failed]  # fmt: skip
        raise SweepError(
            f"{len(self.failed)} of {self.ran + len(self.failed)} replicas failed; the others are "
            "saved, and the same command runs only what is missing:\n" + "\n".join(lines)
        )


def run_sweep(
    units: Sequence[Unit],
    runs: Path,
    workers: int | None = None,
    listener: Listener | None = None,
) -> Tally:
    """Run what is not finished yet; order of the results does not depend on the order of ending.

    Args:
        units: the replicas to have.
        runs: the run cache.
        workers: processes; as many as there are cores when None; 0 runs them in this process.
        listener: told of every unit as it ends.
    """
    store, tally = RunStore(runs), Tally()
    pending = []
    for unit in _distinct(units):
        if store.has(unit.cell.key, unit.seed):
            tally.cached += 1
        else:
            pending.append(unit)
    if not pending:
        return tally
    for unit, report in _reports(pending, runs, workers):
        if report.error:
            tally.failed.append((unit, report))
        elif report.ran:
            tally.ran += 1
        else:
            tally.cached += 1
        tally.seconds += report.seconds
        if listener:
            listener(unit, report)
    return tally


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _reports(
    pending: Sequence[Unit], runs: Path, workers: int | None
) -> Iterator[tuple[Unit, Report]]:
    if workers == 0:
        for unit in pending:
            yield unit, run_unit(unit, runs)
        return
    count = min(workers or cores(), len(pending))
    with _pool(count) as pool:
        waiting: dict[Future, Unit] = {
            pool.schedule(run_unit, args=[unit, runs]): unit for unit in pending
        }
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                unit = waiting.pop(future)
                yield unit, _report(future, unit, runs)


def _report(future: Future, unit: Unit, runs: Path) -> Report:
    try:
        report: Report = future.result()
    except ProcessExpired as error:
        reason = f"its worker process died (exit code {error.exitcode}); was it out of memory?"
        RunStore(runs).fail(unit.cell, unit.seed, reason)
        return Report(unit.cell.key, unit.seed, 0.0, reason)
    return report


def _distinct(units: Sequence[Unit]) -> list[Unit]:
    return list({(unit.cell.key, unit.seed): unit for unit in units}.values())


@contextmanager
def _pool(count: int) -> Iterator[ProcessPool]:
    """Workers forked from a server that has the heavy libraries imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOAD))
    kept = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    pool = ProcessPool(max_workers=count, initializer=start_worker, context=context)
    try:
        yield pool
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
