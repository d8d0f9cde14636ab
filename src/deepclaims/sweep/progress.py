"""What a sweep shows while it runs: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from deepclaims.sweep.worker import Report, Unit

SECONDS_BETWEEN_LINES = 15.0


class Progress:
    """Counts replicas as they end.

    Args:
        title: what is being run.
        total: replicas wanted.
        cached: replicas that were there already.
    """

    def __init__(self, title: str, total: int, cached: int) -> None:
        self.title, self.total, self.cached = title, total, cached
        self.ran = self.failed = 0
        self._started = self._said = time.monotonic()
        self._bar = _bar() if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self.cached < self.total:
            print(f"{self.title}: {self.total} replicas, {self.cached} cached", file=sys.stderr)
        if self._bar and self.cached < self.total:
            self._bar.start()
            self._task = self._bar.add_task(self.title, total=self.total, completed=self.cached)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()
        if self.ran + self.failed:
            self._line()

    def __call__(self, unit: Unit, report: Report) -> None:
        """Take note of a unit that ended."""
        if report.error:
            self.failed += 1
            print(
                f"  failed: {unit.cell.label} · seed {unit.seed}: {report.reason}", file=sys.stderr
            )
        else:
            self.ran += 1
        if self._bar:
            self._bar.update(self._task, completed=self.cached + self.ran + self.failed)
        elif time.monotonic() - self._said > SECONDS_BETWEEN_LINES:
            self._line()

    def _line(self) -> None:
        self._said = time.monotonic()
        elapsed = self._said - self._started
        ended = self.ran + self.failed
        left = self.total - self.cached - ended
        rest = f", about {left * elapsed / ended:.0f} s left" if left and ended else ""
        failed = f", {self.failed} failed" if self.failed else ""
        print(
            f"{self.title}: {self.cached + ended}/{self.total} done "
            f"({self.cached} cached{failed}) in {elapsed:.0f} s{rest}",
            file=sys.stderr,
            flush=True,
        )


def _bar():  # type: ignore[no-untyped-def]  # noqa: ANN202  rich is imported only for a terminal
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
