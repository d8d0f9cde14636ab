import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import diagnose
from deepclaims.pipeline.diagnose import Diagnosis
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker


@pytest.mark.parametrize(
    ("train", "validation", "bayes", "weak_point"),
    [
        (0.10, 0.12, 0.00, "bias"),
        (0.10, 0.12, 0.10, "variance"),
        (0.01, 0.12, 0.00, "variance"),
        (0.001, 0.005, 0.0, "neither"),
        (0.05, 0.30, 0.10, "variance"),  # noisy labels learnt by heart: below the Bayes error
    ],
)
def test_the_weak_point(train, validation, bayes, weak_point):
    found = Diagnosis(train, validation, bayes)
    assert found.weak_point == weak_point
    assert found.avoidable_bias >= 0


def test_a_run_is_diagnosed(project, capsys):
    metrics = {"train_error": 0.0, "validation_error": 0.2}
    run = Tracker(project.mlflow, "train").log(TrackedRun("a", "a", {}, metrics, [0]))
    diagnose.run([run, "bayes=0.0"])
    assert "attack the variance" in capsys.readouterr().out


def test_a_run_without_errors_is_refused(project):
    run = Tracker(project.mlflow, "train").log(TrackedRun("b", "b", {}, {"loss": 1.0}, [0]))
    with pytest.raises(ConfigError, match="no train_error and no validation_error"):
        diagnose.run([run])


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "bayes=some"], ["a", "noise=1"]])
def test_misuse(words):
    with pytest.raises(ConfigError):
        diagnose.run(words)
