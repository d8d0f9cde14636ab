import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.data.splits import Split
from deepclaims.errors import ConfigError
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.training.machine import quiet
from deepclaims.training.replica import build_module, fit
from deepclaims.training.settings import Settings
from deepclaims.training.streams import BATCHES, WEIGHTS, stream
from deepclaims.training.task import train_on


def plain_loop(splits, config, seed):
    """The same training written out: what the chunked one must equal."""
    (x,), y = splits.train.inputs, splits.train.targets
    interface = Interface(splits.input_shapes, splits.outputs)
    model = build_model(
        config["model"], config["init"], interface, UnitNoise(), stream(seed, WEIGHTS)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=config["optimizer"]["lr"], fused=True)
    order = stream(seed, BATCHES)
    losses = []
    for _ in range(config["fit"]["epochs"]):
        for batch in torch.randperm(len(y), generator=order).split(config["fit"]["batch_size"]):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    (x,), y = splits.test.inputs, splits.test.targets
    with torch.no_grad():
        outputs = model(x)
    error = (outputs.argmax(1) != y).double().mean().item()
    return losses, F.cross_entropy(outputs, y).item(), error


@pytest.mark.parametrize("chunk", [1, 3, "auto"])
def test_chunked_training_equals_the_plain_loop_bit_for_bit(digits, make_config, chunk):
    config = make_config(fit={"chunk": chunk})
    outcome = train_on(digits, config, seed=3)
    losses, test_loss, test_error = plain_loop(digits, config, seed=3)
    size = 50 if chunk == "auto" else chunk
    groups = [losses[i : i + size] for i in range(0, len(losses), size)]
    means = [torch.stack([torch.tensor(loss) for loss in group]).mean().item() for group in groups]
    assert list(outcome.curves["train_loss"].values) == means
    assert outcome.metrics["test_loss"] == test_loss
    assert outcome.metrics["test_error"] == test_error


NOISY = {
    "regularizer": {"name": "dropout", "p_keep": 0.5, "p_keep_input": 0.8},
    "augment": {"name": "shift", "pixels": 1},
    "optimizer": {"name": "adam", "lr": 0.01},
    "schedule": {"name": "onecycle"},
}


def results(outcome):
    curves = {name: (list(c.steps), list(c.values)) for name, c in outcome.curves.items()}
    return dict(outcome.metrics), curves


def test_the_same_seed_gives_the_same_bits_and_another_does_not(digits, make_config):
    config = make_config(**NOISY)
    torch.manual_seed(1)
    first = results(train_on(digits, config, seed=1))
    torch.manual_seed(2)
    assert results(train_on(digits, config, seed=1)) == first
    assert results(train_on(digits, config, seed=2)) != first


def test_what_a_process_had_is_put_back(digits, make_config):
    torch.set_num_threads(2)
    torch.manual_seed(5)
    state = torch.get_rng_state()
    try:
        train_on(digits, make_config(**NOISY), seed=0)
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.get_rng_state(), state)
        assert not torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(1)


def first_weights(splits, config, seed):
    module = build_module(Settings.read(config), splits, seed)
    return torch.cat([p.flatten() for p in module.parameters()])


def test_arms_of_one_seed_start_from_the_same_weights(digits, make_config):
    plain, noisy = make_config(), make_config(**NOISY, fit={"batch_size": 8})
    assert torch.equal(first_weights(digits, plain, 4), first_weights(digits, noisy, 4))
    assert not torch.equal(first_weights(digits, plain, 4), first_weights(digits, plain, 5))


def test_outcome_has_all_the_metrics(digits, make_config):
    outcome = train_on(digits, make_config(fit={"validate_every_epoch": True}), seed=0)
    splits = ("train", "validation", "test")
    scores = {f"{split}_{score}" for split in splits for score in ("loss", "error")}
    assert set(outcome.metrics) == scores | {"n_parameters", "steps"}
    assert outcome.metrics["n_parameters"] == 145 * 16 + 17 * 10
    assert outcome.metrics["steps"] == 14
    assert list(outcome.curves["validation_error"].steps) == [7, 14]
    assert outcome.curves["validation_error"].values[-1] == outcome.metrics["validation_error"]
    assert outcome.curves["validation_loss"].values[-1] == outcome.metrics["validation_loss"]


def test_it_learns(digits, make_config):
    config = make_config(fit={"epochs": 20}, optimizer={"name": "adam", "lr": 0.01})
    assert train_on(digits, config, seed=0).metrics["test_error"] < 0.1


def test_steps_take_the_place_of_epochs_and_evaluation_can_be_left_out(digits, make_config):
    outcome = train_on(digits, make_config(fit={"steps": 5, "evaluate": []}), seed=0)
    assert outcome.metrics == {"n_parameters": 145 * 16 + 170, "steps": 5}


def test_full_batches_and_small_last_batches(digits, make_config):
    assert train_on(digits, make_config(fit={"batch_size": "full"}), 0).metrics["steps"] == 2
    assert train_on(digits, make_config(fit={"batch_size": 199}), 0).metrics["steps"] == 4


def test_divergence_is_a_result(digits, make_config):
    config = make_config(optimizer={"lr": 1e12}, fit={"epochs": 30, "chunk": 4})
    outcome = train_on(digits, config, seed=0)
    assert math.isnan(outcome.metrics["test_loss"])
    assert math.isnan(outcome.curves["train_loss"].values[-1])
    assert 0 <= outcome.metrics["test_error"] <= 1
    assert outcome.metrics["steps"] < 30 * 7


def test_clipping_bounds_the_step(digits, make_config):
    config = make_config(fit={"steps": 1, "clip": 0.01, "evaluate": []}, optimizer={"lr": 1.0})
    settings = Settings.read(config)
    module = build_module(settings, digits, seed=0)
    before = first_weights(digits, config, 0)
    with quiet():
        fit(module, settings, None)
    after = torch.cat([p.detach().flatten() for p in module.parameters()])
    assert (after - before).norm().item() == pytest.approx(0.01, rel=1e-3)


def test_regression(curve, make_config):
    config = make_config(model={"depth": 0}, fit={"epochs": 60}, optimizer={"lr": 0.1})
    metrics = train_on(curve, config, seed=0).metrics
    assert metrics["test_mse"] < 1e-6
    assert metrics["test_loss"] == pytest.approx(metrics["test_mse"], rel=1e-5)
    assert "test_error" not in metrics


def test_double_precision(curve, make_config):
    def exact(split):
        (x,) = split.inputs
        return Split((x,), x.double() @ torch.tensor([[1 / 3], [-2 / 7]], dtype=torch.float64))

    splits = replace(curve, train=exact(curve.train), test=exact(curve.test))
    config = make_config(model={"depth": 0}, fit={"epochs": 100}, trainer={"precision": 64})
    assert train_on(splits, config, seed=0).metrics["test_mse"] < 1e-20
    config = make_config(model={"depth": 0}, fit={"epochs": 100}, trainer={"precision": 32})
    assert train_on(splits, config, seed=0).metrics["test_mse"] > 1e-20


def test_linear_autoencoder_reaches_pcas_error(curve, make_config):
    x = curve.train.inputs[0] * torch.tensor([3.0, 1.0])
    splits = replace(curve, train=Split((x,), x))
    config = make_config(
        model={"name": "autoencoder", "depth": 0, "code": 1},
        fit={"epochs": 300, "batch_size": "full", "evaluate": ["train"]},
        optimizer={"name": "adam", "lr": 0.05},
        schedule={"name": "cosine"},
    )
    # Two numbers and a code of one: what is lost is the smaller singular value.
    lost = torch.linalg.svdvals(x - x.mean(0))[-1] ** 2 / x.numel()
    metrics = train_on(splits, config, seed=0).metrics
    assert metrics["train_mse"] == pytest.approx(lost.item(), rel=0.001)


@pytest.mark.parametrize("cell", ["lstm", "rnn", "none"])
def test_tagging_counts_the_beats_of_each_record(beats, make_config, cell):
    config = make_config(
        model={"name": "beatnet", "cell": cell, "width": 8},
        fit={"epochs": 8, "batch_size": 6, "class_weights": [1, 8, 2, 1], "record_cap": 5},
        optimizer={"name": "adam", "lr": 0.01},
        augment={"name": "beats", "samples": 1},
    )
    outcome = train_on(beats, config, seed=0)
    confusion = outcome.tables["confusion"]
    targets, groups = beats.test.targets, beats.test.groups
    assert confusion["count"].sum() == (targets != -1).sum()
    for group, name in enumerate(("100", "101")):
        for label in range(4):
            rows = confusion[(confusion["record"] == name) & (confusion["true"] == label)]
            assert rows["count"].sum() == (targets[groups == group] == label).sum()
    wrong = confusion[confusion["true"] != confusion["predicted"]]["count"].sum()
    assert outcome.metrics["test_error"] == wrong / confusion["count"].sum()
    assert outcome.metrics["train_error"] < 0.6


def test_kept_probabilities_are_those_of_the_scores(beats, digits, make_config):
    tagging = train_on(
        beats, make_config(model={"name": "lstm"}, fit={"keep_probabilities": True}), seed=0
    )
    table = tagging.tables["probabilities"]
    columns = [f"p_{label}" for label in range(4)]
    assert table[columns].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-12)
    assert list(table["true"]) == beats.test.targets.flatten()[list(table["sample"])].tolist()
    assert set(table["record"]) == {"100", "101"}
    predicted = table[columns].to_numpy().argmax(axis=1)
    assert (predicted != table["true"]).mean() == pytest.approx(tagging.metrics["test_error"])

    plain = train_on(digits, make_config(fit={"keep_probabilities": True}), seed=0)
    assert list(plain.tables["probabilities"]["true"]) == digits.test.targets.tolist()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"trainer": {"accelerator": "tpu"}}, "may be cpu, gpu"),
        ({"trainer": {"devices": 2}}, "needs trainer=ddp"),
        ({"trainer": {"precision": 16}}, "may be 32, 64, bf16-mixed"),
        ({"fit": {"epoch": 3}}, "fit has no option epoch; known: epochs"),
        ({"fit": {"batch_size": 0}}, "whole number > 0"),
        ({"fit": {"evaluate": ["dev"]}}, "no split"),
        ({"fit": {"clip": 0}}, "norm > 0"),
        ({"regularizer": {"lambda": [0.1, -0.1]}}, "it is >= 0"),
        ({"regularizer": {"patience": 0}}, "whole number > 0"),
        ({"regularizer": {"p_keep": 0.0}}, "0 < p <= 1"),
        ({"regularizer": {"keep": 0.5}}, "regularizer has no option keep"),
        ({"model": {"name": "cnn"}}, "known: autoencoder"),
        ({"augment": {"name": "flip"}}, "known: beats, distort, electrode, none, shift"),
    ],
)
def test_wrong_configs_are_refused(digits, make_config, groups, message):
    with pytest.raises(ConfigError, match=message):
        train_on(digits, make_config(**groups), seed=0)


def test_a_missing_group_is_named():
    with pytest.raises(ConfigError, match="lacks init, optimizer, schedule"):
        Settings.read({"data": {"name": "mnist"}, "model": {"name": "mlp"}})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_missing_gpu_says_what_to_do(digits, make_config):
    with pytest.raises(ConfigError, match="sees 0: take trainer=cpu"):
        train_on(digits, make_config(trainer={"accelerator": "gpu"}), seed=0)


def test_no_validation_split_is_no_problem_unless_it_is_needed(digits, make_config):
    bare = replace(digits, validation=None)
    assert "validation_loss" not in train_on(bare, make_config(), seed=0).metrics
    with pytest.raises(ConfigError, match="these data have none"):
        train_on(bare, make_config(fit={"validate_every_epoch": True}), seed=0)


def test_squared_loss_of_a_linear_model_is_least_squares_to_one_hot(curve, make_config):
    (x,) = curve.train.inputs
    labels = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
    train = Split((x,), labels)
    splits = replace(curve, train=train, task="classification", outputs=3)
    config = make_config(
        model={"depth": 0},
        fit={"loss": "squared", "epochs": 200, "batch_size": "full", "evaluate": ["train"]},
        optimizer={"lr": 1.0},
    )
    with_bias = torch.cat([x, torch.ones(len(x), 1)], dim=1)
    best = torch.linalg.lstsq(with_bias, F.one_hot(labels).float()).solution
    expected = F.mse_loss(with_bias @ best, F.one_hot(labels).float()).item()
    metrics = train_on(splits, config, seed=0).metrics
    assert metrics["train_loss"] == pytest.approx(expected, rel=1e-5)
    wrong = ((with_bias @ best).argmax(1) != labels).double().mean().item()
    assert metrics["train_error"] == pytest.approx(wrong)


def test_it_says_nothing(digits, make_config, capfd):
    train_on(digits, make_config(), seed=0)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_module_parameters_are_in_evaluation_mode_when_scored(digits, make_config):
    # Dropout in evaluation would give other scores each time.
    config = make_config(regularizer={"name": "dropout", "p_keep": 0.5}, fit={"steps": 1})
    settings = Settings.read(config)
    module = build_module(settings, digits, seed=0)
    with quiet():
        outcome = fit(module, settings, None)
    module.model.eval()
    with torch.no_grad():
        loss = F.cross_entropy(module.model(*digits.test.inputs), digits.test.targets)
    assert outcome.metrics["test_loss"] == pytest.approx(loss.item(), rel=1e-6)
    assert isinstance(module.model, nn.Module)


def test_parameter_noise_steps_along_the_gradient_of_the_disturbed_network(digits, make_config):
    sigma = 0.05
    regulariser = {"name": "parameter_noise", "parameter_noise": sigma}
    config = make_config(
        optimizer={"name": "sgd", "lr": 0.1},
        regularizer=regulariser,
        fit={"steps": 1, "batch_size": "full"},
    )
    settings = Settings.read(config)
    module, clean = (build_module(settings, digits, seed=5) for _ in range(2))
    with quiet():
        fit(module, settings, None)
    parameters = list(clean.model.parameters())
    before = [p.detach().clone() for p in parameters]
    numbers = [p.numel() for p in parameters]
    epsilon = torch.empty(sum(numbers)).normal_(generator=clean.generators["noise"])
    for p, own in zip(parameters, epsilon.split(numbers), strict=True):
        p.data.add_(sigma * own.view_as(p))
    F.cross_entropy(clean.model(*digits.train.inputs), digits.train.targets).backward()
    for p, start, after in zip(parameters, before, module.model.parameters(), strict=True):
        torch.testing.assert_close(after, start - 0.1 * p.grad, rtol=1e-4, atol=1e-6)
