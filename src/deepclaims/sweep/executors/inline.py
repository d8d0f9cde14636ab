"""The executor that is no other process than this one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from deepclaims.sweep.unit import Batch, Report, RunPolicy
from deepclaims.sweep.worker import run_batch


class InlineExecutor:
    """Runs a batch at once, where it is submitted."""

    slots: int | None = 1
    workers: int | None = 1

    def __init__(self, runs: Path) -> None:
        self._runs = runs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def submit(self, batches: Sequence[Batch], policy: RunPolicy) -> list[Future[list[Report]]]:
        """Run the batches; their futures are done."""
        return [done(batch, self._runs, policy) for batch in batches]

    def has_to_itself(self, batch: Batch) -> bool:
        """Everything has."""
        return False

    def is_lost(self, error: BaseException) -> bool:
        """Nothing gets lost."""
        return False

    def explain(self, error: BaseException) -> str:
        """The error itself."""
        return f"{type(error).__name__}: {error}"


def done(batch: Batch, runs: Path, policy: RunPolicy) -> Future[list[Report]]:
    """Run a batch in this process; an interrupt goes through, an error is the future's."""
    future: Future[list[Report]] = Future()
    try:
        future.set_result(run_batch(batch, runs, policy))
    except Exception as error:
        future.set_exception(error)
    return future
