"""Stacked networks against each network alone."""

import pytest
import torch
from torch import nn

from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.nn.stacked import Stack, stack_layers
from deepclaims.nn.unit_noise import UnitNoise

R, N = 3, 4

MODELS = {
    "mlp": ({"name": "mlp", "depth": 2, "width": 5}, ((1, 8, 8),), False),
    "lenet": ({"name": "lenet"}, ((1, 12, 12),), False),
    "convnet": ({"name": "convnet", "head": "global_max"}, ((1, 12, 12),), False),
    "autoencoder": ({"name": "autoencoder", "width": 5, "code": 2}, ((6,),), False),
    "rnn": ({"name": "rnn", "width": 5, "layers": 2}, ((1, 8, 8),), False),
    "lstm": ({"name": "lstm", "width": 5, "bidirectional": True}, ((7, 3),), True),
    "beatnet": ({"name": "beatnet", "width": 5}, ((4, 2, 20), (4, 3)), True),
}


def build(model, seed=0):
    options, inputs, per_step = MODELS[model]
    generator = torch.Generator().manual_seed(seed)
    outputs = 6 if model == "autoencoder" else 3
    network = build_model(
        options, {"name": "he"}, Interface(inputs, outputs, per_step), UnitNoise(), generator
    )
    return network.double()


@pytest.mark.parametrize("model", MODELS)
def test_outputs_and_gradients_are_each_networks_own(model):
    networks = [build(model, seed) for seed in range(R)]
    for network in networks:
        for p in network.parameters():
            p.data += 0.1 * torch.randn_like(p)  # biases too
    stack = Stack(build(model), networks)
    inputs = [torch.randn(R * N, *shape).double() for shape in MODELS[model][1]]
    outputs = stack(*inputs).unflatten(0, (R, N))
    weights = torch.randn_like(outputs)
    gradient = stack.gradient((outputs * weights).sum())
    assert gradient.shape == stack.theta.shape
    for r, network in enumerate(networks):
        own = network(*(x.unflatten(0, (R, N))[r] for x in inputs))
        torch.testing.assert_close(outputs[r], own, rtol=1e-12, atol=1e-13)
        gradients = torch.autograd.grad((own * weights[r]).sum(), list(network.parameters()))
        flat = torch.cat([g.flatten() for g in gradients])
        torch.testing.assert_close(gradient[r, : len(flat)], flat, rtol=1e-11, atol=1e-12)
        assert not gradient[r, len(flat) :].any()


def test_the_layers_see_theta():
    networks = [build("mlp", seed) for seed in range(R)]
    stack = Stack(build("mlp"), networks)
    x = torch.randn(R * N, 1, 8, 8).double()
    before = stack(x)
    stack.theta *= 2
    assert not torch.allclose(stack(x), before)
    stack.load(stack.theta[[2, 0]] / 2)
    assert len(stack) == 2
    rows = before.unflatten(0, (R, N))[[2, 0]].flatten(0, 1)
    again = stack(x.unflatten(0, (R, N))[[2, 0]].flatten(0, 1))
    torch.testing.assert_close(again, rows)


def test_a_layer_it_does_not_know_is_refused():
    with pytest.raises(TypeError, match="GRU cannot be stacked"):
        stack_layers(nn.Sequential(nn.GRU(2, 3)), 2)


@pytest.mark.parametrize(
    ("inputs", "width", "outputs", "quantum"), [(64, 32, 16, 1), (196, 32, 10, 8), (64, 32, 1, 16)]
)
def test_as_many_samples_together_as_fill_lines_of_the_cache(inputs, width, outputs, quantum):
    def network():
        return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))

    stack = Stack(network(), [network(), network()])
    assert stack.quantum == quantum
    assert all(quantum * wide % 16 == 0 for wide in (inputs, width, outputs))


def test_a_layer_that_is_passed_twice_gets_both_gradients():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(5, 5)

        def forward(self, x):
            return self.layer(self.layer(x).tanh())

    networks = [Twice().double() for _ in range(R)]
    stack = Stack(Twice().double(), networks)
    x = torch.randn(R * N, 5).double()
    for _ in range(2):  # what was there before is not added to
        gradient = stack.gradient(stack(x).square().sum())
    for own, network, found in zip(x.chunk(R), networks, gradient, strict=True):
        gradients = torch.autograd.grad(network(own).square().sum(), list(network.parameters()))
        flat = torch.cat([g.flatten() for g in gradients])
        torch.testing.assert_close(found[: len(flat)], flat, rtol=1e-11, atol=1e-12)
