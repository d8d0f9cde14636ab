import pytest
import torch

from deepclaims.errors import StorageError
from deepclaims.training.chunked import ChunkedTraining
from deepclaims.training.task import train_on

SETTINGS = {
    "optimizer": {"name": "adam", "lr": 0.01},
    "schedule": {"name": "onecycle"},
    "regularizer": {"name": "dropout", "p_keep": 0.5, "patience": 2, "monitor": "validation_loss"},
    "augment": {"name": "shift"},
}


class KilledError(Exception):
    """Stands for a kill."""


@pytest.fixture
def kill_at(monkeypatch):
    """Let the training die in the chunk that follows `step`."""
    original = ChunkedTraining.training_step

    def arrange(step):
        def dying(self, chunk, batch_idx):
            if step is not None and self.steps >= step:
                raise KilledError
            return original(self, chunk, batch_idx)

        monkeypatch.setattr(ChunkedTraining, "training_step", dying)

    return arrange


def results(outcome):
    curves = {name: (list(c.steps), list(c.values)) for name, c in outcome.curves.items()}
    return dict(outcome.metrics), curves


@pytest.mark.parametrize("steps", [[10], [21], [24, 30, 44]])
def test_killed_and_resumed_equals_undisturbed(digits, make_config, tmp_path, kill_at, steps):
    fit = {"epochs": 8, "chunk": 3}
    undisturbed = train_on(digits, make_config(**SETTINGS, fit=fit), seed=1)
    config = make_config(**SETTINGS, fit=fit | {"checkpoint": str(tmp_path / "saved")})
    for step in steps:
        kill_at(step)
        with pytest.raises(KilledError):
            train_on(digits, config, seed=1)
    kill_at(None)
    torch.manual_seed(99)
    assert results(train_on(digits, config, seed=1)) == results(undisturbed)


def test_a_finished_training_is_not_trained_again(noisy, make_config, tmp_path, kill_at):
    config = make_config(**SETTINGS, fit={"epochs": 40, "checkpoint": str(tmp_path)})
    first = train_on(noisy, config, seed=1)
    assert first.metrics["best_step"] < first.metrics["steps"] < 280, "it should stop early"
    kill_at(0)
    assert results(train_on(noisy, config, seed=1)) == results(first)


def test_each_seed_has_its_own(digits, make_config, tmp_path):
    config = make_config(fit={"checkpoint": str(tmp_path)})
    one, two = train_on(digits, config, seed=1), train_on(digits, config, seed=2)
    assert results(one) != results(two)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["seed-1.ckpt", "seed-2.ckpt"]


def test_another_configs_checkpoint_is_refused(digits, make_config, tmp_path):
    train_on(digits, make_config(fit={"checkpoint": str(tmp_path)}), seed=1)
    other = make_config(fit={"checkpoint": str(tmp_path)}, optimizer={"lr": 0.2})
    with pytest.raises(StorageError, match="another config"):
        train_on(digits, other, seed=1)


def test_a_damaged_checkpoint_is_refused(digits, make_config, tmp_path):
    (tmp_path / "seed-1.ckpt").write_bytes(b"not a checkpoint")
    with pytest.raises(StorageError, match=r"is damaged.*delete it"):
        train_on(digits, make_config(fit={"checkpoint": str(tmp_path)}), seed=1)


def test_a_folder_that_cannot_be_written_is_named(digits, make_config, tmp_path):
    (tmp_path / "file").write_text("")
    config = make_config(fit={"checkpoint": str(tmp_path / "file" / "sub")})
    with pytest.raises(StorageError, match="cannot write the checkpoint"):
        train_on(digits, config, seed=1)
