import numpy as np
import pytest
import torch

from deepclaims.nn.random_features import Features, errors, least_norm


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(samples, units, seed=0):
    x = torch.randn(samples, 8, generator=generator(seed), dtype=torch.float64)
    return Features.draw(8, units, generator(seed + 1))(x)


@pytest.mark.parametrize("units", [10, 30, 90])
def test_least_norm_is_the_pseudo_inverse(units):
    phi, targets = drawn(30, units), torch.randn(30, 3, generator=generator(5)).double()
    by_numpy = np.linalg.pinv(phi.numpy()) @ targets.numpy()
    assert least_norm(phi, targets)[0].numpy() == pytest.approx(by_numpy, abs=1e-6)


def test_more_features_than_samples_interpolate_and_fewer_do_not():
    targets = torch.randn(30, 3, generator=generator(5)).double()
    residual = {
        units: float((drawn(30, units) @ least_norm(drawn(30, units), targets)[0] - targets).norm())
        for units in (20, 60)
    }
    assert residual[60] < 1e-8
    assert residual[20] > 0.5


@pytest.mark.parametrize("units", [10, 90])
def test_ridge_solves_its_normal_equations(units):
    phi, targets = drawn(30, units), torch.randn(30, 3, generator=generator(5)).double()
    ridges = [0.1, 10.0]
    found = least_norm(phi, targets, ridges)[1:]
    for ridge, theta in zip(ridges, found, strict=True):
        normal = phi.T @ phi + ridge * torch.eye(units, dtype=torch.float64)
        assert torch.allclose(normal @ theta, phi.T @ targets, atol=1e-8)
        assert theta.norm() < least_norm(phi, targets)[0].norm()


@pytest.mark.parametrize("units", [10, 30, 90])
def test_equal_samples_and_units_that_are_zero_get_the_least_norm_too(units):
    phi, targets = drawn(30, units), torch.randn(30, 3, generator=generator(5)).double()
    phi[:, 4] = 0
    phi[7] = phi[8]
    expected = np.linalg.pinv(phi.numpy(), rcond=1e-10) @ targets.numpy()
    assert least_norm(phi, targets)[0].numpy() == pytest.approx(expected, abs=1e-9)


def test_features_are_units_of_a_drawn_layer():
    layer = Features.draw(8, 2000, generator(2))
    assert float(layer.w.std()) == pytest.approx(1.0, rel=0.03)
    assert float(layer.b.std()) == pytest.approx(0.3, rel=0.1)
    x = torch.randn(2, 8, generator=generator(3), dtype=torch.float64)
    by_hand = np.maximum(x.numpy() @ layer.w.numpy() + layer.b.numpy(), 0)
    assert layer(x).numpy() == pytest.approx(by_hand)


def test_errors_count_wrong_classes():
    phi = torch.eye(4, dtype=torch.float64)
    right = torch.eye(3, dtype=torch.float64)[[0, 1, 2, 1]]
    half = torch.eye(3, dtype=torch.float64)[[0, 1, 0, 0]]
    found = errors(phi, torch.stack([right, half]), torch.tensor([0, 1, 2, 1]))
    assert found.tolist() == [0.0, 0.5]
