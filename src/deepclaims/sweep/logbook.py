"""Logs each cell to MLflow as soon as its replicas are settled, while the others still run.

MLflow takes seconds to import and 10 ms for a run. So it is not imported where everything is logged
already, and otherwise works in a thread beside the sweep, from its beginning: it is ready when the
first replicas are. Where this very process trains, the thread waits for the sweep's end: of two
threads that import at once one may find a module half imported (once it was `KeyError: 'scipy'`).
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Report, Unit
from deepclaims.tracking.index import Index, Logged, artifacts
from deepclaims.tracking.outbox import outbox_of
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.settings import Tracking
from deepclaims.tracking.store import Tracker, identified
from deepclaims.tracking.tags import set_tags

AGAIN_SECONDS = 20.0
"""So long a server that was away is not asked again during a sweep; at its end it is."""
INTERRUPTED_SECONDS = 1.0
"""So long it is waited for after Ctrl-C: what is cut off then is logged by the next sweep."""
MANY = 20
"""So many runs take MLflow long enough for a user to wonder."""


@dataclass(frozen=True)
class Parent:
    """The run below which a cell's run stands: that of its claim."""

    identity: str
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LogEntry:
    """A cell to log.

    Args:
        cell: the cell.
        experiment: the MLflow experiment.
        identity: what makes its run this run and no other.
        seeds: the replicas that belong in it, as far as they are finished; None for all there are.
        parent: the run it stands below, if any.
    """

    cell: Cell
    experiment: str
    identity: str
    seeds: tuple[int, ...] | None = None
    parent: Parent | None = None


class Logbook:
    """Keeps the MLflow store up with the run cache.

    Args:
        folder: the MLflow store.
        runs: the run cache.
        entries: the cells to log.
        pending: the replicas that will be reported; a cell is logged after the last of its own.
        beside: whether to log while the sweep runs, or at its end.
        tracking: which experiment, tags and server they get; as without a `tracking` group if None.
    """

    def __init__(
        self,
        folder: Path,
        runs: Path,
        entries: Sequence[LogEntry],
        pending: Sequence[Unit],
        *,
        beside: bool = True,
        tracking: Tracking | None = None,
    ) -> None:
        self._beside = beside
        self._folder, self._store = folder, RunStore(runs)
        self._tracking = tracking or Tracking()
        self._outbox = outbox_of(folder, self._tracking.server)
        if named := self._tracking.experiment:
            entries = [replace(entry, experiment=named) for entry in entries]
        self._entries: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in {(entry.experiment, entry.identity): entry for entry in entries}.values():
            self._entries[entry.cell.key].append(entry)
        self._awaited: dict[str, set[int]] = defaultdict(set)
        for unit in pending:
            self._awaited[unit.cell.key].add(unit.seed)
        self._known = {name: Index(folder, name).runs() for name in {p.experiment for p in entries}}
        self._parents: dict[tuple[str, str], str] = {}
        self._trackers: dict[str, Tracker] = {}
        self._queue: queue.SimpleQueue[LogEntry | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._error: BaseException | None = None
        self._patient_until = 0.0

    def __enter__(self) -> Self:
        for key in self._entries:
            if not self._awaited[key]:
                self._settled(key)
        if self._beside and any(self._awaited[key] for key in self._entries):
            self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped = error is not None
        if not self._stopped and not self._queue.empty():
            self._start()
        if not self._stopped and self._outbox and self._outbox.waiting():
            self._start()
        if self._thread is not None:
            self._queue.put(None)
            if not self._stopped and self._queue.qsize() > MANY:
                print(f"logging {self._queue.qsize()} more runs to MLflow", file=sys.stderr)
            try:
                interrupted = isinstance(error, KeyboardInterrupt)
                self._thread.join(INTERRUPTED_SECONDS if interrupted else None)
            except BaseException:
                self._stopped = True
                raise
        if error is None and self._error is not None:
            raise self._error
        if error is None:
            self._tag()

    def __call__(self, unit: Unit, report: Report) -> None:
        """Take note of a unit that ended."""
        awaited = self._awaited[unit.cell.key]
        if unit.seed in awaited:
            awaited.remove(unit.seed)
            if not awaited:
                self._settled(unit.cell.key)

    def run(self, entry: LogEntry) -> Logged | None:
        """The run of a entry, after the sweep; None if none of its replicas is finished."""
        return self._known.get(self.experiment(entry), {}).get(entry.identity)

    def experiment(self, entry: LogEntry) -> str:
        """The experiment that a entry is logged to."""
        return self._tracking.experiment or entry.experiment

    def parent(self, entry: LogEntry) -> str:
        """The id of the run that a entry stands below, or ""."""
        if entry.parent is None:
            return ""
        known = self._known.get(self.experiment(entry), {}).get(entry.parent.identity)
        made = self._parents.get((self.experiment(entry), entry.parent.identity), "")
        return known.run_id if known else made

    def _settled(self, key: str) -> None:
        for entry in self._entries.get(key, ()):
            known = self._known[entry.experiment].get(entry.identity)
            wanted = self._store.held(entry.cell.key, self._seeds(entry))
            logged = known is not None and known.finished and known.holds == wanted
            sent = self._outbox is None or (
                known is not None and self._outbox.has(known.run_id, wanted)
            )
            if wanted and not (logged and sent):
                self._put(entry)

    def _put(self, entry: LogEntry) -> None:
        if self._beside:
            self._start()
        self._queue.put(entry)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="logbook", daemon=True)
            self._thread.start()

    def _write(self) -> None:
        try:
            self._tracker(next(iter(self._known)))
            while (entry := self._queue.get()) is not None and not self._stopped:
                self._log(entry)
            if self._outbox and not self._stopped:
                self._outbox.send()
        except BaseException as error:  # raised where the sweep ends, in its own thread
            self._error = error

    def _log(self, entry: LogEntry) -> None:
        from deepclaims.sweep.table import tracked

        tracker = self._tracker(entry.experiment)
        seeds = self._seeds(entry)
        replicas = [self._store.load(entry.cell.key, seed) for seed in seeds]
        run = tracked(entry.cell, replicas, entry.identity)
        run = replace(run, outcomes=self._store.held(entry.cell.key, seeds))
        run = replace(run, tags={**run.tags, **self._tracking.more_tags})
        parent = self._parent(entry, tracker, run) if entry.parent else None
        run_id = tracker.log(run, parent)
        logged = tracker.index.find(entry.identity)
        assert logged is not None
        self._known[entry.experiment][entry.identity] = logged
        self._send(run_id, entry.experiment, identified(run, parent))

    def _parent(self, entry: LogEntry, tracker: Tracker, child: TrackedRun) -> str:
        assert entry.parent is not None
        where = (entry.experiment, entry.parent.identity)
        if where not in self._parents:
            about = entry.parent
            tags = {**about.tags, **self._tracking.more_tags}
            run = TrackedRun(
                about.identity, about.name, {}, {}, (), tags=tags, start=child.start, end=child.end
            )
            self._parents[where] = tracker.parent(run)
            self._send(self._parents[where], entry.experiment, identified(run))
        return self._parents[where]

    def _send(self, run_id: str, experiment: str, run: TrackedRun) -> None:
        """Keep a run for the server, and send what is kept, unless it was just found away."""
        if self._outbox is None:
            return
        place = artifacts(self._folder, experiment, run_id)
        self._outbox.put_run(run_id, experiment, run, place)
        if time.monotonic() >= self._patient_until and self._outbox.send():
            self._patient_until = time.monotonic() + AGAIN_SECONDS

    def _tag(self) -> None:
        """Give the further tags to runs that were there before."""
        if not (tags := self._tracking.more_tags):
            return
        runs = [run for entries in self._entries.values() for entry in entries
                if (run := self.run(entry)) is not None]  # fmt: skip
        set_tags(self._folder, {run.run_id: tags for run in runs})

    def _tracker(self, experiment: str) -> Tracker:
        if experiment not in self._trackers:
            self._trackers[experiment] = Tracker(self._folder, experiment)
        return self._trackers[experiment]

    def _seeds(self, entry: LogEntry) -> list[int]:
        finished = self._store.seeds(entry.cell.key)
        return finished if entry.seeds is None else [s for s in finished if s in entry.seeds]
