import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.nn.autoencoder import autoencoder
from deepclaims.nn.dense_chain import dense_chain
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.unit_noise import UnitNoise

IMAGES = Interface(((1, 6, 5),), 10)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "elu", "leaky_relu", "identity"])
@pytest.mark.parametrize("build", [perceptron, autoencoder])
def test_outputs_and_gradients_are_autograds(build, activation):
    """Of a perceptron and of an autoencoder, to the last bit of double precision or nearly."""
    network = build(IMAGES, UnitNoise(), width=7, activation=activation).double()
    x = torch.randn(9, 1, 6, 5, dtype=torch.float64)
    wanted = network(x).flatten(1)
    slope = torch.randn_like(wanted)
    gradients = torch.autograd.grad(wanted, list(network.parameters()), slope)
    chain = dense_chain(network)
    assert chain is not None
    with torch.no_grad():
        torch.testing.assert_close(chain.forward(x.flatten(1)), wanted.detach(), rtol=0, atol=1e-13)
        chain.backward(slope)
    for p, gradient in zip(network.parameters(), gradients, strict=True):
        torch.testing.assert_close(p.grad, gradient, rtol=0, atol=1e-13)


def test_in_single_precision_the_bits_are_autograds():
    """So that a training goes the same way with hooks, which need autograd, and without."""
    network = perceptron(Interface(((1, 28, 28),), 10), UnitNoise(), width=70)
    x, labels = torch.randn(128, 784), torch.randint(10, (128,))
    F.cross_entropy(network(x), labels).backward()
    wanted = [p.grad.clone() for p in network.parameters()]
    chain = dense_chain(network)
    with torch.no_grad():
        outputs = chain.forward(x)
    outputs.requires_grad_()
    (slope,) = torch.autograd.grad(F.cross_entropy(outputs, labels), outputs)
    with torch.no_grad():
        chain.backward(slope)
    for p, gradient in zip(network.parameters(), wanted, strict=True):
        assert torch.equal(p.grad, gradient)


@pytest.mark.parametrize(
    "network",
    [
        nn.Linear(3, 2),
        perceptron(IMAGES, UnitNoise(p_keep=0.5)),
        perceptron(IMAGES, UnitNoise(), activation="square"),
    ],
)
def test_other_networks_are_no_chains(network):
    assert dense_chain(network) is None
