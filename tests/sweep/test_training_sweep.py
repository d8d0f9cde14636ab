import pytest

from deepclaims.errors import SweepError
from deepclaims.pipeline import train
from deepclaims.tracking.index import Index

TINY = ["data=function", "model.depth=1", "model.width=4", "fit.steps=5"]


def test_a_multirun_is_cached_and_tracked(project, capfd):
    words = ["-m", *TINY, "optimizer.lr=0.1,0.01", "seed=range(0,2)", "executor.workers=2"]
    train.run(words)
    first = capfd.readouterr().err
    assert "4/4 done" in first
    assert first.count("(2 seeds)") == 2
    train.run(words)
    second = capfd.readouterr().err
    assert "all 4 replicas are cached" in second
    assert second.count("(2 seeds)") == 2
    assert len(Index(project.mlflow, "train").runs()) == 2


def test_one_training_then_a_sweep_share_the_cache(project, capfd):
    train.run([*TINY, "seed=0"])
    capfd.readouterr()
    train.run(["-m", *TINY, "seed=0,1", "executor.workers=1"])
    assert "2 replicas, 1 cached" in capfd.readouterr().err


def test_a_failing_training_is_named(project):
    with pytest.raises(SweepError, match=r"model\.activation=nope.*activation"):
        train.run(["-m", *TINY, "model.activation=tanh,nope", "executor.workers=1"])


def test_the_help_is_hydras(project, capsys):
    with pytest.raises(SystemExit):
        train.run(["--help"])
    assert "optimizer: adagrad" in capsys.readouterr().out
