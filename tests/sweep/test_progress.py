import io
import sys

import pytest

from deepclaims.sweep import progress as module
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.progress import Progress, _row
from deepclaims.sweep.unit import Report, Unit

UNIT = Unit(Cell({}, "task", {}, axes={"lr": 0.1}), 0, {})


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_it_tells_done_cached_running_failed_rate_and_time_left(clock):
    progress = Progress("train", total=10, cached=2, failed_before=1)
    clock[0] = 4.0
    progress.gauge(2)
    for error, samples in (("", 6000.0), ("", 2000.0), ("ValueError: no", 0.0)):
        progress(UNIT, Report("key", 0, error=error, samples=samples))
    assert progress.words() == [
        "4/10 done", "2 cached", "2 running", "2 failed", "2 000 samples/s", "~5 s left"
    ]  # fmt: skip


def test_where_samples_are_not_known_it_tells_replicas(clock):
    progress = Progress("measure", total=4, cached=0)
    clock[0] = 100.0
    progress(UNIT, Report("key", 0))
    assert progress.words() == [
        "1/4 done",
        "0 cached",
        "0.01 replicas/s",
        "~5 min 00 s left",
    ]


def test_a_few_long_replicas_say_nothing_of_the_time_left(clock):
    progress = Progress("measure", total=100, cached=0)
    clock[0] = 100.0
    for _ in range(4):
        progress(UNIT, Report("key", 0))
    assert not any("left" in words for words in progress.words())
    progress(UNIT, Report("key", 0))
    assert progress.words()[-1] == "~31 min 40 s left"


def test_without_a_terminal_it_is_a_line_now_and_then(clock, capsys):
    with Progress("train", total=40, cached=0) as progress:
        for second in range(40):
            clock[0] = float(second)
            progress(UNIT, Report("key", 0))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "train: 40 replicas, 0 cached"
    assert len(lines) == 4
    assert lines[-1].startswith("train: 40/40 done")


def test_before_the_first_replica_ends_it_says_that_they_run(clock, capsys):
    with Progress("train", total=2, cached=0) as progress:
        for second in (5.0, 10.0, 16.0, 20.0):
            clock[0] = second
            progress.gauge(2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1:] == ["train: 0/2 done, 0 cached, 2 running (after 16 s)"]


def test_a_failure_is_told_at_once(capsys):
    with Progress("train", total=2, cached=0) as progress:
        progress(UNIT, Report("key", 0, error="Traceback\nValueError: no"))
        assert "failed: lr=0.1 · seed 0: ValueError: no" in capsys.readouterr().err


def test_nothing_is_said_where_nothing_is_to_be_done(capsys):
    with Progress("train", total=3, cached=2, failed_before=1):
        pass
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_it_is_one_live_line(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress("train", total=2, cached=0) as progress:
        assert progress._live is not None
        progress(UNIT, Report("key", 0, samples=10.0))
        progress(UNIT, Report("key", 1, error="ValueError: no"))
    said = terminal.getvalue()
    assert "failed: lr=0.1" in said
    assert "train: 1/2 done" in said


def test_the_live_line_fits_a_terminal():
    from rich.console import Console

    progress = Progress("train", total=200, cached=0)
    progress.samples, progress.ran = 1e9, 160
    progress.gauge(2)
    console = Console(width=100, file=io.StringIO())
    console.print(_row(progress))
    assert len(console.file.getvalue().splitlines()) == 1
