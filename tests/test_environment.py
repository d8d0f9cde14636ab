"""What is recorded of the machine beside a run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deepclaims import environment

SHOW = """
from deepclaims.environment import computed_on
before = computed_on()
import torch
print(before, computed_on(), torch.backends.cpu.get_cpu_capability(), sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_the_vector_units_that_torch_uses_are_recorded(capability):
    variables = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env=variables, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    before, after, used = shown
    assert before.startswith("CPU (")
    assert "torch" not in before
    assert after == f"{before[:-1]}, torch on {used})"


def test_a_gpu_has_none_to_record(monkeypatch):
    monkeypatch.setattr(environment, "_gpu", lambda count: f"{count} GPUs")
    assert environment.computed_on(2) == "2 GPUs"


def git(root, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


def test_a_commit_is_marked_where_the_tree_differs_or_code_is_in_no_commit(tmp_path):
    file = tmp_path / "src" / "code.py"
    file.parent.mkdir()
    file.write_text("a = 1\n")
    (tmp_path / "conf").mkdir()
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")

    def commit():
        environment.commit.cache_clear()
        return environment.commit(tmp_path)

    clean = commit()
    assert len(clean) == 12
    file.write_text("a = 2\n")
    assert commit() == clean + "+"
    git(tmp_path, "checkout", "-q", ".")
    assert commit() == clean
    (tmp_path / "conf" / "own.yaml").write_text("a: 1\n")
    assert commit() == clean + "+"


STARTS_A_WORKER = """
import multiprocessing, os, sys, time
from deepclaims.environment import end_with_parent

def wait():
    if sys.argv[1] == "watching":
        end_with_parent()
    print(os.getpid(), flush=True)
    time.sleep(120)

if __name__ == "__main__":
    worker = multiprocessing.get_context("forkserver").Process(target=wait)
    worker.start()
    worker.join()
"""


def orphan(script, how):
    """The number of a worker whose parent was killed."""
    command = [sys.executable, str(script), how]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    return worker


def ends(process, within):
    """Whether a process has ended before so many seconds are over."""
    deadline = time.monotonic() + within
    stat = Path(f"/proc/{process}/stat")
    while time.monotonic() < deadline:
        try:
            if stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_worker_ends_with_the_process_that_started_it(tmp_path):
    script = tmp_path / "starts.py"
    script.write_text(STARTS_A_WORKER, encoding="utf-8")
    assert ends(orphan(script, "watching"), within=30)
    left = orphan(script, "idle")
    assert not ends(left, within=0.5)
    os.kill(left, signal.SIGKILL)
