import shutil

import pytest

from deepclaims.errors import ConfigError, SweepError
from deepclaims.pipeline import runs, train
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.training_sweep import TrainingSweep
from deepclaims.tracking.index import Index

pytestmark = pytest.mark.slow

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


def test_replicas_are_stacked_and_their_bits_do_not_depend_on_which_were_missing(project, capfd):
    sweep = ["-m", *TINY, "optimizer.lr=0.1,0.01,0.001", "seed=range(0,3)", "executor.workers=1"]
    train.run([*TINY, "optimizer.lr=0.01", "seed=1"])  # a stack of one
    train.run(sweep)
    assert "9 replicas, 1 cached" in capfd.readouterr().err
    together = _results(project)
    shutil.rmtree(project.runs)
    train.run([*sweep[:-1], "executor.workers=2"])
    assert _results(project) == together
    assert len(together) == 9


def test_stacked_and_alone_are_told_apart(project, capfd):
    words = [*TINY, "seed=0"]
    train.run(words)
    train.run([*words, "executor.stack=never"])
    assert len(_results(project)) == 2
    capfd.readouterr()
    with pytest.raises(ConfigError, match="stack=sometimes"):
        train.run([*words, "executor.stack=sometimes"])
    shutil.rmtree(project.runs)
    train.run([*words, "executor.stack=never"])
    runs.run(["--why", *words])
    assert "training: one by one -> stacked" in capfd.readouterr().out


def _results(project):
    """The bytes of every replica's results, which hold no time."""
    store = RunStore(project.runs)
    return {
        (key, seed): repr(store.load(key, seed).outcome)
        for key in store.keys()  # noqa: SIM118
        for seed in store.seeds(key)
    }


@pytest.fixture
def unforeseen(monkeypatch):
    """What cannot be trained is found out where it is trained."""
    monkeypatch.setattr(TrainingSweep, "_foresee", lambda *_: None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimizer=adam", "+optimizer.momentum=0.9"], "optimizer=adam has no option momentum"),
        (["-m", "model.activation=tanh,gelu"], "model.activation=gelu: .*known: cube, elu"),
        (["-m", "trainer=gpu", "seed=0,1"], "take trainer=cpu"),
        (["optimizer.lr=-1"], r"optimizer\.lr=-1 is not possible"),
        (["-m", "model.width=4,-1"], r"model\.width=-1 is not possible"),
        (["+foo=1"], "no key 'foo'"),
    ],
)
def test_what_cannot_be_trained_is_found_before_anything_is(project, words, said):
    with pytest.raises(ConfigError, match=said):
        train.run([*TINY, *words])
    assert RunStore(project.runs).keys() == []


def test_only_the_seed_that_is_asked_for_is_reported(project, capfd):
    train.run([*TINY, "seed=3"])
    capfd.readouterr()
    train.run([*TINY, "seed=9"])
    said = capfd.readouterr().err
    assert "(seed 9)" in said
    assert ", with 1 earlier]" in said
    assert "±" not in said


def test_a_failing_training_is_named(project, unforeseen):
    with pytest.raises(SweepError, match=r"model\.activation=nope.*activation"):
        train.run(["-m", *TINY, "model.activation=tanh,nope", "executor.workers=1"])


def test_a_failure_is_retried_when_asked(project, capfd, unforeseen):
    words = ["-m", *TINY, "model.activation=tanh,nope", "executor.workers=1"]
    with pytest.raises(SweepError, match="1 of 2 replicas failed; the others are saved"):
        train.run(words)
    capfd.readouterr()
    with pytest.raises(SweepError, match="1 of 2 failed in an earlier run and was not run again"):
        train.run(words)
    assert "train: 1 replica is cached, 1 failed earlier" in capfd.readouterr().err
    with pytest.raises(SweepError, match="1 of 2 replicas failed; the others are saved"):
        train.run([*words, "--retry-failed"])


def test_divergence_is_a_result_of_a_multirun(project, capfd):
    train.run(["-m", *TINY, "optimizer=sgd", "optimizer.lr=1e30", "fit.loss=squared", "seed=0,1",
               "executor.workers=1"])  # fmt: skip
    said = capfd.readouterr().err
    assert "2/2 done" in said
    assert "nan" in said


def test_the_help_is_hydras(project, capsys):
    with pytest.raises(SystemExit):
        train.run(["--help"])
    shown = capsys.readouterr().out
    assert "optimizer: adagrad" in shown
    assert "--retry-failed" in shown
