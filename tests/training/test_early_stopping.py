import pytest
import torch
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.training.machine import quiet
from deepclaims.training.replica import build_module, fit
from deepclaims.training.settings import Settings
from deepclaims.training.task import train_on

EARLY = {"name": "early_stopping", "patience": 2, "monitor": "validation_loss"}
ADAM = {"name": "adam", "lr": 0.01}


def test_stops_after_patience_and_restores_the_best(noisy, make_config):
    config = make_config(regularizer=EARLY, optimizer=ADAM, fit={"epochs": 40})
    settings = Settings.read(config)
    module = build_module(settings, noisy, seed=0)
    with quiet():
        outcome = fit(module, settings, None)
    curve = outcome.curves["validation_loss"]
    best = min(curve.values)
    assert len(curve.values) < 40, "it never stopped"
    assert curve.values.index(best) == len(curve.values) - 1 - 2
    assert outcome.metrics["best_step"] == curve.steps[curve.values.index(best)]
    assert outcome.metrics["validation_loss"] == best
    with torch.no_grad():
        outputs = module.model.eval()(*noisy.validation.inputs)
    assert F.cross_entropy(outputs, noisy.validation.targets).item() == pytest.approx(best)


def test_the_best_epochs_weights_are_those_of_a_training_of_that_length(noisy, make_config):
    early = train_on(noisy, make_config(regularizer=EARLY, optimizer=ADAM, fit={"epochs": 40}), 0)
    steps = int(early.metrics["best_step"])
    short = train_on(noisy, make_config(optimizer=ADAM, fit={"steps": steps}), 0)
    assert short.metrics["test_loss"] == early.metrics["test_loss"]


def test_the_last_epoch_may_be_the_best(digits, make_config):
    outcome = train_on(digits, make_config(regularizer=EARLY, fit={"epochs": 3}), 0)
    assert outcome.metrics["best_step"] == outcome.metrics["steps"] == 21


@pytest.mark.parametrize(
    ("monitor", "message"),
    [("test_loss", "known: validation_loss"), ("validation_mse", "this task has validation_loss")],
)
def test_wrong_monitors_are_refused(digits, make_config, monitor, message):
    config = make_config(regularizer=EARLY | {"monitor": monitor})
    with pytest.raises(ConfigError, match=message):
        train_on(digits, config, 0)
