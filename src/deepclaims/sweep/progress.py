"""What a sweep shows while it runs: one live line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from deepclaims.sweep.unit import Report, Unit

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

SECONDS_BETWEEN_LINES = 15.0
TELLING = 0.05
"""Share of the replicas that must have ended before they say anything of the others."""


def counted(number: int, noun: str) -> str:
    """`1 replica`, `2 replicas`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """Counts replicas as they end.

    Args:
        title: what is being run.
        total: replicas wanted.
        cached: replicas that were there already.
        failed_before: replicas recorded as failed, which are not run.
    """

    def __init__(self, title: str, total: int, cached: int, failed_before: int = 0) -> None:
        self.title, self.total, self.cached = title, total, cached
        self.failed_before = failed_before
        self.ran = self.failed = self.running = 0
        self.samples = 0.0
        self._started = self._said = time.monotonic()
        self._live: Live | None = None

    @property
    def done(self) -> int:
        """How many replicas are finished."""
        return self.cached + self.ran

    @property
    def left(self) -> int:
        """How many replicas are still to be run."""
        return self.total - self.done - self.failed - self.failed_before

    def __enter__(self) -> Self:
        if self.left:
            print(
                f"{self.title}: {counted(self.total, 'replica')}, {self.cached} cached",
                file=sys.stderr,
            )
            if sys.stderr.isatty():
                self._live = _live(self)
                self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.running = 0
        if self._live:
            self._live.stop()
        if self.ran + self.failed:
            self._line()

    def gauge(self, running: int) -> None:
        """Take note of how many replicas are running, and say so where none has ended for long."""
        self.running = running
        self._line_now_and_then()

    def __call__(self, unit: Unit, report: Report) -> None:
        """Take note of a unit that ended."""
        if report.error:
            self.failed += 1
            self._say(f"  failed: {unit.cell.label} · seed {unit.seed}: {report.reason}")
        else:
            self.ran += 1
            self.samples += report.samples
        self._line_now_and_then()

    def words(self) -> list[str]:
        """How far it is, in a few words each: done, cached, running, failed, rate, time left."""
        elapsed = time.monotonic() - self._started
        said = [f"{self.done}/{self.total} done", f"{self.cached} cached"]
        if self.running:
            said.append(f"{self.running} running")
        if self.failed + self.failed_before:
            said.append(f"{self.failed + self.failed_before} failed")
        if self.samples:
            said.append(f"{_rounded(self.samples / elapsed)} samples/s")
        elif self.ran and elapsed:
            said.append(f"{_rounded(self.ran / elapsed)} replicas/s")
        ended = self.ran + self.failed
        if self.left and ended >= TELLING * (ended + self.left):
            # By the mean so far: too long at first, since the longest batches go first, and too
            # short at the end, where replicas run one by one.
            said.append(f"~{_duration(self.left * elapsed / ended)} left")
        return said

    def _line_now_and_then(self) -> None:
        waited = time.monotonic() - self._said
        if self._live is None and self.left and waited > SECONDS_BETWEEN_LINES:
            self._line()

    def _line(self) -> None:
        self._said = time.monotonic()
        elapsed = _duration(self._said - self._started)
        said = ", ".join(self.words())
        print(f"{self.title}: {said} (after {elapsed})", file=sys.stderr, flush=True)

    def _say(self, line: str) -> None:
        if self._live:
            self._live.console.print(line, markup=False, highlight=False)
        else:
            print(line, file=sys.stderr)


def _rounded(rate: float) -> str:
    return f"{rate:,.0f}".replace(",", " ") if rate >= 10 else f"{rate:.2g}"


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def _live(progress: Progress) -> Live:
    """The live line: rich is imported only for a terminal."""
    from rich.console import Console
    from rich.live import Live

    return Live(
        get_renderable=lambda: _row(progress),
        console=Console(stderr=True),
        refresh_per_second=4,
        transient=True,
    )


def _row(progress: Progress) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    ended = progress.total - progress.left
    bar = ProgressBar(total=max(progress.total, 1), completed=ended, width=12)
    row.add_row(progress.title, bar, " · ".join(progress.words()))
    return row
