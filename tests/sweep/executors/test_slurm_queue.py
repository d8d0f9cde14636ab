"""What the controller says, and what follows: a cluster without accounting, as many are."""

import pytest

from deepclaims.sweep.executors import slurm_queue
from deepclaims.sweep.executors.slurm_queue import SURE, DeathError, LossError, Queue, error_of
from deepclaims.sweep.unit import WithdrawnError


@pytest.fixture
def squeue(tmp_path, monkeypatch):
    """A controller that says what is given to it; `None` for one that is down."""
    tool, said = tmp_path / "squeue", tmp_path / "said"
    tool.write_text(f"#!/bin/sh\n[ -f {said} ] || exit 1\ncat {said}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def says(text):
        said.unlink(missing_ok=True)
        if text is not None:
            said.write_text(text)

    return says


def test_a_job_is_dead_once_it_was_found_so_often_enough(squeue):
    queue, jobs = Queue(), ["7", "8_0", "8_1", "9"]
    squeue("7|CANCELLED\n8_0|RUNNING\n8_1|PENDING\n")
    for _ in range(SURE - 1):
        assert queue.dead(jobs) == {}
    assert queue.dead(jobs) == {"7": "CANCELLED", "9": "UNKNOWN"}


def test_a_job_back_in_the_queue_is_alive(squeue):
    queue = Queue()
    for state in ("PREEMPTED", "PREEMPTED", "PENDING", "RUNNING", "NODE_FAIL", "NODE_FAIL"):
        squeue(f"7|{state}\n")
        assert queue.dead(["7"]) == {}


def test_a_controller_that_is_down_says_nothing_of_the_dead(squeue):
    queue = Queue()
    squeue("")
    for _ in range(SURE - 1):
        queue.dead(["7"])
    squeue(None)
    assert queue.dead(["7"]) == {}
    squeue("7|RUNNING\n")
    assert queue.dead(["7"]) == {}


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("CANCELLED", WithdrawnError),
        ("NODE_FAIL", LossError),
        ("PREEMPTED", LossError),
        ("UNKNOWN", LossError),
        ("TIMEOUT", DeathError),
        ("OUT_OF_MEMORY", DeathError),
        ("FAILED", DeathError),
        ("COMPLETED", DeathError),
    ],
)
def test_what_an_end_means(state, kind):
    error = error_of(state, "7", "the end of its log")
    assert type(error) is kind
    assert f"job 7 ended without a result: {state}" in str(error)
    assert ("executor.minutes" in str(error)) == (state == "TIMEOUT")


def test_every_end_is_one_or_the_other():
    assert slurm_queue.LOST - {slurm_queue.GONE} <= slurm_queue.ENDED
