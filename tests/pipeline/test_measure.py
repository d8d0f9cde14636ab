import json
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from deepclaims.errors import SweepError
from deepclaims.pipeline import measure
from deepclaims.sweep.store import RunStore

pytestmark = pytest.mark.slow

CLAIM = "claim=optimisation/backpropagation"


@pytest.fixture
def measured(project, capfd):
    measure.run([CLAIM, "profile=smoke", "executor.workers=0"])
    return project.aside("rehearsal").tables("optimisation/backpropagation")


def steady(folder):
    """The table without what differs from run to run."""
    table = pd.read_parquet(folder / "replicas.parquet")
    return table[[name for name in table if not name.startswith("volatile_")]]


def test_a_claim_is_measured_tracked_and_exported(measured, project, capfd):
    table = steady(measured)
    assert {"part", "arm", "key", "seed", "metric", "step", "value", "registration"} <= set(table)
    assert table["registration"].nunique() == 1
    about = json.loads((measured / "about.json").read_text())
    assert about["profile"] == "smoke"
    assert set(about["mlflow_runs"]) == set(table["key"])


def test_the_verdict_is_said_and_a_second_run_is_cached(measured, project, capfd):
    before = steady(measured)
    measure.run([CLAIM, "profile=smoke", "executor.workers=0"])
    shown = capfd.readouterr()
    assert "are cached" in shown.err
    assert "supported" in shown.out
    pd.testing.assert_frame_equal(steady(measured), before)


def test_only_what_is_missing_is_run_again(measured, project, capfd):
    before = steady(measured)
    store = RunStore(project.runs)
    key = store.keys()[0]
    seed = store.seeds(key)[0]
    (project.runs / key / str(seed) / "done.json").unlink()
    measure.run([CLAIM, "profile=smoke", "executor.workers=0"])
    assert "1/" in capfd.readouterr().err or store.has(key, seed)
    assert store.has(key, seed)
    pd.testing.assert_frame_equal(steady(measured), before)


def test_mlflow_is_made_again_from_the_runs(measured, project):
    before = steady(measured)
    shutil.rmtree(project.mlflow)
    words = ["measure", CLAIM, "profile=smoke"]
    subprocess.run([sys.executable, "-m", "deepclaims.cli", *words], check=True)
    pd.testing.assert_frame_equal(steady(measured), before)


def test_a_failing_cell_is_named_and_the_table_is_left_alone(project, monkeypatch):
    from deepclaims.claims.optimisation.backpropagation import measure as backpropagation

    task = next(part for part in _parts(project) if part.task != "train").task

    def broken(config, seed):
        raise RuntimeError("no gradient today")

    monkeypatch.setattr(backpropagation, task, broken)
    with pytest.raises(SweepError, match="no gradient today"):
        measure.run([CLAIM, "profile=smoke", "executor.workers=0"])
    assert not (project.root / "rehearsal" / "results" / "optimisation").exists()
    monkeypatch.undo()
    monkeypatch.chdir(project.root)
    with pytest.raises(SweepError, match="failed in an earlier run"):
        measure.run([CLAIM, "profile=smoke", "executor.workers=0"])
    measure.run([CLAIM, "profile=smoke", "executor.workers=0", "--retry-failed"])
    assert (project.root / "rehearsal" / "results" / "optimisation").exists()


def _parts(project):
    from deepclaims.claims import claim

    return claim.load(project.conf, "optimisation/backpropagation", "smoke").parts
