import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from deepclaims.nn import signal_passes
from deepclaims.nn.activations import ACTIVATIONS

X = torch.linspace(-4, 4, 41, dtype=torch.float64)


@pytest.mark.parametrize("name", signal_passes.SLOPES)
def test_slopes_are_the_derivatives(name):
    z = X.clone().requires_grad_()
    (found,) = torch.autograd.grad(ACTIVATIONS[name](z).sum(), z)
    assert torch.allclose(signal_passes.SLOPES[name](X), found, atol=1e-12)


def test_the_gradient_is_autograds():
    generator = torch.Generator().manual_seed(0)
    w = signal_passes.draw_matrices(6, 4, 2.0, generator)
    x, out = torch.randn(2, 3, 6, dtype=torch.float64, generator=generator)
    first = (x @ w[0].T).requires_grad_()
    z = first
    for layer in w[1:]:
        z = z.tanh() @ layer.T
    (expected,) = torch.autograd.grad((z * out).sum(), first)
    found = signal_passes.pass_through(w, "tanh", x, out)
    assert torch.allclose(found.first, expected)
    assert found.gradient[0] == pytest.approx(float(expected.square().mean().sqrt()))
    assert found.z[-1] == pytest.approx(float(z.detach().square().mean().sqrt()))


def test_factor_of_a_power():
    assert signal_passes.factor(3.0 ** np.arange(10), skip=2) == pytest.approx(3.0)


def test_expectations_are_those_of_quadrature():
    def by_scipy(function, q):
        inner = lambda z: function(math.sqrt(q) * z) ** 2 * stats.norm.pdf(z)  # noqa: E731
        return integrate.quad(inner, -12, 12, points=[0.0], limit=200)[0]

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    def slope(z):
        return sigmoid(z) * (1 - sigmoid(z))

    assert signal_passes.next_square("sigmoid", 3.0, 2.0) == pytest.approx(3 * by_scipy(sigmoid, 2))
    expected = math.sqrt(3 * by_scipy(slope, 2))
    assert signal_passes.gradient_factor("sigmoid", 3.0, 2.0) == pytest.approx(expected)


def test_relu_has_a_half():
    assert signal_passes.next_square("relu", 4.0, 3.0) == pytest.approx(6.0)
    assert signal_passes.gradient_factor("relu", 4.0, 3.0) == pytest.approx(math.sqrt(2), rel=3e-4)


def test_what_has_settled_stays():
    q = signal_passes.settled_square("sigmoid", 5.0)
    assert signal_passes.next_square("sigmoid", 5.0, q) == pytest.approx(q)


def test_the_typical_drift_is_that_of_simulated_layers():
    width, rng = 8, np.random.default_rng(0)
    z = rng.normal(size=(40_000, width))
    h = np.maximum(z, 0)
    kept = (h > 0).any(1)
    before, after = (z[kept] ** 2).sum(1), (h[kept] ** 2).sum(1)
    again = after * 2 / width * rng.chisquare(width, kept.sum())
    found = np.log(again / before)
    error = found.std() / math.sqrt(found.size)
    assert signal_passes.typical_relu_drift(width) == pytest.approx(found.mean(), abs=4 * error)
    assert signal_passes.typical_relu_drift(512) == pytest.approx(-5 / 1024, rel=0.02)
