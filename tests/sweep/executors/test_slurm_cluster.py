"""On a real Slurm: whatever happens to jobs, the table is in the end the one of this process.

`.ci/services slurm` starts one on this machine: partitions `gpu` and `urgent`, which pre-empts it,
no accounting.
"""

import getpass
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from deepclaims.project import Project
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.compose import Composer
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.executors import slurm
from deepclaims.sweep.options import LocalOptions, SlurmOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.training_sweep import TrainingSweep
from deepclaims.sweep.unit import Unit

pytest.importorskip("submitit", reason="needs submitit: pip install 'deepclaims[slurm]'")
pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def says(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


@pytest.fixture(autouse=True)
def cluster(monkeypatch, tmp_path):
    if shutil.which("sinfo") is None or not says("sinfo", "-h", "-o", "%t"):
        pytest.skip("needs a Slurm here: .ci/services slurm")
    turn = FileLock(Path(tempfile.gettempdir()) / "deepclaims-slurm.lock")
    turn.acquire()  # of all of xdist's workers: there is one cluster
    says("scancel", "--user", getpass.getuser())
    until(lambda: not queue())
    monkeypatch.setitem(slurm.POLL_SECONDS, "slurm", 1.0)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    yield
    host = says("hostname", "-s")
    says("scontrol", "update", f"NodeName={host}", "State=RESUME")
    turn.release()


def queue(states="all"):
    rows = says("squeue", "-h", "-r", "-t", states, "-o", "%i %T").splitlines()
    return [
        row.split() for row in rows if states != "all" or row.split()[1] in ("PENDING", "RUNNING")
    ]


def held():
    """Jobs that are back in the queue, and may not begin yet."""
    rows = says("squeue", "-h", "-r", "-t", "PENDING", "-o", "%i %r").splitlines()
    return [job for job, reason in map(str.split, rows) if reason == "BeginTime"]


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, says("squeue", "-r", "-t", "all")
        time.sleep(0.3)


def options(**more):
    own = {"partition": "gpu", "memory_gb": 0.3, "minutes": 5, **more}
    return SlurmOptions(**own)


class Going:
    """A sweep that goes on in a thread."""

    def __init__(self, wanted, runs, settings):
        self.tally = None
        self._thread = threading.Thread(target=self._run, args=(wanted, runs, settings))
        self._thread.start()

    def _run(self, *words):
        self.tally = run_sweep(*words)

    def end(self, seconds=240):
        self._thread.join(seconds)
        assert not self._thread.is_alive(), says("squeue", "-r", "-t", "all")
        return self.tally


def slow(toy, seconds, seeds):
    cell = Cell({"seconds": seconds}, f"{toy}:slow", {})
    return [Unit(cell, seed, {}) for seed in seeds]


def table(wanted, runs):
    return {unit.seed: RunStore(runs).metrics(unit.cell.key, unit.seed) for unit in wanted}


def as_here(wanted):
    return {unit.seed: {"y": float(unit.seed)} for unit in wanted}


def test_an_array_gives_what_this_process_gives(toy, tmp_path):
    cell = Cell({"x": 0.1}, f"{toy}:double", {})
    wanted = [Unit(cell, seed, {}) for seed in range(6)]
    tally = run_sweep(wanted, tmp_path / "slurm", options(units_per_job=2))
    assert (tally.ran, tally.failed) == (6, [])
    run_sweep(wanted, tmp_path / "here", LocalOptions(workers=0))
    for seed in range(6):
        ours, theirs = (tmp_path / each / cell.key / str(seed) / "outcome.json"
                        for each in ("slurm", "here"))  # fmt: skip
        assert ours.read_bytes() == theirs.read_bytes()


def test_what_is_cancelled_is_not_waited_for_and_the_same_command_runs_it(toy, tmp_path):
    wanted = slow(toy, 20, range(2))
    going = Going(wanted, tmp_path, options())
    until(lambda: len(queue("R")) == 2)
    cancelled = queue("R")[0][0]
    says("scancel", cancelled)
    tally = going.end()
    ((_, error),) = tally.failed
    assert f"job {cancelled} ended without a result: CANCELLED" in error
    assert RunStore(tmp_path).failures(wanted[0].cell.key) == []
    tally = run_sweep(wanted, tmp_path, options())
    assert (tally.ran, tally.cached, tally.failed) == (1, 1, [])
    assert table(wanted, tmp_path) == as_here(wanted)


def test_what_is_preempted_goes_back_to_the_queue(toy, tmp_path):
    wanted = slow(toy, 15, range(2))
    going = Going(wanted, tmp_path, options())
    until(lambda: len(queue("R")) == 2)
    says("sbatch", "-p", "urgent", "--exclusive", "--wrap", "sleep 5", "-o", "/dev/null")
    until(lambda: len(held()) == 2)
    for job in held():  # by Slurm, two minutes long, before it is started again
        says("scontrol", "update", f"JobId={job}", "StartTime=now")
    tally = going.end(400)
    assert tally.failed == []
    assert table(wanted, tmp_path) == as_here(wanted)


def test_what_was_on_a_node_that_goes_down_is_run_again(toy, tmp_path):
    wanted = slow(toy, 15, range(2))
    going = Going(
        wanted, tmp_path, options(more={"slurm_additional_parameters": {"no_requeue": True}})
    )
    until(lambda: len(queue("R")) == 2)
    node = f"NodeName={says('hostname', '-s')}"
    says("scontrol", "update", node, "State=DOWN", "Reason=test")
    until(lambda: not queue("R"))
    says("scontrol", "update", node, "State=RESUME")
    tally = going.end()
    assert tally.failed == []
    assert table(wanted, tmp_path) == as_here(wanted)


def test_at_its_time_limit_a_replica_fails_alone(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(slurm, "AGAIN", 0)
    endless, short = slow(toy, 3600, [7]), slow(toy, 1, [0, 1])
    more = {"slurm_signal_delay_s": 5}
    tally = run_sweep([*endless, *short], tmp_path, options(minutes=1, units_per_job=3, more=more))
    ((unit, error),) = tally.failed
    assert unit.seed == 7
    assert "timed-out too many times" in error or "TIMEOUT" in error
    assert table(short, tmp_path) == as_here(short)
    assert RunStore(tmp_path).failures(unit.cell.key) == [7]


def test_a_launcher_that_is_killed_goes_on_where_it_was(toy, tmp_path):
    wanted, runs = slow(toy, 12, range(3)), tmp_path / "runs"
    code = (
        "from deepclaims.sweep.executor import run_sweep\n"
        "from deepclaims.sweep.executors import slurm\n"
        "from deepclaims.sweep.options import SlurmOptions\n"
        "from deepclaims.sweep.cell import Cell\n"
        "from deepclaims.sweep.unit import Unit\n"
        "from pathlib import Path\n"
        f"cell = Cell({{'seconds': 12}}, '{toy}:slow', {{}})\n"
        f"run_sweep([Unit(cell, seed, {{}}) for seed in range(3)], Path('{runs}'), {options()!r})"
    )
    launcher = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: len(queue("R")) == 2)
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    tally = run_sweep(wanted, runs, options())
    assert tally.failed == []
    assert tally.ran + tally.cached == 3
    assert table(wanted, runs) == as_here(wanted)


def test_a_training_that_two_processes_share_runs_in_a_job(project, monkeypatch):
    """`trainer=ddp` on two processes, with gloo: the numbers of the training without a queue."""
    monkeypatch.setattr(slurm, "POLL_SECONDS", {"slurm": 1.0, "local": 0.1})
    words = ["data=function", "model.depth=1", "model.width=4", "fit.steps=20", "trainer=ddp",
             "trainer.devices=2", "fit.batch_size=16", "fit.save=none"]  # fmt: skip
    found = []
    for executor in (options(memory_gb=1.5, minutes=30), LocalOptions(workers=1)):
        runs = Project(project.root).runs
        shutil.rmtree(runs, ignore_errors=True)
        sweep = TrainingSweep(project, Composer(project.conf), executor)
        (unit,) = sweep.units([[*words, "seed=3"]], single=True)
        tally = run_sweep([unit], runs, executor)
        assert (tally.ran, tally.failed) == (1, [])
        found.append(RunStore(runs).metrics(unit.cell.key, 3))
    assert found[0] == found[1]
