import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_benchmark_runs_and_prints_both_ratios(checkout):
    script = checkout / "benchmarks" / "throughput.py"
    done = subprocess.run(
        [sys.executable, script, "--repeats", "1", "--steps", "20"],
        capture_output=True,
        text=True,
        check=False,
    )
    # 20 steps are mostly set-up: whether the bounds hold says nothing here.
    assert done.returncode in (0, 1), done.stderr
    assert "throughput deepclaims / plain loop" in done.stdout
    assert "throughput deepclaims / default Lightning" in done.stdout
