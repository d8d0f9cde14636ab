"""Whether a sweep survives `kill -9`: ten times, at any moment, the last start finishes it.

    python benchmarks/kill_resume.py [--cells 60] [--kills 10] [--seed 0] [--stack auto]

Two sweeps of the same cells by `deepclaims train -m`, each in a project of its own: one is left
alone; the other is killed again and again with all its processes, at random moments, while a
replica is being written, and while MLflow commits. What must come out: the same results bit for
bit, in the run cache as in MLflow, and no replica that was finished before a kill run again. By
itself the sweep trains these cells in two stacks; `--stack never` has them one by one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from deepclaims.sweep.store import RunStore
from deepclaims.tracking.index import Index
from deepclaims.tracking.store import create

ROOT = Path(__file__).resolve().parents[1]
LATEST = 8.0
"""Seconds after the start of a sweep by which a random kill has come."""
MOST = 4
"""Replicas finished after the start of a sweep before the other kills lie in wait, at most."""


def project(folder: Path) -> Path:
    folder.mkdir()
    shutil.copytree(ROOT / "conf", folder / "conf")
    shutil.copy(ROOT / "dvc.yaml", folder)
    create(folder / ".mlflow")
    return folder


def start(folder: Path, cells: int, stack: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "deepclaims.cli", "train", "-m", "data=function",
               "model.depth=1", "model.width=32", "fit.steps=3000", "executor.workers=2",
               f"executor.stack={stack}",
               f"optimizer.lr=range(0.001,{0.001 * (cells + 0.5):.4f},0.001)"]  # fmt: skip
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"DEEPCLAIMS_ROOT": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(folder: Path, cells: int, stack: str) -> str:
    process = start(folder, cells, stack)
    said = process.communicate()[1]
    if process.returncode:
        sys.exit(said)
    return said


def moments(generator: random.Random, kills: int) -> list[str]:
    """Which kill comes when: at a random time, at a draft's sight, at a commit's sight."""
    kinds = [("time", "draft", "commit")[index % 3] for index in range(kills)]
    generator.shuffle(kinds)
    return kinds


def kill_at(
    kind: str, process: subprocess.Popen[str], folder: Path, generator: random.Random
) -> bool:
    """Kill the sweep at a moment of that kind; false if it was over before."""
    seen: dict[str, Callable[[], bool]] = {
        "time": lambda: True,
        "draft": lambda: any((folder / ".runs").glob("*/.[0-9]*-*")),
        "commit": lambda: (folder / ".mlflow" / "mlflow.db-journal").exists(),
    }
    earliest = time.monotonic() + (generator.uniform(0.0, LATEST) if kind == "time" else 0.0)
    enough = len(finished(folder)) + (generator.randint(0, MOST) if kind != "time" else 0)
    waiting = True
    while process.poll() is None:
        if waiting:
            waiting = time.monotonic() < earliest or len(finished(folder)) < enough
        elif seen[kind]():
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(1e-4)
    process.communicate()
    return False


def finished(folder: Path) -> dict[str, int]:
    """When each finished replica was finished, in nanoseconds."""
    files = (folder / ".runs").glob("*/*/done.json")
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in files}


def results(folder: Path) -> dict[str, bytes]:
    """Every replica's results as they stand in the run cache."""
    files = (folder / ".runs").glob("*/*/outcome.json")
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def table(folder: Path) -> pd.DataFrame:
    """Every replica's results as they stand in MLflow, without what differs from run to run."""
    logged = Index(folder / ".mlflow", "train").runs()
    frames = [run.frames()["replicas"] for _, run in sorted(logged.items())]
    found = pd.concat(frames, ignore_index=True)
    return found[[name for name in found if not name.startswith("volatile_")]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=60)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stack", choices=("auto", "never"), default="auto")
    options = parser.parse_args()
    sweep = partial(start, cells=options.cells, stack=options.stack)
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        disturbed = project(Path(name) / "disturbed")
        alone = project(Path(name) / "alone")
        again = 0
        before: dict[str, int] = {}
        for number, kind in enumerate(moments(generator, options.kills), start=1):
            killed = kill_at(kind, sweep(disturbed), disturbed, generator)
            after = finished(disturbed)
            again += sum(after.get(file) != when for file, when in before.items())
            before = after
            drafts = len(list((disturbed / ".runs").glob("*/.[0-9]*-*")))
            logged = len(Index(disturbed / ".mlflow", "train").runs())
            print(
                f"kill {number} ({kind}): {'' if killed else 'came too late; '}{len(after)} "
                f"finished, {drafts} half written, {logged} in MLflow",
                flush=True,
            )
        finish(disturbed, options.cells, options.stack)
        after = finished(disturbed)
        again += sum(after.get(file) != when for file, when in before.items())
        finish(alone, options.cells, options.stack)
        checks = {
            f"{len(after)} of {options.cells} replicas finished": len(after) == options.cells,
            f"{again} finished replicas run again": again == 0,
            "results in the run cache bit-identical": results(disturbed) == results(alone),
            "table in MLflow identical": table(disturbed).equals(table(alone)),
            "one run in MLflow for each cell": RunStore(disturbed / ".runs").keys()
            == sorted(Index(disturbed / ".mlflow", "train").runs()),
        }
    for said, kept in checks.items():
        print(f"{said}: {'yes' if kept else 'NO'}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
