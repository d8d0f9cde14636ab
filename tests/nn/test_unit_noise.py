import pytest
import torch

from deepclaims.errors import ConfigError
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise, draw_noise_from


def dropout(p_keep, seed=0):
    layer = NoisyUnits(p_keep)
    layer.generator = torch.Generator().manual_seed(seed)
    return layer


@pytest.mark.parametrize("p_keep", [0.9, 0.5, 0.2])
def test_keeps_the_expectation_and_adds_the_slides_variance(p_keep):
    h = torch.tensor([0.5, -2.0, 3.0], dtype=torch.float64)
    draws = dropout(p_keep)(h.expand(200_000, 3))
    variance = h**2 * (1 - p_keep) / p_keep
    tolerance = 5 * (variance / len(draws)).sqrt()
    assert ((draws.mean(0) - h).abs() < tolerance).all()
    torch.testing.assert_close(draws.var(0), variance, rtol=0.03, atol=0)


def test_a_unit_is_zero_or_scaled_up():
    out = dropout(0.25)(torch.ones(1000))
    assert set(out.tolist()) == {0.0, 4.0}


def test_evaluation_changes_nothing():
    h = torch.randn(10)
    assert dropout(0.1).eval()(h) is h


def test_keeping_all_draws_nothing():
    layer = dropout(1.0)
    before = layer.generator.get_state()
    h = torch.randn(10)
    assert layer(h) is h
    assert torch.equal(layer.generator.get_state(), before)


def test_masks_come_from_the_generator_alone():
    model = torch.nn.Sequential(NoisyUnits(0.5), torch.nn.ReLU(), NoisyUnits(0.5))
    outputs = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        draw_noise_from(model, torch.Generator().manual_seed(7))
        outputs.append(model(torch.ones(100)))
    assert torch.equal(*outputs)


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1])
def test_impossible_probabilities_are_refused(p):
    with pytest.raises(ConfigError, match="0 < p <= 1"):
        UnitNoise(p_keep=p)


def test_added_noise_has_the_asked_for_size_in_training_alone():
    layer = NoisyUnits(sigma=0.3)
    layer.generator = torch.Generator().manual_seed(0)
    h = torch.zeros(100_000)
    assert abs(layer(h).std() - 0.3) < 0.003
    assert layer.eval()(h) is h


def test_negative_noise_is_refused():
    with pytest.raises(ConfigError, match="hidden_noise"):
        UnitNoise(sigma=-0.1)
