"""What Slurm's controller says of jobs. Its accounting, which many clusters lack, is not asked."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Sequence

from deepclaims.sweep.unit import WithdrawnError

ASKED_SECONDS = 30
SURE = 3
"""So often in a row a job must be found ended, or unknown, without a result, to count as dead.

A job that is sent back to the queue may show its end for a moment, and a slow file system may bring
its result late.
"""
GONE = "UNKNOWN"
LIMITS = frozenset(("TIMEOUT", "DEADLINE"))
ENDED = LIMITS | frozenset(
    ("BOOT_FAIL", "CANCELLED", "COMPLETED", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED")
)
LOST = frozenset(("BOOT_FAIL", "NODE_FAIL", "PREEMPTED", GONE))
"""Ends that are the cluster's doing: what the job had to do is sent again."""


class LossError(Exception):
    """A job ended without a result, and what it had to do is to be sent again."""


class DeathError(Exception):
    """A job ended without a result by its own doing, or at a limit."""


class Queue:
    """The jobs of a user, as the controller has them."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def states(self) -> dict[str, str] | None:
        """Job id (`12`, in an array `12_3`) -> state; None where the controller cannot be had."""
        command = ["squeue", "--noheader", "--array", "--states=all", "--format=%i|%T",
                   f"--user={getpass.getuser()}"]  # fmt: skip
        try:
            ended = subprocess.run(
                command, capture_output=True, text=True, timeout=ASKED_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return None
        rows = (line.strip().partition("|") for line in ended.stdout.splitlines())
        return {job: state for job, _, state in rows if state}

    def dead(self, jobs: Sequence[str]) -> dict[str, str]:
        """Which of these jobs, none of which has a result, have ended for good: id -> state.

        To be asked again and again: it is said of a job once it was found so `SURE` times in a row.
        """
        known = self.states()
        if known is None:
            return {}
        found = {job: known.get(job, GONE) for job in jobs}
        ended = {job: state for job, state in found.items() if state == GONE or state in ENDED}
        self._seen = {job: self._seen.get(job, 0) + 1 for job in ended}
        return {job: state for job, state in ended.items() if self._seen[job] >= SURE}


def error_of(state: str, job: str, said: str) -> Exception:
    """What the end of a job means for what it had to do.

    Args:
        state: its last one.
        job: its id.
        said: the end of its log.
    """
    text = f"Slurm's job {job} ended without a result: {state}"
    if state == "CANCELLED":
        return WithdrawnError(f"{text}; the same command runs it again")
    if state in LOST:
        return LossError(text)
    hint = "; executor.minutes gives it more" if state in LIMITS else ""
    return DeathError(f"{said}\n{text}{hint}".strip())
