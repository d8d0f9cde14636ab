import pytest

from deepclaims.sweep import preload as preloading
from deepclaims.sweep.preload import ALWAYS, TRAINING, preload

TRAIN = "deepclaims.training.task:train"
PLAIN = "deepclaims.claims.recurrence.ecg_inter_patient.measure:recount"
"""A task that no network has a part in."""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module that can be imported."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        return f"{name}:task"

    yield write
    preloading._trains.cache_clear()
    preloading.file_of.cache_clear()


def test_a_training_needs_everything():
    assert preload([TRAIN]) == TRAINING
    assert preload([PLAIN, TRAIN]) == TRAINING


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import numpy as np\nfrom deepclaims.evidence.outcome import Outcome\n", ALWAYS),
        ("import torch.nn as nn\n", TRAINING),
        ("def task(config, seed):\n    from torch import nn\n", TRAINING),
        ("from deepclaims.nn import cells\n", TRAINING),  # which imports torch
        ("from deepclaims.training.task import train\n", TRAINING),
    ],
)
def test_a_task_needs_what_its_module_imports(module, text, wanted):
    name = f"task_{abs(hash(text))}"
    assert preload([module(name, text)]) == wanted


def test_what_cannot_be_read_may_need_everything():
    assert preload(["no_such_module_at_all:task"]) == TRAINING
    assert preload([]) == ALWAYS
