"""What MLflow adds to a sweep: 200 cells of one second on 2 workers, with it and without.

    python benchmarks/tracking_overhead.py [--cells 200] [--seconds 1.0] [--blocks 5] [--calls]

A cell is a fixed amount of arithmetic that takes one core about `--seconds` here, so a tracker
that takes a core from a worker shows. The cells go in blocks, turn about with tracking and
without, so that what else the machine does hits both alike; the ratio is of the sums. Importing
MLflow counts; making its store, 3 s once for a project, does not. `--calls` tracks by the calls of
MLflow's client, as in a schema that is not known.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.logbook import LogEntry
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.session import run_session
from deepclaims.sweep.unit import Unit
from deepclaims.tracking.index import Index
from deepclaims.tracking.schema import KNOWN
from deepclaims.tracking.store import create

WANTED = 1.05
WORKERS = LocalOptions(workers=2)


def work(config: dict[str, Any], seed: int) -> Outcome:
    """So many products of matrices, and as much to log as a training has."""
    x = torch.eye(64) + 1e-3
    for _ in range(config["products"]):
        x = x @ x
        x = x / x.norm()
    metrics = {f"{split}_{name}": float(x.norm()) for split in ("train", "validation", "test")
               for name in ("loss", "error")}  # fmt: skip
    return Outcome(metrics, {"train_loss": Curve(range(20), [0.5] * 20)})


def products(seconds: float) -> int:
    """How many products take one core so long."""
    torch.set_num_threads(1)
    start = time.process_time()
    work({"products": 20_000}, 0)
    return int(20_000 * seconds / (time.process_time() - start))


def units(block: int, count: int, load: int) -> list[Unit]:
    rest = {f"group{i}": {"option": i, "other": str(i)} for i in range(16)}
    cells = [Cell({"products": load, "block": block, "index": index, **rest},
                  "tracking_overhead:work", {}, axes={"index": index})
             for index in range(count)]  # fmt: skip
    return [Unit(cell, 0, {}) for cell in cells]


def plainly(project: Project, todo: Sequence[Unit]) -> float:
    start = time.perf_counter()
    run_sweep(todo, project.runs, WORKERS)
    return time.perf_counter() - start


def tracked(project: Project, todo: Sequence[Unit]) -> float:
    start = time.perf_counter()
    entries = [LogEntry(unit.cell, "overhead", unit.cell.key) for unit in todo]
    run_session("tracked", todo, entries, project, WORKERS).tally.raise_if_failed()
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    if options.calls:
        KNOWN.clear()
    load, count = products(options.seconds), options.cells // options.blocks
    with tempfile.TemporaryDirectory() as name:
        with_it, without = Project(Path(name) / "with"), Project(Path(name) / "without")
        create(with_it.mlflow)
        plainly(without, units(-1, 2, 1))  # starts the fork server, which serves both
        times: dict[str, float] = {"tracked": 0.0, "plainly": 0.0}
        for block in range(options.blocks):
            for contestant, project in ((tracked, with_it), (plainly, without)):
                took = contestant(project, units(block, count, load))
                times[contestant.__name__] += took
        logged = len(Index(with_it.mlflow, "overhead").runs())
    ratio = times["tracked"] / times["plainly"]
    print(f"{count * options.blocks} cells of {options.seconds} s on 2 workers, {logged} logged")
    print(f"with MLflow {times['tracked']:.1f} s, without {times['plainly']:.1f} s")
    print(f"wall time with / without: {ratio:.3f}, wanted < {WANTED}: "
          + ("yes" if ratio < WANTED else "NO"))  # fmt: skip
    return 0 if ratio < WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
