"""Gradients of chains of stacked layers by hand against autograd's."""

import pytest
import torch

from deepclaims.nn.chain import IN_PLACE
from deepclaims.nn.coder import Coder
from deepclaims.nn.interface import Interface
from deepclaims.nn.joint_autoencoder import join
from deepclaims.nn.models import build_model
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.stacked import Stack
from deepclaims.nn.unit_noise import UnitNoise

R, N = 3, 4

MODELS = {"mlp": ({"depth": 2}, (1, 8, 8)), "autoencoder": ({"code": 2}, (6,))}


@pytest.mark.parametrize("activation", [*IN_PLACE, "square"])
@pytest.mark.parametrize("name", MODELS)
def test_gradients_by_hand_are_autograds(name, activation):
    options, shape = MODELS[name]
    model = {**options, "name": name, "activation": activation, "width": 130}
    interface = Interface((shape,), 3, False)
    noise = UnitNoise(p_keep=0.7, p_keep_input=0.8, sigma=0.1)

    def build_one(seed):
        generator = torch.Generator().manual_seed(seed)
        return build_model(model, {"name": "he"}, interface, noise, generator).double()

    stack = Stack(build_one(0), [build_one(seed) for seed in range(R)])
    stack.load(stack.theta + 0.1)  # biases too
    inputs = torch.randn(R * N, *shape).double()

    def listen():
        for layer in stack.noisy_layers():
            layer.hear([UnitNoise(0.7, 0.8, 0.1)] * R)
            layer.generators = [torch.Generator().manual_seed(r) for r in range(R)]

    listen()
    outputs = stack(inputs)
    weights = torch.randn_like(outputs)
    expected = stack.gradient((outputs * weights).sum()).clone()
    listen()
    _, found = stack.descent(
        [inputs], lambda outputs: ((outputs * weights).flatten(1).sum(1), weights.clone())
    )
    assert (stack.chain is None) == (activation == "square")
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "square"])
@pytest.mark.parametrize("coder_depth", [0, 1])
def test_gradients_of_a_fork_by_hand_are_autograds(activation, coder_depth):
    """Answers and residuals of R joint autoencoders; in evaluation there are answers alone."""

    def build_one():
        def classifier(interface):
            return perceptron(interface, UnitNoise(), width=70, activation=activation)

        coder = Coder(depth=coder_depth, width=66, code=5)
        return join(coder, Interface(((1, 8, 8),), 3), classifier).double()

    networks = [build_one() for _ in range(R)]
    stack = Stack(build_one(), networks)
    stack.load(stack.theta + 0.01)  # biases too
    inputs = torch.randn(R * N, 1, 8, 8).double()
    outputs = stack(inputs)
    weights = torch.randn_like(outputs)
    expected = stack.gradient((outputs * weights).sum()).clone()
    losses, found = stack.descent(
        [inputs], lambda outputs: ((outputs * weights).flatten(1).sum(1), weights.clone())
    )
    assert (stack.chain is None) == (activation == "square")
    torch.testing.assert_close(losses.sum(), (outputs * weights).sum().detach())
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-12)
    stack.eval()
    torch.testing.assert_close(stack.outputs([inputs]), stack(inputs).detach())
