import torch
from torch import nn

from deepclaims.nn.backpropagation import (
    ACTIVATIONS,
    backpropagate,
    by_autograd,
    by_differences,
    draw_layers,
)


def test_the_recursion_equals_torchs_layers():
    """Against `nn.Sequential`, which shares no line with the module's own forward pass."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2))
    net.double()
    x, y = torch.randn(9, 4, dtype=torch.float64), torch.randn(9, 2, dtype=torch.float64)
    (0.5 * (net(x) - y) ** 2).sum().backward()
    layers = [net[0], net[2], net[4]]
    gradients = backpropagate(
        [torch.cat([each.weight, each.bias[:, None]], dim=1).detach() for each in layers],
        x.T,
        y.T,
        *ACTIVATIONS["tanh"],
    )
    for layer, found in zip(layers, gradients, strict=True):
        assert torch.allclose(found[:, :-1], layer.weight.grad, rtol=1e-12, atol=1e-14)
        assert torch.allclose(found[:, -1], layer.bias.grad, rtol=1e-12, atol=1e-14)


def test_the_slides_neuron_by_hand():
    """z = 2·1 − 1·3 + 2 = 1 > 0: the gradient is δ x; with b = 0, z = −1 and it is 0."""
    x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.5]])
    for bias, expected in ((2.0, [0.5, 1.5, 0.5]), (0.0, [0.0, 0.0, 0.0])):
        layers = [torch.tensor([[2.0, -1.0, bias]]), torch.tensor([[1.0, 0.0]])]
        gradient = backpropagate(layers, x, y, *ACTIVATIONS["relu"])[0]
        assert gradient.tolist() == [expected]


def test_autograd_and_differences_find_torchs_gradient():
    layers = draw_layers([3, 4, 2], torch.Generator().manual_seed(1))
    net = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2)).double()
    for own, layer in zip(layers, (net[0], net[2]), strict=True):
        layer.weight.data, layer.bias.data = own[:, :-1].clone(), own[:, -1].clone()
    x, y = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 2, dtype=torch.float64)
    (0.5 * (net(x) - y) ** 2).sum().backward()
    exact = by_autograd(layers, x.T, y.T, torch.sigmoid)
    near = by_differences(layers, x.T, y.T, torch.sigmoid, 1e-6)
    for own, other, layer in zip(exact, near, (net[0], net[2]), strict=True):
        expected = torch.cat([layer.weight.grad, layer.bias.grad[:, None]], dim=1)
        torch.testing.assert_close(own, expected)
        torch.testing.assert_close(other, expected, rtol=1e-6, atol=1e-7)
