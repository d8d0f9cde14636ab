"""The slides' three options: u classified, x̂ classified, both costs at once."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.nn.joint_autoencoder import JointAutoencoder
from deepclaims.training.autoencoding import coder_seed, coder_settings
from deepclaims.training.preprocessing import preprocessed
from deepclaims.training.replica import build_module, fit, networks
from deepclaims.training.replicas import train_stacked_on
from deepclaims.training.settings import Settings
from deepclaims.training.task import train_on

ADAM = {"name": "adam", "lr": 0.003}


def option(name, **options):
    return {"name": "autoencoder", "autoencoder": name, "code": 4, "coder_width": 16, **options}


def configured(make_config, name, **options):
    return make_config(
        regularizer=option(name, **options),
        optimizer=ADAM,
        fit={"steps": 60},
        trainer={"precision": 64},
    )


def seen(splits, settings, seed=3):
    return preprocessed([splits], [settings], [seed], networks)[0]


def test_a_code_is_what_the_trained_encoder_gives(digits, make_config):
    settings = Settings.read(configured(make_config, "codes"))
    found = seen(digits, settings)
    module = build_module(coder_settings(settings), digits, coder_seed(3))
    fit(module, coder_settings(settings), None)
    u = module.model.encode(digits.test.inputs[0].double())
    assert torch.equal(found.test.inputs[0], u)
    assert found.input_shapes == ((4,),)
    assert torch.equal(found.train.targets, digits.train.targets)


def test_a_reconstruction_has_the_inputs_shape_and_drops_what_the_code_has_no_room_for(
    digits, make_config
):
    g = torch.Generator().manual_seed(0)
    clean = torch.randn(200, 2, generator=g) @ torch.randn(2, 144, generator=g)
    noisy = (clean + 0.5 * torch.randn(200, 144, generator=g)).view(200, 1, 12, 12)
    plane = replace(digits, train=replace(digits.train, inputs=(noisy,)))
    config = configured(make_config, "reconstructions", code=2, coder_depth=0)
    config["fit"]["steps"] = 2000
    config["init"] = {"name": "lecun"}
    found = seen(plane, Settings.read(config)).train.inputs[0]
    assert found.shape == noisy.shape
    left = F.mse_loss(found, clean.view_as(noisy).double())
    assert left < 0.2 * F.mse_loss(noisy, clean.view_as(noisy))


def test_without_an_autoencoder_the_data_are_the_data(digits, make_config):
    assert seen(digits, Settings.read(make_config())) is digits


def test_targets_are_not_looked_at(digits, make_config):
    settings = Settings.read(configured(make_config, "codes"))
    train = replace(digits.train, targets=digits.train.targets.flip(0))
    mine, other = (seen(each, settings) for each in (digits, replace(digits, train=train)))
    assert torch.equal(mine.test.inputs[0], other.test.inputs[0])


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_the_joint_cost_is_the_slides(digits, make_config, beta):
    settings = Settings.read(configured(make_config, "joint", beta=beta))
    module = build_module(settings, digits, seed=1)
    x, y = digits.train.inputs[0].double(), digits.train.targets
    network = module.model
    assert isinstance(network, JointAutoencoder)
    u = network.autoencoder.encode(x)
    classification = F.cross_entropy(network.classifier(u), y)
    reconstruction = F.mse_loss(network.autoencoder(x), x)
    wanted = beta * classification + (1 - beta) * reconstruction
    torch.testing.assert_close(module.objective.loss(network(x), y), wanted)
    pair = network(x).expand(2, -1, -1), y.expand(2, -1)
    torch.testing.assert_close(module.objective.losses(*pair), wanted.expand(2))
    assert network.eval()(x).shape == (len(x), digits.outputs)


@pytest.mark.parametrize("name", ["codes", "reconstructions", "joint"])
def test_a_stack_gives_what_each_gives_alone(digits, make_config, name):
    configs = [configured(make_config, name)] * 3
    together = train_stacked_on([digits] * 3, configs, [0, 1, 2])
    for seed, (config, stacked) in enumerate(zip(configs, together, strict=True)):
        alone = train_on(digits, config, seed)
        assert dict(stacked.metrics) == pytest.approx(dict(alone.metrics), rel=1e-8)


@pytest.mark.parametrize("wrong", [{"autoencoder": "pca"}, {"beta": 1.5}, {"code": 0}])
def test_what_is_not_possible_is_refused(make_config, wrong):
    with pytest.raises(ConfigError):
        Settings.read(make_config(regularizer=option("joint") | wrong))


def test_an_answer_for_each_step_is_refused(beats, make_config):
    config = make_config(
        regularizer=option("joint"), model={"name": "beatnet"}, data={"name": "ecg"}
    )
    with pytest.raises(ConfigError, match="one input and one answer"):
        train_on(beats, config, 0)
