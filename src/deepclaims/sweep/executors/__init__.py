"""Where units are run: in this process, in a pool of this machine, on Ray, on Slurm.

Every executor takes the same units, runs the same function on them and gives the same reports, so
a result does not depend on which one it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from deepclaims.sweep.options import LocalOptions, Options, RayOptions, SlurmOptions
from deepclaims.sweep.unit import Batch, Report, RunPolicy, Unit


class Executor(Protocol):
    """Runs batches somewhere. It is open inside a `with`, and leaving that by an error kills all.

    Attributes:
        slots: how many batches it will take at a time; None for any number.
        workers: how many of them run at once, as far as is known.
    """

    slots: int | None
    workers: int | None

    def submit(self, batches: Sequence[Batch], policy: RunPolicy) -> list[Future[list[Report]]]:
        """Start some batches, each with a future of its reports."""
        ...

    def has_to_itself(self, batch: Batch) -> bool:
        """Whether a batch is to be submitted only when nothing else is running."""
        ...

    def is_lost(self, error: BaseException) -> bool:
        """Whether `error` says that a batch was never begun and is to be submitted again."""
        ...

    def explain(self, error: BaseException) -> str:
        """What happened to a batch whose future ended with `error`."""
        ...


def open_executor(
    options: Options, runs: Path, pending: Sequence[Unit]
) -> AbstractContextManager[Executor]:
    """The executor that `options` name, for the units that are pending.

    Raises:
        ConfigError: when it cannot be had here; says what is missing.
    """
    if isinstance(options, RayOptions):
        from deepclaims.sweep.executors.ray import RayExecutor

        return RayExecutor(options, runs)
    if isinstance(options, SlurmOptions):
        from deepclaims.sweep.executors.slurm import SlurmExecutor

        return SlurmExecutor(options, runs)
    if options.workers == 0:
        from deepclaims.sweep.executors.inline import InlineExecutor

        return InlineExecutor(runs)
    from deepclaims.sweep.executors.local import LocalExecutor

    assert isinstance(options, LocalOptions)
    return LocalExecutor(options, runs, pending)
