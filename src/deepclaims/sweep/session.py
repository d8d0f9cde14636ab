"""A sweep from its first line to its last: run what is missing, show it, log it to MLflow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from deepclaims.project import Project
from deepclaims.sweep.executor import Sweep, Tally
from deepclaims.sweep.logbook import Logbook, LogEntry
from deepclaims.sweep.options import LocalOptions, Options
from deepclaims.sweep.progress import Progress, counted
from deepclaims.sweep.unit import Report, Unit
from deepclaims.tracking.settings import Tracking


@dataclass(frozen=True)
class Session:
    """What became of a sweep: its tally, and the logbook that knows every entry's run."""

    tally: Tally
    logbook: Logbook


def run_session(
    title: str,
    units: Sequence[Unit],
    entries: Sequence[LogEntry],
    project: Project,
    options: Options,
    tracking: Tracking | None = None,
) -> Session:
    """Run the units that are neither finished nor recorded as failed, and log every entry.

    Args:
        title: what the progress is headed with.
        units: the replicas to have.
        entries: the cells to have in MLflow.
        project: whose run cache and MLflow store.
        options: which executor, and how.
        tracking: how the runs are tracked; as without a `tracking` group if None.

    Raises:
        ConfigError: when the executor cannot be had here.
        StorageError: when the run cache or the MLflow store cannot be written.
    """
    sweep = Sweep(units, project.runs, options)
    if not sweep.pending:
        print(f"{title}: {_nothing_to_do(sweep)}", file=sys.stderr)
    beside = not (isinstance(options, LocalOptions) and options.workers == 0)
    with (
        Logbook(
            project.mlflow, project.runs, entries, sweep.pending, beside=beside, tracking=tracking
        ) as logbook,
        Progress(title, len(sweep.distinct), sweep.cached, len(sweep.failed_before)) as progress,
    ):

        def listen(unit: Unit, report: Report) -> None:
            progress(unit, report)
            logbook(unit, report)

        tally = sweep.run(listen, progress.gauge)
    return Session(tally, logbook)


def _nothing_to_do(sweep: Sweep) -> str:
    cached = f"{counted(sweep.cached, 'replica')} {'is' if sweep.cached == 1 else 'are'} cached"
    if sweep.failed_before:
        return f"{cached}, {len(sweep.failed_before)} failed earlier"
    return cached if sweep.cached == 1 else f"all {cached}"
