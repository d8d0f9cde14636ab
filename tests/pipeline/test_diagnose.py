import pytest

from deepclaims import cli
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.pipeline import diagnose
from deepclaims.sweep.cell import TRAIN, Cell
from deepclaims.sweep.store import RunStore
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker

LEARNT = {"train_error": 0.0, "validation_error": 0.2}


@pytest.fixture
def ran(project):
    """`ran(key, metrics of each seed, data, sources)`: a run in the cache."""

    def save(key, replicas, data, sources=None):
        cell = Cell({"data": data}, TRAIN, {}, arm="small")
        vars(cell)["key"] = key
        for seed, metrics in enumerate(replicas):
            RunStore(project.runs).save(cell, seed, Outcome(metrics), {"sources": sources or {}})

    return save


def test_a_run_is_diagnosed_by_the_beginning_of_its_key(ran, capsys):
    errors = [{"train_error": each, "validation_error": 0.4} for each in (0.2, 0.4)]
    ran("ab" * 10, errors, {"name": "teacher", "flip": 0.1})
    with pytest.raises(SystemExit) as done:
        cli.main(["diagnose", "abab"])
    told = capsys.readouterr().out
    assert done.value.code == 0
    assert "small (2 seeds): train error 30.00%, validation error 40.00%" in told
    assert "Bayes error 10.00%. Exact." in told
    assert "avoidable bias 20.00%, generalisation gap 10.00%" in told
    assert "our reading of the lecture, whose flow chart is lost: attack the bias" in told


@pytest.mark.parametrize(
    ("data", "sources", "says"),
    [
        ({"name": "mnist"}, {"mnist": "official"}, "Bayes error 0.23%. The least published"),
        ({"name": "mnist"}, {"mnist": "embedded"}, "Bayes error 0.00%. Not known"),
        ({"name": "mnist", "label_noise": 0.1}, {"mnist": "official"}, "Bayes error 10.21%."),
        ({"name": "ecg"}, {"ecg": "official"}, "two cardiologists"),
    ],
)
def test_the_bayes_error_is_that_of_its_data(ran, capsys, data, sources, says):
    ran("c" * 20, [LEARNT], data, sources)
    diagnose.run(["c"])
    assert says in capsys.readouterr().out


def test_a_bayes_error_of_ones_own(ran, capsys):
    ran("d" * 20, [{"train_error": 0.3, "test_error": 0.31}], {"name": "ecg"})
    diagnose.run(["d", "bayes=0.25"])
    told = capsys.readouterr().out
    assert "test error 31.00%" in told
    assert "Bayes error 25.00%. Given by hand." in told
    assert "avoidable bias 5.00%, generalisation gap 1.00%" in told


def test_a_run_of_mlflow_is_diagnosed(project, capsys):
    run = Tracker(project.mlflow, "train").log(TrackedRun("a", "a", {}, LEARNT, [0]))
    diagnose.run([run])
    assert "attack the variance" in capsys.readouterr().out


def test_a_run_without_errors_is_refused(ran):
    ran("e" * 20, [{"loss": 1.0}], {"name": "mnist"})
    with pytest.raises(ConfigError, match="no train_error and no validation_error"):
        diagnose.run(["e"])


def test_several_runs_are_refused(ran):
    for key in ("f1" * 10, "f2" * 10):
        ran(key, [LEARNT], {"name": "mnist"})
    with pytest.raises(ConfigError, match="2 runs begin with f"):
        diagnose.run(["f"])


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "bayes=some"], ["a", "noise=1"]])
def test_misuse(words):
    with pytest.raises(ConfigError):
        diagnose.run(words)
