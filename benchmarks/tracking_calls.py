"""What a run costs in the own store: by rows, and by the calls of MLflow's client.

    python benchmarks/tracking_calls.py [RUNS]

CPU time, which other processes of the machine change little. A run has as much as one of a
training: 40 params, 12 metrics, 3 curves of 50 points, 8 tags, a data set, a table.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from deepclaims.tracking import schema
from deepclaims.tracking.rows import DataInput, TrackedRun
from deepclaims.tracking.store import Tracker, create


def a_run(number: int) -> TrackedRun:
    return TrackedRun(
        f"run {number}",
        f"cell {number}",
        {f"param{k}": k for k in range(40)},
        {f"metric{k}": 0.1 * k for k in range(12)},
        (0,),
        {f"curve.{k}": (range(50), [1.0] * 50) for k in range(3)},
        {f"tag{k}": "x" for k in range(8)},
        {"replicas": pd.DataFrame({"seed": [0] * 160, "value": [1.0] * 160})},
        [DataInput("mnist", "0123", "official")],
    )


def milliseconds(folder: Path, runs: int) -> float:
    tracker = Tracker(folder, "calls")
    tracker.log(a_run(-1))
    start = time.process_time()
    for number in range(runs):
        tracker.log(a_run(number))
    return 1000 * (time.process_time() - start) / runs


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as name:
        rows, calls = Path(name) / "rows", Path(name) / "calls"
        create(rows)
        shutil.copytree(rows, calls)
        print(f"rows: {milliseconds(rows, runs):.0f} ms of CPU a run", flush=True)
        schema.KNOWN.clear()
        print(f"calls: {milliseconds(calls, runs):.0f} ms of CPU a run")


if __name__ == "__main__":
    main()
