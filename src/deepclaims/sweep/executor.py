"""Runs what a sweep still lacks, on whichever executor, and says at the end what failed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deepclaims.environment import cores
from deepclaims.errors import StorageError, SweepError
from deepclaims.sweep.executors import Executor, open_executor
from deepclaims.sweep.fingerprint import symbol_hashes
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.sweep.plan import plan
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import (
    Batch,
    Report,
    RunPolicy,
    Unit,
    WithdrawnError,
    last_line,
    named,
    settled,
)

Listener = Callable[[Unit, Report], None]
"""Told of every unit as it ends."""
Gauge = Callable[[int], None]
"""Told how many units are running, whenever that changes and every so often."""
SECONDS_BETWEEN_GAUGES = 5.0
ATTEMPTS = 3
"""How often a batch is submitted that its executor lost before it began."""


@dataclass
class Tally:
    """What became of the units of a sweep."""

    ran: int = 0
    cached: int = 0
    seconds: float = 0.0
    failed: list[tuple[Unit, str]] = field(default_factory=list)
    failed_before: list[tuple[Unit, str]] = field(default_factory=list)

    def raise_if_failed(self) -> None:
        """Raise a summary that names every failed replica and its error, and says how to retry.

        Raises:
            SweepError: when a unit failed, now or in an earlier sweep.
        """
        now, before = len(self.failed), len(self.failed_before)
        if not now + before:
            return
        total = self.ran + self.cached + now + before
        said = f"{now} of {total} replicas failed" if now else ""
        if before:
            said += f"{', ' if now else ''}{before} of {total} failed in an earlier run and "
            said += "were not run again" if before > 1 else "was not run again"
        alike: dict[tuple[str, str], list[int]] = {}
        for unit, error in [*self.failed, *self.failed_before]:
            reason = unit.cell.label or unit.cell.key, last_line(error)
            alike.setdefault(reason, []).append(unit.seed)
        lines = [
            f"  {label} · {named(seeds)}: {reason}" for (label, reason), seeds in alike.items()
        ]
        others = "; the others are saved" if self.ran + self.cached else ""
        raise SweepError(
            f"{said}{others}. What the config or the data cause is mended there; after what the "
            "machine caused, the same command with --retry-failed runs them again. "
            "`deepclaims runs state=failed` has the tracebacks:\n" + "\n".join(lines)
        )


@dataclass(frozen=True)
class Sweep:
    """The units wanted, sorted by what the run cache knows of them.

    Args:
        units: the replicas to have; the same one twice counts once.
        runs: the run cache.
        options: which executor, and how.
    """

    units: Sequence[Unit]
    runs: Path
    options: Options

    @cached_property
    def distinct(self) -> list[Unit]:
        """The units, each once."""
        return list({(unit.cell.key, unit.seed): unit for unit in self.units}.values())

    @cached_property
    def missing(self) -> list[Unit]:
        """The units that are not finished, or whose network is wanted and was not kept."""
        store = RunStore(self.runs)
        return [unit for unit in self.distinct if not settled(unit, store)]

    @cached_property
    def failed_before(self) -> list[tuple[Unit, str]]:
        """The units that are recorded as failed and not to be run again, with their tracebacks."""
        if self.options.retry_failed:
            return []
        store = RunStore(self.runs)
        found = [(unit, store.failure(unit.cell.key, unit.seed)) for unit in self.missing]
        return [(unit, error) for unit, error in found if error]

    @cached_property
    def pending(self) -> list[Unit]:
        """The units to run."""
        settled = {(unit.cell.key, unit.seed) for unit, _ in self.failed_before}
        return [unit for unit in self.missing if (unit.cell.key, unit.seed) not in settled]

    @property
    def cached(self) -> int:
        """How many units are finished already."""
        return len(self.distinct) - len(self.missing)

    def run(self, listener: Listener | None = None, gauge: Gauge | None = None) -> Tally:
        """Run what is pending.

        Raises:
            ConfigError: when the executor cannot be had here.
            StorageError: when the run cache cannot be written.
        """
        tally = Tally(cached=self.cached, failed_before=list(self.failed_before))
        if not self.pending:
            return tally
        self._keep_code()
        with open_executor(self.options, self.runs, self.pending) as executor:
            for unit, report in _run(self, executor, gauge):
                if report.error and report.ran:
                    tally.failed.append((unit, report.error))
                elif report.error:  # another sweep had it in hand, and it failed there
                    tally.failed_before.append((unit, report.error))
                elif report.ran:
                    tally.ran += 1
                else:
                    tally.cached += 1
                tally.seconds += report.seconds
                if listener:
                    listener(unit, report)
        return tally

    def _keep_code(self) -> None:
        store = RunStore(self.runs)
        cells = {unit.cell.key_parts["code"]: unit.cell for unit in self.pending}
        for code, cell in cells.items():
            store.keep_code(code, symbol_hashes(cell.entries, cell.key_parts["config"]))


def run_sweep(
    units: Sequence[Unit],
    runs: Path,
    options: Options | None = None,
    listener: Listener | None = None,
) -> Tally:
    """Run what is not finished of `units`; see `Sweep`."""
    return Sweep(units, runs, options or LocalOptions()).run(listener)


def _run(sweep: Sweep, executor: Executor, gauge: Gauge | None) -> Iterator[tuple[Unit, Report]]:
    """Keep the executor busy until every unit has been reported.

    What another process has in hand is put aside; a worker waits for it only when nothing else is
    left to do.
    """
    policy = RunPolicy(wait=False, retry=sweep.options.retry_failed)
    fresh: deque[Batch] = deque(plan(sweep.pending, executor.workers or cores()))
    aside: deque[Batch] = deque()
    flying: dict[Future[list[Report]], Batch] = {}
    attempts: Counter[int] = Counter()
    while fresh or aside or flying:
        for queue, own in ((fresh, policy), (aside, RunPolicy(True, policy.retry))):
            if queue is aside and fresh:
                break
            batches = _next(queue, executor, len(flying))
            flying.update(zip(executor.submit(batches, own), batches, strict=True))
        if gauge:
            gauge(min(len(flying), executor.workers or len(flying)))
        ended, _ = wait(flying, SECONDS_BETWEEN_GAUGES if gauge else None, FIRST_COMPLETED)
        for future in ended:
            batch = flying.pop(future)
            if _is_lost(future, executor) and attempts[id(batch)] < ATTEMPTS:
                attempts[id(batch)] += 1
                fresh.append(batch)
                continue
            withdrawn = isinstance(future.exception(), WithdrawnError)
            if future.exception() is not None and len(batch) > 1 and not withdrawn:
                # Nobody knows which of them it was: each is tried for itself.
                fresh.extend([unit] for unit in batch)
                continue
            for unit, report in zip(batch, _reports(future, batch, sweep, executor), strict=True):
                if report.busy:
                    aside.append([unit])
                else:
                    yield unit, report


def _next(queue: deque[Batch], executor: Executor, flying: int) -> list[Batch]:
    """The batches to submit now, taken from the queue."""
    taken: list[Batch] = []
    while queue and (executor.slots is None or flying + len(taken) < executor.slots):
        if executor.has_to_itself(queue[0]):
            if not flying + len(taken):
                taken.append(queue.popleft())
            break
        taken.append(queue.popleft())
    return taken


def _is_lost(future: Future[list[Report]], executor: Executor) -> bool:
    error = future.exception()
    return error is not None and executor.is_lost(error)


def _reports(
    future: Future[list[Report]], batch: Batch, sweep: Sweep, executor: Executor
) -> list[Report]:
    error = future.exception()
    if error is None:
        return future.result()
    store, reason = RunStore(sweep.runs), executor.explain(error)
    if isinstance(error, WithdrawnError):
        return [_report_of_the_withdrawn(unit, store, reason) for unit in batch]
    return [_report_of_the_dead(unit, store, reason) for unit in batch]


def _report_of_the_withdrawn(unit: Unit, store: RunStore, reason: str) -> Report:
    has = store.has(unit.cell.key, unit.seed)
    return Report(unit.cell.key, unit.seed, error="" if has else reason)


def _report_of_the_dead(unit: Unit, store: RunStore, reason: str) -> Report:
    """What is known of a unit whose worker died: it may have been finished before that."""
    if store.has(unit.cell.key, unit.seed):
        return Report(unit.cell.key, unit.seed)
    try:
        store.fail(unit.cell, unit.seed, reason)
    except StorageError as error:
        reason = f"{reason}\n{error}"
    return Report(unit.cell.key, unit.seed, error=reason)
