import os
import signal
import subprocess
import sys
import time

import pytest

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executors import local
from deepclaims.sweep.executors.local import LocalExecutor
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.unit import RunPolicy, Unit


def unit(seed, **trainer):
    return Unit(Cell({"trainer": trainer}, "deepclaims.training.task:train", {}), seed, {})


@pytest.mark.parametrize(
    ("visible", "workers", "per_gpu", "gpus"),
    [
        ("0,1", None, 1, ("0", "1")),
        ("2,3", None, 2, ("2", "3", "2", "3")),
        ("0,1", 3, 1, ("0", "1", "0", "1")),  # more workers than GPUs: some share one
    ],
)
def test_a_worker_for_each_gpu(tmp_path, monkeypatch, visible, workers, per_gpu, gpus):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    pending = [unit(seed, accelerator="gpu") for seed in range(9)]
    executor = LocalExecutor(LocalOptions(workers, workers_per_gpu=per_gpu), tmp_path, pending)
    assert executor._gpus == gpus
    assert executor.workers == (workers or len(gpus))


def test_gpus_are_left_alone_where_no_cell_trains_on_one(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "_gpus", lambda _: pytest.fail("looked for GPUs"))
    assert LocalExecutor(LocalOptions(), tmp_path, [unit(0)]).workers == 1


def test_a_pool_that_broke_is_replaced(toy, tmp_path):
    cell = Cell({"x": 1}, f"{toy}:double", {})
    with LocalExecutor(LocalOptions(1), tmp_path, [Unit(cell, 0, {})]) as executor:
        (first,) = executor.submit([[Unit(cell, 0, {})]], RunPolicy())
        assert first.result()[0].ran
        executor._pool.stop()
        (second,) = executor.submit([[Unit(cell, 1, {})]], RunPolicy())
        assert second.result()[0].ran


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_waits_until_all_workers_are_known(toy, tmp_path, monkeypatch, number):
    class Asked(BaseException):
        """As the command line raises for either signal."""

    def ask(number, frame):
        raise Asked

    started = []

    def schedule(pool, function, args):
        signal.raise_signal(number)  # between the start of a worker and taking note of it
        started.append(pool)

    monkeypatch.setattr(local.ProcessPool, "schedule", schedule)
    kept = signal.signal(number, ask)
    try:
        one = Unit(Cell({"x": 1}, f"{toy}:double", {}), 0, {})
        with pytest.raises(Asked), LocalExecutor(LocalOptions(1), tmp_path, [one]) as executor:
            executor.submit([[one]], RunPolicy())
        assert len(started) == 1
        assert signal.getsignal(number) is ask
    finally:
        signal.signal(number, kept)


SLOW_TO_START = """
import signal, time


class Gpu:
    def __reduce__(self):  # what a worker does as it reads this
        return deaf_for_a_second, ()


def deaf_for_a_second():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1)
    return "0"
"""
ENDED_WHILE_STARTING = """
from pathlib import Path
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executors.local import LocalExecutor
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.unit import RunPolicy, Unit
from slow_to_start import Gpu

units = [Unit(Cell({"x": 1}, "json:dumps", {}), seed, {}) for seed in range(4)]
try:
    with LocalExecutor(LocalOptions(2), Path("runs"), units) as executor:
        executor._gpus = (Gpu(), Gpu())
        executor.submit([[unit] for unit in units], RunPolicy())
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("ended")
"""


def test_workers_that_are_still_starting_end_without_a_word(tmp_path):
    (tmp_path / "slow_to_start.py").write_text(SLOW_TO_START)
    done = subprocess.run(
        [sys.executable, "-c", ENDED_WHILE_STARTING],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("ended\n", "", 0)


@pytest.mark.slow
def test_an_interrupt_ends_it_in_one_line_and_what_is_finished_stays(project):
    endless = 10**9  # steps: only the interrupt can end it
    process = _train(f"fit.steps=20,{endless}")
    try:
        while not _finished(project) and process.poll() is None:
            time.sleep(0.05)
        assert process.poll() is None, f"it ended by itself: {process.communicate()[1]}"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
        said = process.communicate(timeout=120)[1]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1].startswith("deepclaims train: interrupted; what is")
    assert len(_finished(project)) == 1
    assert "1 replica is cached" in _train("fit.steps=20").communicate(timeout=300)[1]


def _train(steps):
    command = [sys.executable, "-m", "deepclaims.cli", "train", "-m", "data=function",
               "model.depth=1", "model.width=4", "executor.workers=2", "executor.stack=never",
               steps]  # fmt: skip
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=_listening
    )


def _listening():
    # Where the tests themselves are run in the background, the shell has them ignore interrupts,
    # and so would all that they start.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _finished(project):
    return list(project.runs.glob("*/[0-9]*/done.json"))
