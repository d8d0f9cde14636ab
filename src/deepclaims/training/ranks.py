"""Data-parallel training: one process a device, each with its share of every minibatch.

The processes are started here and not by Lightning, whose launcher would run this program's
command line again in each: inside a pool's worker that would be the whole sweep.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepclaims.data.splits import Splits
from deepclaims.errors import DeepclaimsError
from deepclaims.evidence.outcome import Outcome

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Job:
    """What every rank is to do; it loads the data itself where `splits` is None."""

    config: Mapping[str, Any]
    seed: int
    splits: Splits | None


def local_rank() -> int | None:
    """Which of the processes this is, or None if it is none of them."""
    rank = os.environ.get("LOCAL_RANK")
    return None if rank is None else int(rank)


def run_ranks(job: Job, processes: int) -> Outcome:
    """Do `job` in `processes` processes on this machine; the outcome is rank 0's.

    Raises:
        DeepclaimsError: what one of them raised.
        RuntimeError: one of them died otherwise; with the end of what it wrote.
    """
    with tempfile.TemporaryDirectory(prefix="deepclaims-ranks-") as name:
        folder = Path(name)
        (folder / "job").write_bytes(pickle.dumps(job))
        port = _free_port()
        running = [_start(folder, rank, processes, port) for rank in range(processes)]
        try:
            _wait(running, folder)
        finally:
            for process in running:
                process.kill()
                process.wait()
        outcome = pickle.loads((folder / "result-0").read_bytes())
        assert isinstance(outcome, Outcome)
        return outcome


def _start(folder: Path, rank: int, processes: int, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(processes),
        "NODE_RANK": "0",
        "LOCAL_RANK": str(rank),
    }
    with (folder / f"log-{rank}").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "deepclaims.training.rank_process", str(folder)],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _wait(running: Sequence[subprocess.Popen[bytes]], folder: Path) -> None:
    # Whoever fails first leaves the others waiting for it in a collective call.
    while any(process.poll() is None for process in running):
        if any(process.poll() for process in running):
            break
        time.sleep(POLL_SECONDS)
    for rank, process in enumerate(running):
        if process.poll():
            result = folder / f"result-{rank}"
            if result.exists() and isinstance(
                error := pickle.loads(result.read_bytes()), DeepclaimsError
            ):
                raise error
            log = (folder / f"log-{rank}").read_text(errors="replace")
            raise RuntimeError(f"rank {rank} of the DDP training died:\n{log[-2000:]}")


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
