import pytest
import torch

from deepclaims.data.splits import Split, Splits
from deepclaims.training import trained_net as module
from deepclaims.training.task import train_on

CONFIG = {
    "data": {"name": "mnist"},
    "model": {"name": "convnet", "channels": [3]},
    "init": {"name": "he"},
    "optimizer": {"name": "adam", "lr": 0.01},
    "schedule": {"name": "onecycle"},
    "fit": {"epochs": 2, "batch_size": 10, "evaluate": ["validation", "test"]},
}


@pytest.fixture(scope="module")
def splits():
    random = torch.Generator().manual_seed(0)

    def split(n):
        x = torch.randn(n, 1, 10, 10, generator=random)
        return Split((x,), (x.mean((1, 2, 3)) > 0).long())

    return Splits(split(60), split(30), split(40), "classification", 2, ((1, 10, 10),), "computed")


def test_it_is_the_net_that_the_training_task_trains(monkeypatch, splits):
    monkeypatch.setattr(module, "load", lambda config, seed, folder: splits)
    net, given, scores = module.trained_net(CONFIG, 3)
    alone = train_on(splits, CONFIG, 3).metrics
    assert given is splits
    assert scores["validation_error"] == alone["validation_error"]
    answers = module.probabilities(net, splits.test.inputs[0])
    wrong = (answers.argmax(1) != splits.test.targets).double().mean()
    assert float(wrong) == pytest.approx(alone["test_error"])
    assert torch.allclose(answers.sum(1), torch.ones(40, dtype=torch.float64))
