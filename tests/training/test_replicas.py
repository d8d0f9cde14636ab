"""A stacked replica is the same replica alone: to 1e-10 in double precision."""

import math
from dataclasses import replace

import pytest
import torch

from deepclaims.data.splits import Split
from deepclaims.errors import ConfigError
from deepclaims.training.replicas import train_stacked, train_stacked_on
from deepclaims.training.stacking import stack_signature, stackable
from deepclaims.training.task import train, train_on

DOUBLE = {"precision": 64}
SEEDS = [3, 8, 5, 3]


def assert_same(stacked, alone, tolerance=1e-10):
    def close(x):
        return pytest.approx(x, rel=tolerance, abs=tolerance, nan_ok=True)

    assert set(stacked.metrics) == set(alone.metrics)
    for name, value in alone.metrics.items():
        assert stacked.metrics[name] == close(value), name
    assert set(stacked.curves) == set(alone.curves)
    for name, curve in alone.curves.items():
        assert list(stacked.curves[name].steps) == list(curve.steps), name
        assert list(stacked.curves[name].values) == close(list(curve.values)), name
    assert set(stacked.tables) == set(alone.tables)
    for name, table in alone.tables.items():
        assert list(stacked.tables[name].columns) == list(table.columns)
        for column in table.columns:
            if table[column].dtype.kind == "f":
                assert stacked.tables[name][column].tolist() == close(table[column].tolist())
            else:
                assert stacked.tables[name][column].tolist() == table[column].tolist()


def check(splits, configs, seeds=SEEDS, tolerance=1e-10):
    """Each replica of a stack against itself alone; `splits` of all, or one for each."""
    each = splits if isinstance(splits, list) else [splits] * len(configs)
    stacked = train_stacked_on(each, configs, seeds)
    alone = [train_on(s, c, seed) for s, c, seed in zip(each, configs, seeds, strict=True)]
    for ours, theirs in zip(stacked, alone, strict=True):
        assert_same(ours, theirs, tolerance)
    return stacked


OPTIMIZERS = {
    "sgd": {},
    "momentum": {"beta1": [0.9, 0.5, 0.0, 0.8]},
    "nesterov": {"beta1": [0.9, 0.5, 0.3, 0.8]},
    "adagrad": {"eps": [1e-10, 1e-3, 1e-8, 1e-2]},
    "rmsprop": {"beta2": [0.99, 0.9, 0.999, 0.5]},
    "adam": {"beta1": [0.9, 0.5, 0.9, 0.0], "beta2": [0.999, 0.9, 0.99, 0.999]},
    "adam_unhatted": {"beta1": [0.9, 0.5, 0.9, 0.0], "beta2": [0.999, 0.9, 0.99, 0.999]},
    "adamw": {"weight_decay": [0.01, 0.1, 0.0, 0.5]},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("vary", ["seeds", "numbers"])
def test_every_optimiser(digits, make_config, name, vary):
    rates = [0.01, 0.03, 0.002, 0.05]
    configs = [
        make_config(
            optimizer={"name": name, "lr": rates[i] if vary == "numbers" else 0.01}
            | {k: v[i if vary == "numbers" else 0] for k, v in OPTIMIZERS[name].items()},
            trainer=DOUBLE,
        )
        for i in range(4)
    ]
    check(digits, configs)


def test_laws_schedules_penalties_clipping_and_noise_may_all_differ(digits, make_config):
    laws = [{"name": "he"}, {"name": "normal", "std": 0.3}, {"name": "glorot"}, {"name": "lecun"}]
    schedules = ["constant", "onecycle", "cosine", "step"]
    penalties = [
        {"name": "parameter_noise", "parameter_noise": 0.1, "input_noise": 0.2},
        {"name": "weight_decay", "lambda": 0.1, "hidden_noise": 0.3},
        {"name": "weight_decay", "lambda": [0.2, 0.01], "p_keep": 0.7},
        {"name": "dropout", "p_keep": 0.5, "p_keep_input": 0.8},
    ]
    clips = [None, 0.5, 0.05, 2.0]
    configs = [
        make_config(
            init=laws[i],
            schedule={"name": schedules[i]},
            regularizer=penalties[i],
            fit={"clip": clips[i], "chunk": 3},
            optimizer={"name": "adam", "lr": 0.01},
            trainer=DOUBLE,
        )
        for i in range(4)
    ]
    check(digits, configs)


MODELS = {
    "linear": {"name": "mlp", "depth": 0},
    "wide": {"name": "mlp", "depth": 2, "width": 64},
    "deep": {"name": "mlp", "depth": 3, "width": 9, "activation": "tanh"},
    "lenet": {"name": "lenet"},
    "autoencoder": {"name": "autoencoder", "depth": 1, "width": 12, "code": 3},
    "lstm": {"name": "lstm", "width": 7, "layers": 2, "bidirectional": True},
    "rnn": {"name": "rnn", "width": 7, "activation": "relu"},
}


@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_noise_and_augmentation(digits, make_config, model):
    configs = [
        make_config(
            model=MODELS[model],
            regularizer={
                "name": "dropout",
                "p_keep": p,
                "p_keep_input": p_input,
                "hidden_noise": sigma,
                "input_noise": sigma,
                "parameter_noise": sigma / 10,
            },
            augment={"name": "shift", "pixels": pixels} if pixels else {"name": "none"},
            optimizer={"name": "momentum", "lr": 0.05},
            trainer=DOUBLE,
            fit={"steps": 10},
        )
        for p, p_input, pixels, sigma in [(0.5, 1.0, 1, 0.0), (0.8, 0.9, 0, 0.3), (1.0, 1.0, 2, 0)]
    ]
    check(digits, configs, SEEDS[:3])


@pytest.mark.parametrize("cell", ["lstm", "rnn", "none"])
def test_tagging_with_its_weights_and_tables(beats, make_config, cell):
    configs = [
        make_config(
            model={"name": "beatnet", "cell": cell, "width": 6, "embedding": 5},
            optimizer={"name": "adam", "lr": lr},
            augment={"name": "beats"},
            regularizer={"name": "dropout", "p_keep": 0.6},
            fit={"batch_size": 7, "class_weights": [1, w, 2, 4], "record_cap": 20,
                 "keep_probabilities": True},
            trainer=DOUBLE,
        )
        for lr, w in [(0.01, 1.0), (0.003, 3.0)]
    ]  # fmt: skip
    stacked = check(beats, configs, [1, 2])
    assert set(stacked[0].tables) == {"confusion", "probabilities"}


@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_regression(curve, make_config, loss):
    config = make_config(fit={"loss": loss}, trainer=DOUBLE, optimizer={"lr": 0.02})
    check(curve, [config] * 4)


def test_squared_loss_to_one_hot(digits, make_config):
    check(digits, [make_config(fit={"loss": "squared"}, trainer=DOUBLE)] * 2, [1, 2])


def test_data_may_differ_in_their_labels(digits, noisy, make_config):
    config = make_config(trainer=DOUBLE, fit={"validate_every_epoch": True})
    check([digits, noisy, digits, noisy], [config] * 4)


def test_full_batches_and_last_batches_that_are_smaller(digits, make_config):
    for size in ("full", 64):
        check(digits, [make_config(trainer=DOUBLE, fit={"batch_size": size})] * 2, [1, 2])


def test_early_stopping_is_each_replicas_own(noisy, make_config):
    configs = [
        make_config(
            regularizer={"name": "early_stopping", "patience": patience, "monitor": monitor},
            optimizer={"name": "adam", "lr": lr},
            fit={"epochs": 12},
            trainer=DOUBLE,
        )
        for patience, monitor, lr in [
            (1, "validation_loss", 0.03),
            (3, "validation_error", 0.003),
            (4, "validation_loss", 0.01),
            (20, "validation_loss", 0.01),
        ]
    ]
    stacked = check(noisy, configs)
    assert len({outcome.metrics["steps"] for outcome in stacked}) >= 3


@pytest.mark.parametrize("early", [False, True])
def test_one_that_diverges_disturbs_nobody(digits, make_config, early):
    rates = [0.1, 1e12, 0.05, 1e9]
    configs = [
        make_config(
            optimizer={"lr": lr},
            fit={"epochs": 6, "chunk": 2},
            regularizer={"name": "early_stopping", "patience": 9} if early else {"name": "none"},
            trainer=DOUBLE,
        )
        for lr in rates
    ]
    stacked = train_stacked_on([digits] * 4, configs, SEEDS)
    for r in (0, 2):  # what rounding becomes in the others before they end is nobody's
        assert_same(stacked[r], train_on(digits, configs[r], SEEDS[r]), 1e-10)
    for r in (1, 3):
        assert math.isnan(stacked[r].curves["train_loss"].values[-1])
        assert stacked[r].metrics["steps"] < stacked[0].metrics["steps"] == 42


def test_all_may_diverge(digits, make_config):
    config = make_config(optimizer={"lr": 1e12}, trainer=DOUBLE)
    for outcome in train_stacked_on([digits] * 2, [config] * 2, [1, 2]):
        assert not outcome.curves["train_loss"].values[-1] < 1e100


def test_single_precision_to_the_rounding_that_training_amplifies(digits, make_config):
    configs = [make_config(optimizer={"name": "adam", "lr": lr}) for lr in (0.01, 0.003, 0.001)]
    check(digits, configs, SEEDS[:3], tolerance=2e-4)


@pytest.mark.parametrize(
    ("model", "batch_size", "noise"),
    [
        ("wide", 1, {}),
        ("wide", 20, {"hidden_noise": 0.2, "input_noise": 0.1, "parameter_noise": 0.01}),
        ("wide", 32, {}),
        ("deep", 3, {"parameter_noise": 0.01}),
        ("lenet", 32, {}),
        ("lstm", 32, {"hidden_noise": 0.2}),
    ],
)
def test_the_bits_of_a_replica_do_not_depend_on_its_company(
    digits, noisy, make_config, model, batch_size, noise
):
    mine = make_config(
        model=MODELS[model],
        optimizer={"name": "adam", "lr": 0.003},
        regularizer={"name": "early_stopping", "patience": 2, **noise},
        fit={"epochs": 3, "batch_size": batch_size},
    )
    other = make_config(
        model=MODELS[model],
        optimizer={"name": "adam", "lr": 1e12},
        schedule={"name": "cosine"},
        regularizer={"name": "early_stopping", "patience": 1, "p_keep": 0.5, "lambda": 0.1},
        fit={"epochs": 3, "batch_size": batch_size, "clip": 1.0},
    )

    def bits(configs, place):
        splits = [digits if config is mine else noisy for config in configs]
        outcome = train_stacked_on(splits, configs, [7 if c is mine else 1 for c in configs])[place]
        return dict(outcome.metrics), {k: list(c.values) for k, c in outcome.curves.items()}

    alone = bits([mine], 0)
    assert bits([other, mine], 1) == alone
    assert bits([other, mine, other, mine, other], 3) == alone


def test_a_stack_of_one(digits, make_config):
    check(digits, [make_config(trainer=DOUBLE)], [4])


def test_from_configs_alone(make_config, monkeypatch):
    configs = [
        make_config(
            data={"name": "checkerboard", "n": 60, "n_test": 40, "margin": margin},
            model={"name": "mlp", "depth": 1, "width": 6},
            trainer=DOUBLE,
        )
        for margin in (0.1, 0.3)
    ]
    stacked = train_stacked(configs, [1, 2])
    for config, seed, ours in zip(configs, [1, 2], stacked, strict=True):
        assert_same(ours, train(config, seed))


def test_a_process_gets_back_what_it_had(digits, make_config):
    torch.manual_seed(5)
    state = torch.get_rng_state()
    train_stacked_on([digits] * 2, [make_config()] * 2, [0, 1])
    assert torch.equal(torch.get_rng_state(), state)


def test_it_says_nothing(digits, make_config, capfd):
    train_stacked_on([digits] * 2, [make_config()] * 2, [0, 1])
    assert capfd.readouterr() == ("", "")


def test_data_of_other_shapes_are_refused(digits, make_config):
    (x,) = digits.train.inputs
    fewer = replace(digits, train=Split((x[:50],), digits.train.targets[:50]))
    with pytest.raises(ConfigError, match="other shapes"):
        train_stacked_on([digits, fewer], [make_config()] * 2, [0, 1])


@pytest.mark.parametrize(
    "groups",
    [
        {"model": {"width": 17}},
        {"optimizer": {"name": "adam"}},
        {"fit": {"batch_size": 31}},
        {"fit": {"epochs": 3}},
        {"trainer": DOUBLE},
        {"regularizer": {"name": "early_stopping", "patience": 2}},
        {"data": {"n_train": 500}},
    ],
)
def test_what_changes_the_shape_of_a_training_is_not_stacked(digits, make_config, groups):
    configs = [make_config(), make_config(**groups)]
    assert not stackable(configs)
    with pytest.raises(ConfigError, match="cannot be stacked"):
        train_stacked_on([digits] * 2, configs, [0, 1])


@pytest.mark.parametrize(
    "groups",
    [
        {"trainer": {"name": "ddp", "strategy": "ddp", "devices": 2}},
        {"trainer": {"precision": "bf16-mixed"}},
        {"fit": {"checkpoint": "somewhere"}},
    ],
)
def test_some_trainings_are_never_stacked(make_config, groups):
    assert stack_signature(make_config(**groups)) is None
    assert not stackable([make_config(**groups)] * 2)


@pytest.mark.parametrize(
    "groups",
    [
        {"optimizer": {"lr": 0.3}},
        {"init": {"name": "normal", "std": 3.0}},
        {"schedule": {"name": "cosine"}},
        {"augment": {"name": "shift"}},
        {"regularizer": {"name": "dropout", "p_keep": 0.3}},
        {"regularizer": {"name": "weight_decay", "lambda": 0.3}},
        {"fit": {"clip": 1.0}},
        {"data": {"label_noise": 0.2}},
    ],
)
def test_numbers_may_differ(make_config, groups):
    assert stackable([make_config(), make_config(**groups)])
