"""submitit's own executor stands for Slurm: the same jobs, pickles and logs, without the queue."""

import pytest

pytest.importorskip("submitit", reason="needs submitit: pip install 'deepclaims[slurm]'")

from deepclaims.errors import ConfigError
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.executors.slurm import ARRAY, Job, SlurmExecutor, _chunks
from deepclaims.sweep.options import LocalOptions, SlurmOptions
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import RunPolicy, Unit

pytestmark = pytest.mark.slow

LOCAL = SlurmOptions(cluster="local", workers=2, units_per_job=2)


def test_jobs_give_what_this_process_gives(toy, tmp_path):
    cell = Cell({"x": 0.1}, f"{toy}:double", {})
    wanted = [Unit(cell, seed, {}) for seed in range(3)]
    tally = run_sweep(wanted, tmp_path / "slurm", LOCAL)
    assert (tally.ran, tally.failed) == (3, [])
    run_sweep(wanted, tmp_path / "here", LocalOptions(workers=0))
    for seed in range(3):
        slurm = (tmp_path / "slurm" / cell.key / str(seed) / "outcome.json").read_bytes()
        assert slurm == (tmp_path / "here" / cell.key / str(seed) / "outcome.json").read_bytes()
    assert not list((tmp_path / "slurm" / ".slurm").iterdir())
    again = run_sweep(wanted, tmp_path / "slurm", LOCAL)
    assert (again.ran, again.cached) == (0, 3)


def test_a_job_that_dies_costs_its_own_replica_only(toy, tmp_path, monkeypatch):
    # So long submitit waits for a result that a slow file system may still bring.
    monkeypatch.setattr("submitit.core.core.Job._results_timeout_s", 0)
    wanted = [Unit(Cell({"bad": 1}, f"{toy}:die", {}), seed, {}) for seed in range(4)]
    tally = run_sweep(wanted, tmp_path, LOCAL)
    assert tally.ran + tally.cached == 3
    ((unit, error),) = tally.failed
    assert unit.seed == 1
    assert "its Slurm job died" in error
    assert RunStore(tmp_path).failures(unit.cell.key) == [1]


def test_without_sbatch_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(ConfigError, match=r"no sbatch here: .*executor\.cluster=local"),
        SlurmExecutor(SlurmOptions(), tmp_path),
    ):
        pass


def test_what_is_asked_of_slurm(tmp_path):
    options = SlurmOptions(
        partition="gpu", minutes=90, cpus=2, setup=["module load cuda"], more={"slurm_qos": "long"}
    )
    assert SlurmExecutor(options, tmp_path)._parameters(processes=4, gpus=4) == {
        "name": "deepclaims",
        "timeout_min": 90,
        "mem_gb": 4.0,
        "cpus_per_task": 8,
        "gpus_per_node": 4,
        "slurm_array_parallelism": 256,
        "slurm_partition": "gpu",
        "slurm_setup": ["module load cuda"],
        "slurm_qos": "long",
    }


def test_an_array_is_no_longer_than_slurm_takes_by_default():
    assert list(map(len, _chunks(list(range(2500)), ARRAY))) == [1000, 1000, 500]


def test_a_job_sent_back_to_the_queue_is_the_same_again(tmp_path):
    again = Job().checkpoint([], tmp_path, RunPolicy())
    assert isinstance(again.function, Job)
    assert again.args == ([], tmp_path, RunPolicy())
