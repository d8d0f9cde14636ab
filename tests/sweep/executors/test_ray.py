"""Ray for real, with two workers of this machine."""

import os
import subprocess
import sys
from concurrent.futures import Future

import pytest

pytest.importorskip("ray", reason="needs Ray: pip install 'deepclaims[ray]'")

from deepclaims.errors import SweepError
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.executors.ray import RayExecutor
from deepclaims.sweep.options import LocalOptions, RayOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import RunPolicy, Unit

pytestmark = pytest.mark.slow
TWO = RayOptions(workers=2)


@pytest.fixture
def no_cluster(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


def test_two_workers_give_what_this_process_gives_and_one_may_die(
    toy, tmp_path, project, no_cluster
):
    double = Cell({"x": 0.1}, f"{toy}:double", {})
    die = Cell({"bad": 1}, f"{toy}:die", {})
    wanted = [Unit(cell, seed, {}) for cell in (double, die) for seed in range(4)]
    tally = run_sweep(wanted, project.runs, TWO)
    assert tally.ran == 7
    ((unit, error),) = tally.failed
    assert (unit.cell, unit.seed) == (die, 1)
    assert "its Ray task died" in error
    run_sweep(wanted[:4], tmp_path / "here", LocalOptions(workers=0))
    for seed in range(4):
        ray = (project.runs / double.key / str(seed) / "outcome.json").read_bytes()
        assert ray == (tmp_path / "here" / double.key / str(seed) / "outcome.json").read_bytes()
    again = run_sweep(wanted, project.runs, TWO)
    assert (again.ran, again.cached, len(again.failed_before)) == (0, 7, 1)


@pytest.mark.parametrize("token", [False, True])
def test_a_multirun_on_a_cluster_that_was_started_before(project, tmp_path, token):
    """`ray start --head` in a shell, then the command with its address.

    Where a Ray of this machine has left its token, the cluster asks for it.
    """
    shell = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_MODE"}
    shell["HOME"] = str(tmp_path)
    if token:
        (tmp_path / ".ray").mkdir()
        (tmp_path / ".ray" / "auth_token").write_text("ab" * 32)
    ray = [sys.executable, "-m", "ray.scripts.scripts"]
    port = f"64{os.getpid() % 100:02d}"
    start = [*ray, "start", "--head", f"--port={port}", "--num-cpus=2", "--disable-usage-stats",
             "--include-dashboard=false"]  # fmt: skip
    subprocess.run(start, check=True, capture_output=True, env=shell)
    try:
        command = [sys.executable, "-m", "deepclaims.cli", "train", "-m", "executor=ray",
                   f"executor.address=127.0.0.1:{port}", "data=function", "model.depth=1",
                   "model.width=4", "fit.steps=5", "seed=0,1"]  # fmt: skip
        ended = subprocess.run(command, check=False, capture_output=True, text=True, env=shell)
        assert ended.returncode == 0, ended.stderr
    finally:
        subprocess.run([*ray, "stop"], check=False, capture_output=True, env=shell)
    assert "2/2 done" in ended.stderr
    assert "(2 seeds)" in ended.stderr
    store = RunStore(project.runs)
    (key,) = store.keys()
    assert store.seeds(key) == [0, 1]


def test_what_ray_is_asked_for(tmp_path):
    asked = []

    class Reference:
        def future(self):
            return Future()

    class Remote:
        def options(self, **needs):
            asked.append({name: needs[name] for name in ("num_cpus", "num_gpus", "max_retries")})
            return self

        def remote(self, *_):
            return Reference()

    executor = RayExecutor(RayOptions(num_cpus=2, num_gpus=0.5), tmp_path)
    executor._run = Remote()
    for trainer in (
        {},
        {"accelerator": "gpu"},
        {"accelerator": "gpu", "strategy": "ddp", "devices": 4},
    ):
        unit = Unit(Cell({"trainer": trainer}, "deepclaims.training.task:train", {}), 0, {})
        executor.submit([[unit]], RunPolicy())
    assert asked == [
        {"num_cpus": 2, "num_gpus": 0, "max_retries": 0},
        {"num_cpus": 2, "num_gpus": 0.5, "max_retries": 0},
        {"num_cpus": 8, "num_gpus": 4, "max_retries": 0},
    ]


def test_an_address_without_ray_is_said(tmp_path):
    with (
        pytest.raises(SweepError, match=r"no Ray at '127\.0\.0\.1:1'.*ray start --head"),
        RayExecutor(RayOptions(address="127.0.0.1:1"), tmp_path),
    ):
        pass
