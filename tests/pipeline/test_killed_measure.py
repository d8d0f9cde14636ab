"""`kill -9` of a whole measure, workers and all: the next start runs only what is missing."""

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

COMMAND = [sys.executable, "-m", "deepclaims.cli", "measure", "claim=optimisation/backpropagation"]


def steady(project):
    folder = project.tables("optimisation/backpropagation")
    table = pd.read_parquet(folder / "replicas.parquet")
    return table[[name for name in table if not name.startswith("volatile_")]]


def finished(project):
    """The replicas that are whole: drafts, whose names begin with a dot, come and go."""
    return {
        file.parent: file.stat().st_mtime_ns for file in project.runs.glob("*/[0-9]*/done.json")
    }


@pytest.mark.slow
def test_a_killed_measure_goes_on_where_it_was(project):
    process = subprocess.Popen(COMMAND, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(finished(project)) < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = finished(project)
    assert before
    # A replica that was being written when the kill came leaves a draft, never a half.
    key = next(iter(before)).parent
    (key / ".1000-left").mkdir()

    ended = subprocess.run(COMMAND, check=True, capture_output=True, text=True)
    after = finished(project)
    assert {folder: after[folder] for folder in before} == before
    assert f"{len(before)} cached" in ended.stderr or "are cached" in ended.stderr

    disturbed = steady(project)
    for folder in ("runs", "mlflow"):
        getattr(project, folder).rename(project.root / f"old-{folder}")
    subprocess.run(COMMAND, check=True, capture_output=True)
    pd.testing.assert_frame_equal(steady(project), disturbed)
