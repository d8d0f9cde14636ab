"""Trainings with parts of one's own: schedulers against torch, and what is resumed."""

import copy

import pytest
import torch
from torch import nn

from deepclaims.training import own_task
from deepclaims.training.checkpoint import Checkpoint
from deepclaims.training.minibatches import Plan
from deepclaims.training.own_rates import factors_of, rates_of

CONFIG = {
    "data": {"name": "plane", "problem": "moons", "n": 64, "n_test": 50},
    "model": {
        "_target_": "torch.nn.Sequential",
        "_args_": [
            {"_target_": "torch.nn.LazyLinear", "out_features": 8},
            {"_target_": "torch.nn.BatchNorm1d", "num_features": 8},
            {"_target_": "torch.nn.Dropout", "p": 0.2},
            {"_target_": "torch.nn.Linear", "in_features": 8, "out_features": 2},
        ],
    },
    "init": {"name": "he"},
    "optimizer": {"_target_": "torch.optim.RAdam", "lr": 0.01},
    "schedule": {
        "_target_": "torch.optim.lr_scheduler.OneCycleLR",
        "max_lr": 0.05,
        "total_steps": "steps",
        "interval": "step",
    },
    "fit": {"epochs": 4, "batch_size": 16},
}


@pytest.fixture(autouse=True)
def _here(project):
    """A project, beside whose conf/ modules of one's own are looked for."""


def test_a_training_that_is_killed_and_resumed_gives_the_same_numbers(tmp_path, monkeypatch):
    whole = own_task.train_own(CONFIG, 3)
    config = copy.deepcopy(CONFIG)
    config["fit"]["checkpoint"] = str(tmp_path / "ck")
    save = Checkpoint.on_train_epoch_end

    def kill(self, trainer, pl_module):
        save(self, trainer, pl_module)
        if pl_module.steps == 8:
            raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "on_train_epoch_end", kill)
        with pytest.raises(RuntimeError, match="killed"):
            own_task.train_own(config, 3)
    resumed = own_task.train_own(config, 3)
    assert resumed.metrics == whole.metrics
    assert resumed.metrics["steps"] == 16


@pytest.mark.parametrize("interval", ["step", "epoch"])
def test_a_scheduler_of_torch_steps_as_it_does_in_a_loop_of_torch(interval):
    said = {"_target_": "torch.optim.lr_scheduler.StepLR", "step_size": 2, "interval": interval}
    plan = Plan(samples=30, batch_size=10, steps=12, chunk=50, epochs_a_pass=1)

    def rates(loop):
        w = nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([w], lr=1.0)
        w.grad = torch.zeros(1)
        seen = []
        after = loop(optimizer)
        for step in range(12):
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            after(step)
        return seen

    def ours(optimizer):
        made = rates_of(said, optimizer, plan)
        optimizer.register_step_post_hook(made.after_step)
        return lambda step: None

    def torchs(optimizer):
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
        every = 1 if interval == "step" else 3
        return lambda step: scheduler.step() if (step + 1) % every == 0 else None

    assert rates(ours) == rates(torchs)


def test_a_schedule_of_ones_own_is_a_function_of_the_moment(project):
    code = "def half(*, after):\n    return lambda now: 1.0 if now.step < after else 0.5\n"
    (project.root / "my_schedules_half.py").write_text(code)
    plan = Plan(samples=30, batch_size=10, steps=4, chunk=50, epochs_a_pass=1)
    said = {"_target_": "my_schedules_half.half", "after": 3}
    assert factors_of(said, plan) == [1.0, 1.0, 1.0, 0.5]


def test_a_rate_that_waits_for_scores_falls_when_they_do_not(project):
    config = copy.deepcopy(CONFIG)
    config["schedule"] = {
        "_target_": "torch.optim.lr_scheduler.ReduceLROnPlateau", "patience": 0, "threshold": 1e9,
        "threshold_mode": "abs",
    }  # fmt: skip
    with pytest.raises(Exception, match="validate_every_epoch"):
        own_task.check(config)
    config["fit"]["validate_every_epoch"] = True
    _, module, _ = own_task.fitted(config, 0)
    assert module.optimizers().param_groups[0]["lr"] < 0.01 * 0.1**2
