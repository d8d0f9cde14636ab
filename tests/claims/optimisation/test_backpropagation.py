import numpy as np
import pytest
import torch
from torch import nn

from deepclaims.claims.optimisation.backpropagation import measure

NAME = "optimisation/backpropagation"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_the_recursion_equals_torchs_layers():
    """Against `nn.Sequential`, which shares no line with the claim's own forward pass."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2))
    net.double()
    x, y = torch.randn(9, 4, dtype=torch.float64), torch.randn(9, 2, dtype=torch.float64)
    (0.5 * (net(x) - y) ** 2).sum().backward()
    layers = [net[0], net[2], net[4]]
    gradients = measure.backpropagate(
        [torch.cat([each.weight, each.bias[:, None]], dim=1).detach() for each in layers],
        x.T,
        y.T,
        *measure.ACTIVATIONS["tanh"],
    )
    for layer, found in zip(layers, gradients, strict=True):
        assert torch.allclose(found[:, :-1], layer.weight.grad, rtol=1e-12, atol=1e-14)
        assert torch.allclose(found[:, -1], layer.bias.grad, rtol=1e-12, atol=1e-14)


def test_the_slides_neuron_by_hand():
    """z = 2·1 − 1·3 + 2 = 1 > 0: the gradient is δ x; with b = 0, z = −1 and it is 0."""
    x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.5]])
    for bias, expected in ((2.0, [0.5, 1.5, 0.5]), (0.0, [0.0, 0.0, 0.0])):
        layers = [torch.tensor([[2.0, -1.0, bias]]), torch.tensor([[1.0, 0.0]])]
        gradient = measure.backpropagate(layers, x, y, *measure.ACTIVATIONS["relu"])[0]
        assert gradient.tolist() == [expected]


def test_a_replica_is_a_function_of_its_seed():
    config = {"activation": "relu", "widths": [2, 8], "samples": 7, "step": 1e-6}
    first = measure.chain(config, 5).metrics
    assert first == measure.chain(config, 5).metrics
    assert first != measure.chain(config, 6).metrics


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


def test_where_one_net_disagrees_it_is_refuted(results, made_world, ruling):
    def one_bad_net(values):
        return values.where(np.arange(len(values)) != 3, 1e-3)

    for part, metric in (("chain", "autograd_difference"), ("neuron", "neuron_difference")):
        assert ruling(made_world(results, part, {metric: one_bad_net})) == "refuted"


def test_where_the_wrong_delta_passes_nothing_is_concluded(results, made_world, ruling):
    blind = made_world(results, "chain", {"wrong_delta_difference": lambda values: 0 * values})
    assert ruling(blind) == "inconclusive"
