"""Short trainings have curves of enough points, and the bits that they had."""

import pytest

from deepclaims.pipeline import train
from deepclaims.sweep.store import RunStore
from deepclaims.training.curve_points import AUTOMATIC, POINTS, with_a_curve
from deepclaims.training.minibatches import AUTOMATIC_CHUNK

GROUPS = {"model": {"name": "mlp"}, "init": {"name": "he"}, "optimizer": {"name": "sgd"},
          "schedule": {"name": "constant"}}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "fit", "chunk"),
    [
        ({"name": "plane", "n": 400}, {"steps": 200}, 10),
        ({"name": "plane", "n": 400}, {"steps": 7}, 1),
        ({"name": "plane", "n": 400}, {"epochs": 50, "batch_size": 100}, 10),
        ({"name": "plane", "n": 400}, {"epochs": 60, "batch_size": "full"}, 3),
        ({"name": "mnist"}, {"epochs": 5}, "auto"),
        ({"name": "mnist"}, {"steps": 1000}, "auto"),
        ({"name": "ecg"}, {"epochs": 5}, 5),
        ({"name": "plane"}, {"steps": 200, "chunk": 40}, 40),
    ],
)
def test_a_short_training_has_short_chunks(data, fit, chunk):
    config = {**GROUPS, "data": data, "fit": fit}
    assert with_a_curve(config)["fit"].get("chunk", "auto") == chunk
    assert AUTOMATIC == AUTOMATIC_CHUNK


@pytest.mark.slow
@pytest.mark.parametrize("model", ["mlp", "own"])
@pytest.mark.parametrize("stack", ["never", "always"])
def test_two_hundred_steps_are_a_curve_with_the_same_bits(project, model, stack):
    (project.conf / "model" / "own.yaml").write_text(
        "_target_: torch.nn.Linear\nin_features: 2\nout_features: 2\n"
    )
    words = ["data=plane", f"model={model}", "fit.steps=200", "fit.batch_size=16",
             f"executor.stack={stack}", "fit.save=none"]  # fmt: skip
    train.run(words)
    train.run([*words, "fit.chunk=50"])
    store = RunStore(project.runs)
    outcomes = [store.load(key, 0).outcome for key in store.keys()]  # noqa: SIM118
    lengths = sorted(len(each.curves["train_loss"].steps) for each in outcomes)
    assert lengths == [4, POINTS]
    assert outcomes[0].metrics == outcomes[1].metrics
